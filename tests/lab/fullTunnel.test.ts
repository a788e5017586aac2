import { once } from "node:events";
import type { Graph, Route } from "../../provider/planner";
import { host, iface, internet, on, peer, server } from "../planner/scenarios";
import type { Host } from "../support/lab/host";
import { Lab } from "../support/lab/lab";
import { declare, meshStack, reachable } from "../support/lab/meshStack";
import type { Stack } from "../support/lab/stack";
import type { Station } from "../support/lab/station";
import { until } from "../support/lab/until";
import { dropsDuring } from "./drops";
import { type Mirror, mirrorOn } from "./mirror";

// Whoever sends everything through an exit is still there for those who come by the uplink. ann is on the public net; bob is at home, and
// the controller's SSH to him comes in by a forwarded port, so that his answers follow his default route.
const web = "203.0.113.80";
const kept = "203.0.113.200";
const excluded = "203.0.113.192/26";
let lab: Lab;
let hub: Host;
let ann: Host;
let bob: Host;
let stack: Stack;
let mirror: Mirror;
let boxAddress: string;
let before: readonly string[];

function graph(routes: readonly Route[]): Graph {
    return {
        mesh: "surf",
        hosts: [server("hub"), host("ann"), host("bob")],
        interfaces: [
            iface("hub", "wg0", ["10.0.0.1/24"], 51820),
            iface("ann", "wg0", ["10.0.0.2/24"]),
            iface("bob", "wg0", ["10.0.0.3/24"]),
        ],
        peers: [peer("hub-wg0", "ann-wg0"), peer("hub-wg0", "bob-wg0")],
        routes,
    };
}
const surf = (name: string, ...exclude: readonly string[]): Route => ({
    name,
    from: [on(`${name}-wg0`)],
    to: [internet("hub")],
    initiate: "from",
    ...(exclude.length === 0 ? {} : { exclude }),
});
const up = (...routes: readonly Route[]) => {
    declare(stack, { graph: graph(routes), ...reachable([hub, ann, bob]) });
    return stack.up();
};
/** Everything of a host that a full tunnel changes, without what differs from boot to boot. */
const stateOf = (one: Host) =>
    one.must(
        "ip rule; ip -6 rule; ip route show table all | grep -v -e wg0 -e fe80:; ip -6 route show table 51820 2>&1; nft list tables",
    );

/** What a client at `from` gets back from an echo on the host, asked `times` times over one connection. */
async function echoed(from: Station, source: string, kind: "tcp" | "udp", target: string, port: number): Promise<string> {
    const tcp = `const s = require("net").connect({ port: ${port}, host: "${target}", localAddress: "${source}" });
        let n = 0; s.on("error", () => process.exit(1)).on("data", (text) => { process.stdout.write(text); if (++n === 3) process.exit(0); s.write("again "); });
        s.write("first ");`;
    const udp = `const s = require("dgram").createSocket("udp4"); let n = 0;
        s.on("message", (text) => { process.stdout.write(text); if (++n === 3) process.exit(0); s.send("again ", ${port}, "${target}"); });
        s.bind(0, "${source}", () => s.send("first ", ${port}, "${target}"));`;
    return (await from.namespace.run(process.execPath, ["-e", kind === "tcp" ? tcp : udp], { timeout: 4 })).stdout;
}

/** Answers on TCP and UDP; the address it answers UDP from is the one it was asked at. */
async function echoOn(one: Host, port: number): Promise<void> {
    const program = `const fail = (error) => { console.error(error); process.exit(1); };
        require("net").createServer((s) => s.on("error", () => {}).pipe(s)).on("error", fail).listen(${port}, "0.0.0.0", () => {
            const u = require("dgram").createSocket("udp4");
            u.on("error", fail).on("message", (text, from) => u.send(text, from.port, from.address)).bind(${port}, "${one.address}", () => console.log("listening"));
        });`;
    const running = one.namespace.start(process.execPath, ["-e", program]);
    await Promise.race([
        once(running.stdout, "data"),
        once(running, "close").then(() => Promise.reject(new Error(`no echo on "${one.name}"`))),
    ]);
}

beforeAll(async () => {
    lab = await Lab.start();
    const box = lab.natBox("box");
    boxAddress = box.address;
    [hub, ann, bob] = await Promise.all([lab.boot("hub"), lab.boot("ann"), lab.boot("bob", { behind: box, manage: "forward" })]);
    // Somewhere on the internet: every host's default route leads to the controller's machine.
    for (const address of [web, kept]) {
        lab.controller.namespace.ip(`address add ${address}/32 dev lo`);
    }
    box.namespace.ip("route add default via 198.51.100.1");
    mirror = await mirrorOn(lab.controller);
    before = await Promise.all([ann, bob].map(stateOf));
    stack = await meshStack(lab, "surf", { graph: graph([]), ...reachable([hub, ann, bob]) });
    await stack.up();
    await echoOn(ann, 7007);
}, 180_000);
afterAll(() => lab?.stop());

describe("full tunnels for both in one up", () => {
    let session: ReturnType<typeof openSession>;

    /** A connection from outside that was there before connection tracking was: what it sends comes back. */
    function openSession() {
        const program = `const s = require("net").connect({ port: 7007, host: "${ann.address}", localAddress: "${web}" });
            s.on("error", () => process.exit(1)).on("data", (text) => process.stdout.write(text)).write("x"); process.on("SIGUSR2", () => s.write("x"));`;
        const running = lab.controller.namespace.start(process.execPath, ["-e", program]);
        let seen = "";
        running.stdout.on("data", (text) => {
            seen += String(text);
        });
        return {
            answers: (count: number) => until(`answer ${count}`, 10, () => seen.length === count),
            asks: () => running.kill("SIGUSR2"),
        };
    }

    beforeAll(async () => {
        session = openSession();
        await session.answers(1);
        await up(surf("ann", excluded), surf("bob"));
    }, 120_000);

    test("their traffic leaves through the exit with its address, what is excluded through their own uplink", async () => {
        expect(await Promise.all([ann, bob].map((one) => mirror.seen(one, web)))).toEqual([hub.address, hub.address]);
        expect(await mirror.seen(ann, kept)).toBe(ann.address);
        expect(await mirror.seen(bob, kept)).toBe(hub.address);
        expect(await ann.ping("10.0.0.1", { wait: 10 })).toMatchObject({ received: 3 });
    });

    test("a connection from outside that is older than the tunnel goes on, and so does SSH", async () => {
        session.asks();
        await session.answers(2);
        for (const one of [ann, bob]) {
            expect(await one.ssh("id -un")).toMatchObject({ code: 0, stdout: "root\n" });
        }
    });

    test("new connections from anywhere outside are answered, TCP and UDP, by the address that was asked", async () => {
        expect(await echoed(lab.controller, web, "tcp", ann.address, 7007)).toBe("first again again ");
        expect(await echoed(lab.controller, web, "udp", ann.address, 7007)).toBe("first again again ");
        expect(await lab.controller.ping(ann.address, { from: web })).toMatchObject({ received: 3 });
    });

    test("what is excluded does not leave through the exit, and the exit may not pretend to be there", async () => {
        // Each without his own table, which drops it before the other one has to.
        const alone = async (one: Host, judge: Host, setUp: string, cheat: () => Promise<unknown>, tearDown: string) => {
            await one.must(`nft delete table inet wireguard_surf && ${setUp}`);
            const dropped = await dropsDuring(judge, "surf", cheat);
            await one.must(`${tearDown} && nft -f /etc/pulumi-wireguard/surf.nft`);
            return dropped;
        };
        const intoTunnel = `ip rule add to ${kept} lookup 77 priority 1 && ip route add ${kept} dev wg0 table 77`;
        const undo = "ip rule delete lookup 77 && ip route flush table 77";
        expect(await alone(ann, hub, intoTunnel, () => ann.ping(kept, { from: "10.0.0.2" }), undo)).toEqual({
            "not declared": expect.any(Number),
        });
        const forge = () => hub.ping("10.0.0.2", { from: kept });
        expect(
            await alone(hub, ann, `ip address add ${kept}/32 dev lo`, forge, `ip address delete ${kept}/32 dev lo`),
        ).toMatchObject({
            "source that lives elsewhere on wg0": expect.any(Number),
        });
    });

    test("a second up changes nothing", async () => {
        const logins = await Promise.all([ann, bob].map((one) => one.sshLogins()));
        await up(surf("ann", excluded), surf("bob"));
        expect(await Promise.all([ann, bob].map((one) => one.sshLogins()))).toEqual(logins);
    }, 60_000);
});

test("changing what is excluded restarts that tunnel only, and leaves nothing of the old behind", async () => {
    await up(surf("ann"), surf("bob", excluded));
    expect(await mirror.seen(ann, kept)).toBe(hub.address);
    expect(await mirror.seen(bob, kept)).toBe(boxAddress);
    expect(await ann.must("ip route show table 51820")).toBe("default dev wg0 scope link \n");
    expect(await bob.must("ip route show table 51820")).toBe(`default dev wg0 scope link \nthrow ${excluded} \n`);
    expect(await ann.must("systemctl is-active wg-quick@wg0")).toBe("active\n");
}, 120_000);

test("after a reboot it is the same, without an up", async () => {
    await bob.reboot();
    expect(await bob.ping("10.0.0.1", { wait: 10 })).toMatchObject({ received: 3 });
    expect([await mirror.seen(bob, web), await mirror.seen(bob, kept)]).toEqual([hub.address, boxAddress]);
    expect(await bob.ssh("id -un")).toMatchObject({ code: 0, stdout: "root\n" });
}, 90_000);

test("a tunnel that was deleted by hand comes back although its exceptions are still there", async () => {
    await bob.must("ip link delete wg0 && ip route show table 51820 | grep throw && systemctl restart wg-quick@wg0");
    expect(await bob.ping("10.0.0.1", { wait: 10 })).toMatchObject({ received: 3 });
    expect(await mirror.seen(bob, kept)).toBe(boxAddress);
}, 60_000);

test("destroy: rules, routes and tables are as before", async () => {
    await stack.destroy();
    expect(await Promise.all([ann, bob].map(stateOf))).toEqual(before);
    expect(await Promise.all([ann, bob].map((one) => mirror.seen(one, web)))).toEqual([ann.address, boxAddress]);
}, 120_000);
