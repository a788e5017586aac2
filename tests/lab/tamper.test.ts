import type { Graph } from "../../provider/planner";
import { host, iface, lan, on, peer, server } from "../planner/scenarios";
import type { Host } from "../support/lab/host";
import { Lab } from "../support/lab/lab";
import { meshStack, reachable } from "../support/lab/meshStack";
import type { Station } from "../support/lab/station";
import { dropsDuring } from "./drops";

// eve may talk to the hub and nobody else; ann may talk to bob, who sits on the hub's other interface, and to the hub's LAN.
const graph: Graph = {
    mesh: "guarded",
    hosts: [server("hub"), host("eve"), host("ann"), host("bob")],
    interfaces: [
        iface("hub", "wg0", ["10.0.0.1/24"], 51820),
        iface("hub", "wg1", ["10.0.1.1/24"], 51821),
        iface("eve", "wg0", ["10.0.0.2/24"]),
        iface("ann", "wg0", ["10.0.0.3/24"]),
        iface("bob", "wg0", ["10.0.1.2/24"]),
    ],
    peers: [peer("hub-wg0", "eve-wg0"), peer("hub-wg0", "ann-wg0"), peer("hub-wg1", "bob-wg0")],
    lans: [{ host: "hub", prefix: "192.168.10.0/24" }],
    routes: [{ name: "ann", from: [on("ann-wg0")], to: [on("bob-wg0"), lan("hub", "192.168.10.0/24")] }],
};
const names = ["hub", "eve", "ann", "bob"] as const;
let lab: Lab;
let hosts: Readonly<Record<(typeof names)[number], Host>>;
let machine: Station;

/** Counts what arrives at a victim before anything else looks at it: a forged packet needs no answer to do harm. */
const witness = `
    table inet witness {
        chain in {
            type filter hook prerouting priority -400
            iifname != "lo" icmp type echo-request counter comment "asked"
        }
    }
`;
async function asked(victim: Station): Promise<number> {
    const { stdout } = await victim.namespace.run("nft", ["list", "table", "inet", "witness"]);
    return Number(/packets (\d+)/.exec(stdout)?.[1] ?? Number.NaN);
}

/** What came of it at the hub and at the victims when eve did something. */
async function whileEve(action: () => Promise<unknown>) {
    const victims = () => Promise.all([hosts.ann, hosts.bob, machine].map(asked));
    const before = await victims();
    const counted = await dropsDuring(hosts.hub, "guarded", action);
    const arrived = (await victims()).map((now, i) => now - (before[i] ?? 0));
    return { counted, arrived };
}

beforeAll(async () => {
    lab = await Lab.start();
    const booted = await Promise.all(names.map(async (name) => [name, await lab.boot(name)] as const));
    hosts = Object.fromEntries(booted) as Record<(typeof names)[number], Host>;
    machine = lab.lan(hosts.hub, "192.168.10.1/24").machine("machine", "192.168.10.5/24");
    const stack = await meshStack(lab, "guarded", { graph, ...reachable(Object.values(hosts)) });
    await stack.up();
    for (const victim of [hosts.ann, hosts.bob, machine]) {
        victim.namespace.nft(witness);
    }
}, 180_000);
afterAll(() => lab?.stop());

test("as pushed: ann reaches bob and the LAN, eve reaches the hub and has no way to anybody else", async () => {
    expect(await hosts.ann.ping("10.0.1.2", { wait: 10 })).toMatchObject({ received: 3 });
    expect(await hosts.ann.ping("192.168.10.5")).toMatchObject({ received: 3 });
    expect(await hosts.eve.ping("10.0.0.1", { wait: 10 })).toMatchObject({ received: 3 });
    expect(await Promise.all([hosts.ann, hosts.bob, machine].map(asked))).toEqual([0, 3, 3]);
    expect(await hosts.eve.must("wg show wg0 allowed-ips | cut -f 2")).toBe("10.0.0.1/32\n");
    expect(await whileEve(() => hosts.eve.ping("10.0.1.2"))).toMatchObject({ arrived: [0, 0, 0] });
});

describe("S6: eve owns her host", () => {
    beforeAll(async () => {
        await hosts.eve.must(`
            nft flush ruleset
            wg set wg0 peer "$(wg show wg0 peers)" allowed-ips 0.0.0.0/0,::/0
            ip route add 10.0.1.0/24 dev wg0
            ip route add 192.168.10.0/24 dev wg0
        `);
    });

    test.each([
        ["a client of the same interface", "10.0.0.3"],
        ["a client of the other interface", "10.0.1.2"],
        ["a machine in the hub's LAN", "192.168.10.5"],
        ["the hub's address on its other interface", "10.0.1.1"],
        ["the hub's address in its LAN", "192.168.10.1"],
    ])("all traffic into the tunnel: %s is not reached and the hub counts every packet", async (_who, address) => {
        let received = -1;
        const came = await whileEve(async () => {
            received = (await hosts.eve.ping(address)).received;
        });
        expect({ received, ...came }).toEqual({
            received: 0,
            arrived: [0, 0, 0],
            counted: { "not declared": expect.any(Number) },
        });
        // Her kernel's own multicast now enters the tunnel as well, so a few more may be counted.
        expect(came.counted["not declared"]).toBeGreaterThanOrEqual(3);
    });

    test("no TCP connection comes about either", async () => {
        const listener = await hosts.bob.listen(8080);
        expect(await hosts.ann.connects("10.0.1.2", 8080)).toBe(true);
        expect(await hosts.eve.connects("10.0.1.2", 8080)).toBe(false);
        await listener.close();
    });

    test.each([
        ["ann's, who may", "10.0.0.3", "10.0.1.2"],
        ["bob's, who may", "10.0.1.2", "10.0.0.3"],
        ["the hub's", "10.0.0.1", "10.0.0.3"],
        ["a LAN machine's", "192.168.10.7", "10.0.0.3"],
    ])("a forged source in the tunnel, %s: nothing arrives", async (_whose, source, address) => {
        await hosts.eve.must(`ip address add ${source}/32 dev lo`);
        const { arrived } = await whileEve(() => hosts.eve.ping(address, { from: source }));
        await hosts.eve.must(`ip address delete ${source}/32 dev lo`);
        // WireGuard itself drops these: on the hub the source belongs to another peer.
        expect(arrived).toEqual([0, 0, 0]);
    });

    test("past the tunnel, over the public net: a forged source is counted, her own public one too", async () => {
        await hosts.eve.must(`
            ip route replace 10.0.1.0/24 via ${hosts.hub.address} dev eth0
            ip route replace 192.168.10.0/24 via ${hosts.hub.address} dev eth0
            ip address add 10.0.0.3/32 dev lo
        `);
        expect(await whileEve(() => hosts.eve.ping("10.0.1.2", { from: "10.0.0.3" }))).toEqual({
            arrived: [0, 0, 0],
            counted: { "overlay source from outside": 3 },
        });
        expect(await whileEve(() => hosts.eve.ping("192.168.10.5", { from: "10.0.0.3" }))).toEqual({
            arrived: [0, 0, 0],
            counted: { "overlay source from outside": 3 },
        });
        expect(await whileEve(() => hosts.eve.ping("10.0.1.2"))).toEqual({ arrived: [0, 0, 0], counted: { "not declared": 3 } });
    });

    test("the others never noticed", async () => {
        expect(await hosts.ann.ping("10.0.1.2")).toMatchObject({ received: 3, ttl: [63, 63, 63] });
        expect(await hosts.bob.ping("10.0.0.3")).toMatchObject({ received: 3, ttl: [63, 63, 63] });
        expect(await machine.ping("10.0.0.3")).toMatchObject({ received: 3, ttl: [63, 63, 63] });
    });
});
