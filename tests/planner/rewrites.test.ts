import { check, explain, type Graph, type HostPlan, plan } from "../../provider/planner";
import { chain, host, iface, internet, lan, network, on, peer, server } from "./scenarios";

/** Two linked hubs, each with a network of its own: hub1 has nobody in it, hub2 has a spoke. */
function linked(more: Partial<Graph> = {}): Graph {
    return {
        mesh: "linked",
        hosts: [server("hub1"), server("hub2"), host("w")],
        interfaces: [
            iface("hub1", "wg0", ["10.0.0.1/24"], 51820),
            iface("hub1", "wg9", ["10.9.0.1/30"], 51829),
            iface("hub2", "wg0", ["10.0.1.1/24"], 51820),
            iface("hub2", "wg9", ["10.9.0.2/30"], 51829),
            iface("w", "wg0", ["10.0.1.3/24"]),
        ],
        peers: [peer("hub2-wg0", "w-wg0"), peer("hub1-wg9", "hub2-wg9")],
        routes: [{ name: "all", from: [network("hub1-wg0")], to: [network("hub2-wg0")] }],
        ...more,
    };
}

function rewrites(graph: Graph, name: string): readonly string[] {
    const found = plan(graph).hosts.find((one: HostPlan) => one.name === name);
    return (found?.firewall?.rewrites ?? []).map(
        ({ route, back, output, sources, destinations, allow, to }) =>
            `${route}${back ? " (back)" : ""}: ${output} ${sources.join()} -> ${destinations.join()} ${allow.join()}: ${to ?? "stays"}`,
    );
}

test("between linked hubs either one's own packets get the address of its network", () => {
    expect(rewrites(linked(), "hub1")).toEqual(["all: wg9 10.9.0.1 -> 10.0.1.0/24 : 10.0.0.1"]);
    expect(rewrites(linked(), "hub2")).toEqual(["all (back): wg9 10.9.0.2 -> 10.0.0.0/24 : 10.0.1.1"]);
    expect(rewrites(linked(), "w")).toEqual([]);
});

test("explain by a host's name tells what an unbound packet does, and who gets the answer", () => {
    expect(
        explain(linked(), "hub1", "w-wg0", { protocol: "icmp" }).lines.join("\n"),
    ).toBe(`hub1 (10.9.0.1) -> w-wg0 (10.0.1.3), icmp
  hub1: 10.0.1.3 leaves through wg9 to hub2-wg9, whose allowed IPs have 10.0.1.0/24
  hub1: passes: route "all" lets it pass from 10.0.0.1
  hub1: its source 10.9.0.1 becomes 10.0.0.1
  hub2: wg9 accepts source 10.0.0.1 from hub1-wg9, whose allowed IPs have 10.0.0.0/24
  hub2: 10.0.1.3 leaves through wg0 to w-wg0, whose allowed IPs have 10.0.1.3/32
  hub2: passes: route "all" lets it pass
  w: wg0 accepts source 10.0.0.1 from hub2-wg0, whose allowed IPs have 10.0.0.0/24
  w: delivered to w-wg0
and back
  w: 10.0.0.1 leaves through wg0 to hub2-wg0, whose allowed IPs have 10.0.0.0/24
  hub2: wg0 accepts source 10.0.1.3 from w-wg0, whose allowed IPs have 10.0.1.3/32
  hub2: 10.0.0.1 leaves through wg9 to hub1-wg9, whose allowed IPs have 10.0.0.0/24
  hub2: passes: it answers a flow that was let through
  hub1: wg9 accepts source 10.0.1.3 from hub2-wg9, whose allowed IPs have 10.0.1.0/24
  hub1: passes: it answers a flow that was let through
  hub1: delivered to hub1
it works`);
    const narrow = linked({ routes: (linked().routes ?? []).map((route) => ({ ...route, allow: ["icmp"] })) });
    expect(explain(narrow, "hub1", "w-wg0", { protocol: "icmp" }).reason).toBeUndefined();
    expect(explain(narrow, "hub1", "w-wg0", { protocol: "tcp", port: 22 }).reason).toBe(
        'hub1: dropped: no Route declares 10.9.0.1 -> 10.0.1.3; route "all" only lets icmp pass from 10.0.0.1',
    );
    expect(explain(linked(), "hub2", "hub1-wg0").reason).toBeUndefined();
    expect(explain(linked(), "hub2", "hub1-wg9").lines[0]).toBe("hub2 (10.9.0.2) -> hub1-wg9 (10.9.0.1)");
});

test.each<[string, Graph, readonly string[]]>([
    ["without a route", linked({ routes: [] }), []],
    [
        "one way from the other side",
        linked({ routes: [{ name: "r", from: [network("hub2-wg0")], to: [network("hub1-wg0")], initiate: "from" }] }),
        [],
    ],
    [
        "with the link's own address declared too",
        linked({ routes: [{ name: "r", from: [network("hub1-wg0"), on("hub1-wg9")], to: [network("hub2-wg0")] }] }),
        [],
    ],
    [
        "with the link's own address declared by a narrower route",
        linked({
            routes: [
                { name: "r", from: [network("hub1-wg0")], to: [network("hub2-wg0")], allow: ["tcp/22", "icmp"] },
                { name: "s", from: [on("hub1-wg9")], to: [on("w-wg0")], allow: ["tcp/22", "tcp/443"] },
            ],
        }),
        ["s: wg9 10.9.0.1 -> 10.0.1.3/32 tcp/22,tcp/443: stays", "r: wg9 10.9.0.1 -> 10.0.1.0/24 icmp,tcp/22: 10.0.0.1"],
    ],
    [
        "to an address of the host at the other end of the link, which its Peer lets it talk to",
        linked({ routes: [{ name: "r", from: [on("hub1-wg0")], to: [on("hub2-wg9")] }] }),
        [],
    ],
    [
        "to that and more",
        linked({ routes: [{ name: "r", from: [on("hub1-wg0")], to: [on("hub2-wg9"), on("w-wg0")] }] }),
        ["peers of wg9: wg9 10.9.0.1 -> 10.9.0.2/32 : stays", "r: wg9 10.9.0.1 -> 10.0.1.3/32,10.9.0.2/32 : 10.0.0.1"],
    ],
    [
        "to a LAN",
        linked({
            lans: [{ host: "hub2", prefix: "192.168.20.0/24", nat: true }],
            routes: [{ name: "r", from: [on("hub1-wg0")], to: [lan("hub2", "192.168.20.0/24")], initiate: "from" }],
        }),
        ["r: wg9 10.9.0.1 -> 192.168.20.0/24 : 10.0.0.1"],
    ],
    [
        "to the internet for a service that only one of its addresses has",
        linked({
            routes: [
                { name: "r", from: [on("hub1-wg0")], to: [internet("hub2")], initiate: "from" },
                { name: "s", from: [on("hub1-wg9")], to: [internet("hub2")], allow: ["tcp/443"], initiate: "from" },
            ],
        }),
        ["s: wg9 10.9.0.1 -> 0.0.0.0/0 tcp/443: stays", "r: wg9 10.9.0.1 -> 0.0.0.0/0 : 10.0.0.1"],
    ],
])("hub1 %s", (_, graph, expected) => {
    expect(check(graph)).toEqual([]);
    expect(rewrites(graph, "hub1")).toEqual(expected);
});

test("of several routes the first by name decides, of several addresses the first", () => {
    const graph = linked({
        interfaces: [
            ...linked().interfaces.filter(({ name }) => name !== "hub1-wg0"),
            iface("hub1", "wg0", ["10.0.0.1/24", "10.0.7.1/24"], 51820),
            iface("hub1", "wg1", ["10.0.5.1/24"], 51821),
        ],
        routes: [
            { name: "b", from: [network("hub1-wg0")], to: [network("hub2-wg0")] },
            { name: "a", from: [on("hub1-wg1")], to: [on("w-wg0")], initiate: "from" },
        ],
    });
    expect(rewrites(graph, "hub1")).toEqual([
        "a: wg9 10.9.0.1 -> 10.0.1.3/32 : 10.0.5.1",
        "b: wg9 10.9.0.1 -> 10.0.1.0/24 : 10.0.0.1",
    ]);
    const shuffled = { ...graph, interfaces: [...graph.interfaces].reverse(), routes: [...(graph.routes ?? [])].reverse() };
    expect(JSON.stringify(plan(shuffled).hosts)).toBe(JSON.stringify(plan(graph).hosts));
});

test("a member of a network that reaches the target by another interface of its own counts too", () => {
    // ann is in hub1's network, and reaches hub2's LAN through a tunnel of her own.
    const graph = linked({
        hosts: [...linked().hosts, host("ann")],
        interfaces: [
            ...linked().interfaces,
            iface("ann", "wg0", ["10.0.0.2/24"]),
            iface("ann", "wg1", ["10.8.0.2/32"]),
            iface("hub2", "wg8", ["10.8.0.1/32"], 51828),
        ],
        peers: [...linked().peers, peer("hub1-wg0", "ann-wg0"), peer("hub2-wg8", "ann-wg1")],
        lans: [{ host: "hub2", prefix: "192.168.20.0/24" }],
        routes: [{ name: "own", from: [on("ann-wg0")], to: [lan("hub2", "192.168.20.0/24")] }],
    });
    expect(check(graph)).toEqual([]);
    expect(rewrites(graph, "ann")).toEqual(["own: wg1 10.8.0.2 -> 192.168.20.0/24 : 10.0.0.2"]);
    expect(explain(graph, "ann", lan("hub2", "192.168.20.0/24")).reason).toBeUndefined();
});

test("every address the kernel may choose is rewritten, in the families that have a declared one", () => {
    const graph = linked({
        interfaces: [
            ...linked().interfaces.filter(({ name }) => name === "w-wg0"),
            iface("hub1", "wg0", ["10.0.0.1/24"], 51820),
            iface("hub1", "wg9", ["10.9.0.1/30", "10.9.4.1/30", "fd09::1/64", "fd09::5/64"], 51829),
            iface("hub2", "wg0", ["10.0.1.1/24"], 51820),
            iface("hub2", "wg9", ["10.9.0.2/30", "fd09::2/64"], 51829),
        ],
    });
    expect(rewrites(graph, "hub1")).toEqual(["all: wg9 10.9.0.1,10.9.4.1 -> 10.0.1.0/24 : 10.0.0.1"]);
});

test("a link without an address of the family: the kernel takes one of another device, and every one is rewritten", () => {
    const graph = linked({
        interfaces: [
            ...linked().interfaces.filter(({ name }) => !name.endsWith("wg9")),
            iface("hub1", "wg1", ["10.0.5.1/24"], 51821),
            iface("hub1", "wg9", ["fd09::1/64"], 51829),
            iface("hub2", "wg9", ["fd09::2/64"], 51829),
        ],
        routes: [
            { name: "all", from: [network("hub1-wg0")], to: [network("hub2-wg0")] },
            { name: "web", from: [on("hub1-wg1")], to: [on("w-wg0")], allow: ["tcp/443"] },
        ],
    });
    expect(rewrites(graph, "hub1")).toEqual([
        "all: wg9 10.0.0.1 -> 10.0.1.0/24 : stays",
        "web: wg9 10.0.5.1 -> 10.0.1.3/32 tcp/443: stays",
        "all: wg9  -> 10.0.1.0/24 : 10.0.0.1",
    ]);
    expect(explain(graph, "hub1", "w-wg0").reason).toBeUndefined();
    expect(explain(graph, "hub1-wg1", "w-wg0", { protocol: "icmp" }).lines).toContain(
        "  hub1: its source 10.0.5.1 becomes 10.0.0.1",
    );
});

test("a denial is about packets with the denied source, not about those of its host that get another one", () => {
    const graph = linked({ expectations: [{ kind: "deny", from: on("hub1-wg9"), to: on("w-wg0") }] });
    expect(check(graph)).toEqual([]);
    const own = linked({ expectations: [{ kind: "deny", from: on("hub1-wg0"), to: on("w-wg0") }] });
    expect(check(own)).toHaveLength(1);
});

test("a chain of hubs with clients", () => {
    expect(rewrites(chain(), "hub-a")).toEqual(["all: wg1 10.9.0.1 -> 10.2.0.0/24 : 10.1.0.1"]);
    expect(explain(chain(), "hub-b", "ann").reason).toBeUndefined();
});
