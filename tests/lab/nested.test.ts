import type { Graph, Route } from "../../provider/planner";
import { host, iface, inside, internet, on, peer, server } from "../planner/scenarios";
import type { Host } from "../support/lab/host";
import { Lab } from "../support/lab/lab";
import { declare, meshStack, reachable } from "../support/lab/meshStack";
import type { Stack } from "../support/lab/stack";
import { until } from "../support/lab/until";

// ann - hub - bob over wg0; wg1 of ann and hub inside of that, and wg2 of ann and bob, over both tunnels, which the hub passes on.
const outer: Route = { name: "outer", from: [on("ann-wg0")], to: [on("bob-wg0")], allow: ["udp/51822"], initiate: "from" };
const surf: Route = { name: "surf", from: [on("ann-wg0")], to: [internet("hub")], initiate: "from" };
const graph = (...routes: readonly Route[]): Graph => ({
    mesh: "nested",
    hosts: [server("hub"), host("ann"), host("bob")],
    interfaces: [
        iface("hub", "wg0", ["10.0.0.1/24"], 51820),
        inside("hub-wg0", iface("hub", "wg1", ["10.0.1.1/24"], 51821)),
        // A /32, so that only a route of its own leads to the hub beside a full tunnel.
        iface("ann", "wg0", ["10.0.0.2/32"]),
        iface("ann", "wg1", ["10.0.1.2/24"]),
        iface("ann", "wg2", ["10.0.2.2/32"]),
        iface("bob", "wg0", ["10.0.0.3/32"]),
        inside("bob-wg0", iface("bob", "wg2", ["10.0.2.3/32"], 51822)),
    ],
    peers: [
        peer("hub-wg0", "ann-wg0"),
        peer("hub-wg0", "bob-wg0"),
        peer("hub-wg1", "ann-wg1", { cost: 9 }),
        peer("ann-wg2", "bob-wg2"),
    ],
    routes,
});
let lab: Lab;
let hub: Host;
let ann: Host;
let bob: Host;
let stack: Stack;
const up = (...routes: readonly Route[]) => {
    declare(stack, { graph: graph(...routes), ...reachable([hub, ann, bob]) });
    return stack.up();
};
const full = 1340 - 28;
const answered = expect.objectContaining({ received: 3 });
/** Pings through each inner tunnel, from either end, the largest packets that fit. */
const bothWays = () =>
    Promise.all([
        ann.ping("10.0.1.1", { size: full, df: true, wait: 10 }),
        hub.ping("10.0.1.2", { size: full, df: true, wait: 10 }),
        ann.ping("10.0.2.3", { size: full, df: true, wait: 10 }),
        bob.ping("10.0.2.2", { size: full, df: true, wait: 10 }),
    ]);
/** A table beside ours that counts packets to the inner tunnels' ports, by the interface they came in by. */
const probe = `nft -f - <<'END'
table inet probe {
    chain input {
        type filter hook input priority -400; policy accept;
        udp dport { 51821, 51822 } iifname "wg0" counter comment "inside"
        udp dport { 51821, 51822 } iifname != "wg0" counter comment "outside"
    }
}
END`;
const counted = async (one: Host) => {
    const text = await one.must("nft list table inet probe");
    const packets = (name: string) => Number(new RegExp(`packets (\\d+) .*comment "${name}"`).exec(text)?.[1]);
    return { inside: packets("inside"), outside: packets("outside") };
};
const sent = async (one: Host, device: string) =>
    Number((await one.must(`wg show ${device} transfer`)).trim().split("\t").at(-1));

beforeAll(async () => {
    lab = await Lab.start();
    [hub, ann, bob] = await Promise.all([lab.boot("hub"), lab.boot("ann"), lab.boot("bob")]);
    await Promise.all([hub, bob].map((one) => one.must(probe)));
    stack = await meshStack(lab, "nested", { graph: graph(outer), ...reachable([hub, ann, bob]) });
    await stack.up();
}, 180_000);
afterAll(() => lab?.stop());

test("packets of exactly the inner MTU pass both ways, over one tunnel and over two, and one byte more is refused where it starts", async () => {
    expect(await bothWays()).toEqual([answered, answered, answered, answered]);
    for (const [one, target] of [
        [ann, "10.0.1.1"],
        [hub, "10.0.1.2"],
        [ann, "10.0.2.3"],
        [bob, "10.0.2.2"],
    ] as const) {
        const refused = await one.ping(target, { size: full + 1, df: true });
        expect(refused).toMatchObject({ received: 0, text: expect.stringContaining("message too long, mtu=1340") });
    }
});

test("they travel inside: the outer tunnel carries their bytes, and their ports are never on the wire", async () => {
    const before = await sent(ann, "wg0");
    expect(await ann.ping("10.0.1.1", { size: full, df: true, count: 20, interval: 0.05 })).toMatchObject({ received: 20 });
    expect((await sent(ann, "wg0")) - before).toBeGreaterThan(20 * (1340 + 60));
    for (const one of [hub, bob]) {
        expect(await counted(one)).toEqual({ inside: expect.any(Number), outside: 0 });
        expect((await counted(one)).inside).toBeGreaterThan(0);
    }
    expect(await ann.must("wg show wg1 endpoints; wg show wg2 endpoints")).toMatch(
        /\t10\.0\.0\.1:51821\n.*\t10\.0\.0\.3:51822\n/,
    );
    expect(await hub.must("wg show wg1 endpoints")).toMatch(/\t10\.0\.0\.2:\d+\n/);
    expect(await bob.must("wg show wg2 endpoints")).toMatch(/\t10\.0\.0\.2:\d+\n/);
});

test("after a reboot of ann they are up again without an up, in whatever order the units start", async () => {
    await ann.reboot();
    // Both from ann: until its own handshake the others send with the keys it had before, and lose what they send.
    for (const target of ["10.0.1.1", "10.0.2.3"]) {
        await until(`${target} answers`, 60, async () => (await ann.ping(target, { count: 1 })).received === 1);
    }
    expect(await bothWays()).toEqual([answered, answered, answered, answered]);
}, 120_000);

test("beside a full tunnel of ann the inner ones go on inside the outer one", async () => {
    await up(outer, surf);
    expect(await ann.must("ip rule")).toMatch(/not from all fwmark 0xca6c lookup 51820/);
    await until("the outer tunnel answers", 30, async () => (await ann.ping("10.0.0.1", { count: 1 })).received === 1);
    expect(await bothWays()).toEqual([answered, answered, answered, answered]);
    expect((await counted(hub)).outside + (await counted(bob)).outside).toBe(0);
    expect(await ann.must("wg show wg1 endpoints")).toMatch(/\t10\.0\.0\.1:51821\n/);
}, 120_000);

test("destroy takes all of it away", async () => {
    await stack.destroy();
    for (const one of [hub, ann, bob]) {
        expect((await one.must("wg show interfaces")).trim()).toBe("");
    }
}, 120_000);
