import type { Graph } from "../../provider/planner";
import { conf, makeKeys, mustPush, onePush, push, removeMesh, snapshot } from "../host/labMesh";
import { host, iface, lan, network, on, peer, server } from "../planner/scenarios";
import type { Host } from "../support/lab/host";
import { Lab } from "../support/lab/lab";
import { meshStack, reachable } from "../support/lab/meshStack";
import type { Stack } from "../support/lab/stack";
import type { Station } from "../support/lab/station";
import { dropsDuring } from "./drops";

// Two meshes that know nothing of each other, each a stack of its own, forward over one hub and reach one LAN behind it. bob is in both.
const meshOf = (mesh: string, nth: 1 | 2, devices: readonly [string, string], outside: string, bob: string): Graph => ({
    mesh,
    hosts: [server("hub"), host(outside), host("bob")],
    interfaces: [
        iface("hub", devices[0], [`10.${nth}.0.1/24`, `fd00:${nth}::1/64`], 51820 + 2 * nth),
        iface("hub", devices[1], [`10.${nth}.1.1/24`, `fd00:${nth}:1::1/64`], 51821 + 2 * nth),
        iface(outside, "wg0", [`10.${nth}.0.2/24`, `fd00:${nth}::2/64`]),
        iface("bob", bob, [`10.${nth}.1.2/24`, `fd00:${nth}:1::2/64`]),
    ],
    peers: [peer(`hub-${devices[0]}`, `${outside}-wg0`), peer(`hub-${devices[1]}`, `bob-${bob}`)],
    lans: [{ host: "hub", prefix: "192.168.30.0/24" }],
    routes: [
        { name: "members", from: [network(`hub-${devices[0]}`)], to: [network(`hub-${devices[1]}`)] },
        { name: "office", from: [on(`${outside}-wg0`)], to: [lan("hub", "192.168.30.0/24")] },
    ],
});
let lab: Lab;
let hub: Host;
let ann: Host;
let bob: Host;
let dan: Host;
let desk: Station;
let red: Stack;
let blue: Stack;
let clean: string;

const all = { received: 3 };
const none = { received: 0 };
const forwarding = () => hub.must("sysctl -n net.ipv4.ip_forward net.ipv6.conf.all.forwarding net.ipv6.conf.eth0.accept_ra");
const tables = () => hub.must("nft list tables");

async function works(nth: 1 | 2, outside: Host): Promise<void> {
    expect(await outside.ping(`10.${nth}.1.2`, { wait: 6 })).toMatchObject(all);
    expect(await bob.ping(`10.${nth}.0.2`)).toMatchObject(all);
    expect(await outside.ping(`fd00:${nth}:1::2`)).toMatchObject(all);
    expect(await outside.ping("192.168.30.5")).toMatchObject(all);
    expect(await desk.ping(`10.${nth}.0.2`)).toMatchObject(all);
}

beforeAll(async () => {
    lab = await Lab.start();
    [hub, ann, bob, dan] = (await Promise.all(["hub", "ann", "bob", "dan"].map((name) => lab.boot(name)))) as [
        Host,
        Host,
        Host,
        Host,
    ];
    desk = lab.lan(hub, "192.168.30.1/24").machine("desk", "192.168.30.5/24");
    await hub.must("until ip -6 route show dev lan0 | grep -q fe80; do sleep 0.1; done");
    clean = await snapshot(hub);
    // A mesh may be called so.
    red = await meshStack(lab, "red", {
        graph: meshOf("red-team", 1, ["wg0", "wg1"], "ann", "wg0"),
        ...reachable([hub, ann, bob]),
    });
    blue = await meshStack(lab, "blue", {
        graph: meshOf("blue", 2, ["wg2", "wg3"], "dan", "wg1"),
        ...reachable([hub, bob, dan]),
    });
    await red.up();
    await blue.up();
}, 180_000);
afterAll(() => lab?.stop());

test("both work, and neither table drops a packet of the other mesh", async () => {
    await works(1, ann);
    await works(2, dan);
    const again = async () => {
        await works(1, ann);
        await works(2, dan);
    };
    expect(
        await dropsDuring(hub, "red-team", async () => {
            expect(await dropsDuring(hub, "blue", again)).toEqual({});
        }),
    ).toEqual({});
});

test("a member of one mesh does not get into the other, not even with its addresses", async () => {
    // ann's own file would not let her send it.
    await ann.must('wg set wg0 peer "$(wg show wg0 peers)" allowed-ips 0.0.0.0/0; ip route add 10.2.0.0/16 dev wg0');
    // Which of the two tables is asked first is the kernel's business.
    const refused = async (action: () => Promise<unknown>) => {
        let byBlue = {};
        const byRed = await dropsDuring(hub, "red-team", async () => {
            byBlue = await dropsDuring(hub, "blue", action);
        });
        return [byRed, byBlue].flatMap((one) => Object.entries(one));
    };
    for (const address of ["10.2.0.2", "10.2.1.2", "10.2.0.1"]) {
        expect(await refused(async () => expect(await ann.ping(address)).toMatchObject(none))).toEqual([["not declared", 3]]);
    }
    await ann.must("ip address add 10.2.1.2/32 dev wg0");
    // WireGuard itself drops that: the address is not among ann's allowed IPs.
    expect(await ann.ping("10.2.0.2", { from: "10.2.1.2" })).toMatchObject(none);
    await ann.must("ip address delete 10.2.1.2/32 dev wg0; ip route delete 10.2.0.0/16 dev wg0");
});

test("a network that the other mesh has on this host is refused", async () => {
    const before = await snapshot(hub);
    const text = conf({ privateKey: makeKeys().privateKey, address: ["10.1.0.200/24"], peers: [] });
    const third = { ...onePush("hub", text), mesh: "third", interfaces: [{ interfaceName: "wg9", conf: text, adopt: false }] };
    expect((await push(hub, third)).stderr).toBe(
        '10.1.0.200/24 of wg9 on hub is in the same network as 10.1.0.1/24, which wg0 of mesh "red-team" has there; choose other addresses\n',
    );
    expect(await snapshot(hub)).toBe(before);
    const other = conf({ privateKey: makeKeys().privateKey, address: ["10.3.0.1/24"], peers: [] });
    const passing = { interfaces: [{ interfaceName: "wg9", conf: other, adopt: false }], forward: { ipv4: true, ipv6: true } };
    await mustPush(hub, { ...third, ...passing });
    // It remembers a host that passes packets on: when it goes before the others, that must not become their memory, too.
    expect(await removeMesh(hub, "third")).toMatchObject({ code: 0 });
    expect(await snapshot(hub)).toBe(before);
});

test("one is destroyed: the other loses no packet, keeps its forwarding, and comes back after a reboot", async () => {
    const loss = await dan.lossDuring("10.2.1.2", () => red.destroy());
    expect(loss).toMatchObject({ lost: 0 });
    expect([await forwarding(), await tables()]).toEqual(["1\n1\n2\n", "table inet wireguard_blue\n"]);
    await works(2, dan);
    await hub.reboot();
    await Promise.all([dan, bob].map((one) => one.must("systemctl restart 'wg-quick@*'")));
    expect([await forwarding(), await tables()]).toEqual(["1\n1\n2\n", "table inet wireguard_blue\n"]);
    await works(2, dan);
}, 120_000);

test("the last one gives the hub back what was there before both", async () => {
    await blue.destroy();
    expect(await forwarding()).toBe("0\n0\n1\n");
    expect(await snapshot(hub)).toBe(clean);
}, 60_000);
