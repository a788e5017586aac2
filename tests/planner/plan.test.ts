import * as fc from "fast-check";
import { check, type Graph, type HostPlan, InvalidGraphError, type Plan, plan } from "../../provider/planner";
import { hostFiles, redacted } from "../../provider/render";
import { badPlans } from "./planFailures";
import {
    chain,
    host,
    iface,
    inside,
    internet,
    lan,
    nested,
    nestedOverHub,
    network,
    office,
    on,
    peer,
    scenarios,
    server,
    sites,
} from "./scenarios";

test.each(badPlans)("$name", ({ graph, failures }) => {
    expect(check(graph).map(({ property, reason }) => `${property}: ${reason}`)).toEqual(failures);
    expect(() => plan(graph)).toThrow(InvalidGraphError);
});

test("all failures come in one error, as text and as data", () => {
    const graph: Graph = { ...office(), hosts: [], mesh: "" };
    try {
        plan(graph);
        throw new Error("planned");
    } catch (error) {
        if (!(error instanceof InvalidGraphError)) throw error;
        expect(error.message.split("\n")[0]).toBe("invalid graph:");
        expect(error.message.split("\n").slice(1)).toEqual(
            error.failures.map(({ property, reason }) => `  - ${property}: ${reason}`),
        );
        expect(error.failures).toEqual(check(graph));
    }
});

/** The same declarations in another order. */
function shuffled(graph: Graph, order: readonly number[]): Graph {
    const mix = <T>(list: readonly T[]): T[] =>
        list
            .map((one, i) => ({ one, key: order[i % order.length] ?? 0 }))
            .sort((a, b) => a.key - b.key)
            .map(({ one }) => one);
    return {
        ...graph,
        hosts: mix(graph.hosts),
        interfaces: mix(graph.interfaces),
        peers: mix(graph.peers).map((one, i) =>
            (order[i] ?? 0) % 2 === 0 ? one : { ...one, between: [one.between[1], one.between[0]] },
        ),
        lans: mix(graph.lans ?? []),
        routes: mix(graph.routes ?? []).map((route) => ({ ...route, from: mix(route.from), to: mix(route.to) })),
    };
}

test.each(scenarios)("$title: the order of declarations does not change a byte", ({ graph }) => {
    const bytes = (made: Plan) => JSON.stringify(made);
    const expected = bytes(plan(graph));
    fc.assert(
        fc.property(
            fc.array(fc.nat(1000), { minLength: 12, maxLength: 12 }),
            (order) => bytes(plan(shuffled(graph, order))) === expected,
        ),
        { numRuns: 50 },
    );
});

function filesOf(made: Plan): ReadonlyMap<string, string> {
    return new Map(
        made.hosts.map((one) => [
            one.name,
            JSON.stringify(
                hostFiles(
                    one,
                    redacted((name) => name),
                ),
            ),
        ]),
    );
}

test.each(["s1", "s2", "s6"])("%s: a new member of the network changes the hub's files and no other host's", (file) => {
    const before = scenarios.find((one) => one.file === file)?.graph ?? office();
    const after: Graph = {
        ...before,
        hosts: [...before.hosts, host("eve")],
        interfaces: [...before.interfaces, iface("eve", "wg0", ["10.0.0.9/24"])],
        peers: [...before.peers, peer("hub-wg0", "eve-wg0")],
    };
    const [old, fresh] = [filesOf(plan(before)), filesOf(plan(after))];
    expect([...fresh].filter(([name, text]) => old.get(name) !== text).map(([name]) => name)).toEqual(["eve", "hub"]);
    // Rules stay, only sets grow.
    const rules = (made: Plan) => made.hosts.find(({ name }) => name === "hub")?.firewall?.rules;
    expect(rules(plan(after))).toEqual(rules(plan(before)));
    expect(plan(after).routes).toEqual(plan(before).routes);
});

function hostOf(graph: Graph, name: string): HostPlan {
    const found = plan(graph).hosts.find((one) => one.name === name);
    if (found === undefined) throw new Error(`no host ${name}`);
    return found;
}

/** Allowed IPs by remote interface. */
function allowed(graph: Graph, name: string): Record<string, readonly string[]> {
    return Object.fromEntries(
        hostOf(graph, name).interfaces.flatMap(({ peers }) => peers.map((one) => [one.remote, one.allowedIPs])),
    );
}

describe("keepalive and endpoint", () => {
    const pair = (a: Graph["hosts"][number], b: Graph["hosts"][number], persistentKeepalive?: number): Graph => ({
        mesh: "pair",
        hosts: [a, b],
        interfaces: [iface("a", "wg0", ["10.0.0.1/32"], 51820), iface("b", "wg0", ["10.0.0.2/32"], 51820)],
        peers: [peer("a-wg0", "b-wg0", persistentKeepalive === undefined ? {} : { persistentKeepalive })],
    });
    test.each<[string, Graph, [boolean, number | undefined], [boolean, number | undefined]]>([
        ["only a can be reached: b keeps alive", pair(server("a"), host("b")), [false, undefined], [true, 25]],
        ["only b can be reached: a keeps alive", pair(host("a"), server("b")), [true, 25], [false, undefined]],
        ["both can be reached: nobody does", pair(server("a"), server("b")), [true, undefined], [true, undefined]],
        ["a declared value goes to the side behind NAT", pair(server("a"), host("b"), 60), [false, undefined], [true, 60]],
        ["0 turns it off", pair(server("a"), host("b"), 0), [false, undefined], [true, undefined]],
        ["a declared value goes to both that can be reached", pair(server("a"), server("b"), 5), [true, 5], [true, 5]],
    ])("%s", (_name, graph, a, b) => {
        for (const [name, [endpoint, keepalive]] of [
            ["a", a],
            ["b", b],
        ] as const) {
            const [section] = hostOf(graph, name).interfaces[0]?.peers ?? [];
            expect([section?.endpoint, section?.persistentKeepalive]).toEqual([endpoint, keepalive]);
        }
    });
});

describe("MTU", () => {
    const mtus = (graph: Graph) =>
        Object.fromEntries(plan(graph).hosts.flatMap(({ interfaces }) => interfaces.map(({ name, mtu }) => [name, mtu])));
    test("one small uplink on the path makes every tunnel of the path small", () => {
        expect(new Set(Object.values(mtus(chain())))).toEqual(new Set([1320]));
    });
    test("without a route the tunnels have nothing to do with each other", () => {
        expect(mtus({ ...chain(), routes: [] })).toMatchObject({
            "ann-wg0": 1420,
            "hub-a-wg0": 1420,
            "bob-wg0": 1320,
            "hub-a-wg1": 1320,
        });
    });
    test("a declared value counts for the other side too", () => {
        const graph = {
            ...office(),
            interfaces: office().interfaces.map((one) => (one.name === "ann-wg0" ? { ...one, mtu: 1380 } : one)),
        };
        expect(mtus(graph)).toMatchObject({ "ann-wg0": 1380, "hub-wg0": 1380, "cat-wg0": 1380, "hub-wg1": 1420 });
    });
    test("each tunnel inside another leaves it 80 bytes, on both ends", () => {
        expect(mtus(nested(3))).toEqual({
            "hub-wg0": 1420,
            "ann-wg0": 1420,
            "hub-wg1": 1340,
            "ann-wg1": 1340,
            "hub-wg2": 1260,
            "ann-wg2": 1260,
        });
        expect(mtus(nestedOverHub())).toMatchObject({ "hub-wg0": 1420, "ann-wg1": 1340, "bob-wg1": 1340 });
    });
    test("a small tunnel on the outer way makes the inner one smaller, a declared value inside of it counts as it is", () => {
        const small = (name: string, mtu: number) => ({
            ...nestedOverHub(),
            interfaces: nestedOverHub().interfaces.map((one) => (one.name === name ? { ...one, mtu } : one)),
        });
        expect(mtus(small("hub-wg0", 1400))).toMatchObject({
            "ann-wg0": 1400,
            "bob-wg0": 1400,
            "ann-wg1": 1320,
            "bob-wg1": 1320,
        });
        expect(mtus(small("bob-wg1", 1300))).toMatchObject({ "ann-wg0": 1420, "ann-wg1": 1300, "bob-wg1": 1300 });
    });
    test("who enters an inner network from outside is as small as that, and the outer tunnels stay as they are", () => {
        const graph: Graph = {
            ...nested(),
            hosts: [...nested().hosts, host("bob")],
            interfaces: [...nested().interfaces, iface("bob", "wg0", ["10.0.0.3/24"])],
            peers: [...nested().peers, peer("hub-wg0", "bob-wg0")],
            routes: [{ name: "r", from: [on("bob-wg0")], to: [on("ann-wg1")] }],
        };
        expect(mtus(graph)).toEqual({ "hub-wg0": 1420, "ann-wg0": 1420, "bob-wg0": 1340, "hub-wg1": 1340, "ann-wg1": 1340 });
    });
    test("segments are clamped where packets come that have not been through a tunnel", () => {
        expect(hostOf(sites(false), "east").firewall?.clampMss).toEqual(["wg0"]);
        expect(hostOf(sites(false), "hub").firewall?.clampMss).toEqual([]);
    });
});

describe("who judges", () => {
    test.each<[string, Graph, string, boolean]>([
        ["a hub does", office(), "hub", true],
        ["a spoke of a managed hub does not", office(), "ann", false],
        [
            "a spoke with a narrowed route does",
            { ...office(), routes: [{ name: "r", from: [on("ann-wg0")], to: [on("bob-wg0")], initiate: "from" }] },
            "bob",
            true,
        ],
        [
            "a member of a narrowed network does",
            { ...office(), routes: [{ name: "r", from: [network("hub-wg0")], to: [on("bob-wg0")], allow: ["icmp"] }] },
            "cat",
            true,
        ],
        [
            "a spoke of a device does",
            { ...office(), hosts: office().hosts.map((one) => ({ ...one, managed: one.name !== "hub" })) },
            "ann",
            true,
        ],
        [
            "a device never does",
            { ...office(), hosts: office().hosts.map((one) => ({ ...one, managed: one.name !== "hub" })) },
            "hub",
            false,
        ],
        ["a gateway does", sites(false), "east", true],
    ])("%s", (_name, graph, name, judges) => {
        expect(hostOf(graph, name).firewall !== undefined).toBe(judges);
    });
});

describe("nested tunnels", () => {
    const section = (graph: Graph, owner: string, name: string, remote: string) =>
        hostOf(graph, owner)
            .interfaces.find((one) => one.name === name)
            ?.peers.find((one) => one.remote === remote);
    test("the side outside keeps the tunnel alive and gets the address; the nested one never sends to a public endpoint", () => {
        const open = { ...nested(), hosts: [server("hub"), server("ann")] };
        const ports = open.interfaces.map((one) => ({ ...one, listenPort: 51820 + Number(one.name.at(-1)) }));
        const graph = { ...open, interfaces: ports };
        expect(section(graph, "ann", "ann-wg1", "hub-wg1")).toMatchObject({
            endpoint: "10.0.0.1:51821",
            persistentKeepalive: 25,
        });
        expect(section(graph, "hub", "hub-wg1", "ann-wg1")).toMatchObject({ endpoint: false });
        expect(section(graph, "hub", "hub-wg0", "ann-wg0")).toMatchObject({ endpoint: true });
    });
    test("both nested: each has an address of the other and nobody keeps alive", () => {
        const graph = {
            ...nested(),
            interfaces: nested().interfaces.map((one) =>
                one.name === "ann-wg1" ? inside("ann-wg0", { ...one, listenPort: 51821 }) : one,
            ),
        };
        const [there, back] = [section(graph, "ann", "ann-wg1", "hub-wg1"), section(graph, "hub", "hub-wg1", "ann-wg1")];
        expect([there?.endpoint, there?.persistentKeepalive]).toEqual(["10.0.0.1:51821", undefined]);
        expect([back?.endpoint, back?.persistentKeepalive]).toEqual(["10.0.0.2:51821", undefined]);
    });
    test("the address is one of a family that leads there, and may be assigned", () => {
        const wg0 = (addresses: readonly string[]) => ({
            ...nested(),
            interfaces: nested().interfaces.map((one) => (one.name === "hub-wg0" ? { ...one, addresses } : one)),
        });
        expect(section(wg0(["fd00::1/64", "10.0.0.1/24"]), "ann", "ann-wg1", "hub-wg1")?.endpoint).toBe("10.0.0.1:51821");
        const pool: Graph = {
            ...nestedOverHub(),
            interfaces: nestedOverHub().interfaces.map(({ addresses, ...one }) =>
                one.name === "bob-wg0"
                    ? one
                    : { ...one, ...(one.name === "hub-wg0" ? { allocate: "10.0.0.0/24" } : {}), addresses: addresses ?? [] },
            ),
            allocations: { "bob-wg0": ["10.0.0.77/24"] },
        };
        expect(section(pool, "ann", "ann-wg1", "bob-wg1")?.endpoint).toBe("10.0.0.77:51821");
    });
    test.each([
        ["in the target's network", ["10.8.0.2/32", "10.0.0.2/24"]],
        ["first", ["10.0.0.2/32", "10.8.0.2/32"]],
    ])("of two addresses only the one that the kernel sends from has to get through: the one %s", (_which, addresses) => {
        const graph: Graph = {
            ...nestedOverHub(),
            interfaces: nestedOverHub().interfaces.map((one) => (one.name === "ann-wg0" ? { ...one, addresses } : one)),
            routes: [{ name: "colleagues", from: [network("hub-wg0")], to: [network("hub-wg0")] }],
        };
        expect(section(graph, "ann", "ann-wg1", "bob-wg1")?.endpoint).toBe("10.0.0.3:51821");
    });
    test("beside a full tunnel the way to the outer interface keeps a route of its own, which marked packets find", () => {
        const graph: Graph = {
            ...nested(),
            interfaces: nested().interfaces.map((one) => (one.name === "ann-wg0" ? { ...one, addresses: ["10.0.0.2/32"] } : one)),
            peers: nested().peers.map((one) => (one.name === "hub-wg1--ann-wg1" ? { ...one, cost: 9 } : one)),
            routes: [{ name: "surf", from: [on("ann-wg0")], to: [internet("hub")], initiate: "from" }],
        };
        expect(section(graph, "ann", "ann-wg0", "hub-wg0")?.allowedIPs).toEqual(["0.0.0.0/0", "10.0.0.1/32"]);
        expect(hostOf(graph, "ann").interfaces.map(({ fwMark }) => fwMark)).toEqual([51820, 51820]);
    });
});

test("forwarding is on for transit hosts only, per family", () => {
    const flags = (graph: Graph) => Object.fromEntries(plan(graph).hosts.map(({ name, forward }) => [name, forward]));
    const off = { ipv4: false, ipv6: false };
    expect(flags(office())).toEqual({ ann: off, bob: off, cat: off, dan: off, hub: off });
    expect(flags(chain())).toEqual({
        ann: off,
        bob: off,
        "hub-a": { ipv4: true, ipv6: false },
        "hub-b": { ipv4: true, ipv6: false },
    });
    expect(flags(sites(false))).toEqual({
        east: { ipv4: true, ipv6: false },
        hub: { ipv4: true, ipv6: false },
        west: { ipv4: true, ipv6: false },
    });
});

test("a route is shown with its prefixes and path, and without its members", () => {
    expect(plan(chain()).routes).toEqual([
        {
            name: "all",
            from: ["10.1.0.0/24"],
            to: ["10.2.0.0/24"],
            path: ["hub-a: wg0 -> wg1, hub-b: wg1 -> wg0"],
            initiate: "both",
            allow: [],
        },
    ]);
});

test("a LAN of a device is in the hub's allowed IPs and in those who reach it, and nothing is set up on the device", () => {
    const graph: Graph = {
        ...office(),
        hosts: office().hosts.map((one) => ({ ...one, managed: one.name !== "ann" })),
        lans: [{ host: "ann", prefix: "192.168.10.0/24" }],
        routes: [{ name: "lan", from: [on("bob-wg0")], to: [lan("ann", "192.168.10.0/24")] }],
    };
    expect(allowed(graph, "hub")["ann-wg0"]).toEqual(["10.0.0.2/32", "192.168.10.0/24"]);
    expect(allowed(graph, "bob")["hub-wg1"]).toEqual(["10.0.1.1/32", "192.168.10.0/24"]);
    expect(allowed(graph, "ann")["hub-wg0"]).toEqual(["10.0.0.1/32", "10.0.1.2/32"]);
    expect(hostOf(graph, "ann").firewall).toBeUndefined();
});
