import { check, explain, type Graph, plan, type Route } from "../../provider/planner";
import { violationsOf } from "../support/oracle/campaign";
import { host, iface, inside, internet, lan, network, on, peer, server, star } from "./scenarios";

function path(graph: Graph, from: string, to: string): string[] {
    const explained = explain(graph, from, to);
    expect(explained.reason).toBeUndefined();
    const hosts = (steps: readonly { readonly host: string }[]) => [...new Set(steps.map((step) => step.host))];
    // The same chain both ways, or connection tracking on the way would drop the reply.
    expect(hosts(explained.back).reverse()).toEqual(hosts(explained.there));
    return hosts(explained.there);
}

function allowed(graph: Graph, name: string): Record<string, readonly string[]> {
    const found = plan(graph).hosts.find((one) => one.name === name);
    return Object.fromEntries((found?.interfaces ?? []).flatMap(({ peers }) => peers.map((one) => [one.remote, one.allowedIPs])));
}

/** Hubs in a ring, each with its neighbours on wg1 and one client on wg0. */
function ring(size: number, costs: Readonly<Record<string, number>> = {}): Graph {
    const hubs = Array.from({ length: size }, (_, i) => `h${i}`);
    return {
        mesh: "ring",
        hosts: hubs.flatMap((hub) => [server(hub), host(`${hub}c`)]),
        interfaces: hubs.flatMap((hub, i) => [
            iface(hub, "wg0", [`10.${i}.0.1/24`], 51820),
            iface(hub, "wg1", [`10.200.0.${i + 1}/32`], 51821),
            iface(`${hub}c`, "wg0", [`10.${i}.0.2/24`]),
        ]),
        peers: hubs.flatMap((hub, i) => {
            const name = `l${i}`;
            const cost = costs[name];
            return [
                peer(`${hub}-wg0`, `${hub}c-wg0`),
                { name, between: [`${hub}-wg1`, `h${(i + 1) % size}-wg1`] as const, ...(cost === undefined ? {} : { cost }) },
            ];
        }),
        routes: hubs.flatMap((a, i) =>
            hubs.slice(i + 1).map((b) => ({ name: `${a}${b}`, from: [network(`${a}-wg0`)], to: [network(`${b}-wg0`)] })),
        ),
    };
}

test("a ring goes the short way, and opposite hubs agree on one of two equal ways for every pair", () => {
    expect(path(ring(5), "h0c", "h3c")).toEqual(["h0c", "h0", "h4", "h3", "h3c"]);
    // l0 l1 against l3 l2: the chain that avoids the Peer whose name sorts last wins.
    expect(path(ring(4), "h0c", "h2c")).toEqual(["h0c", "h0", "h1", "h2", "h2c"]);
    expect(path(ring(4), "h1c", "h3c")).toEqual(["h1c", "h1", "h2", "h3", "h3c"]);
});

test("every pair of a ring of equal ways has one path both ways", () => {
    const graph = ring(6);
    expect(check(graph)).toEqual([]);
    for (let i = 0; i < 6; i++) for (let k = 0; k < 6; k++) if (i !== k) path(graph, `h${i}c`, `h${k}c`);
});

test("a tunnel between two clients, inside the route between their networks, is no way for that route", () => {
    const { hosts, interfaces, peers, ...rest } = ring(6);
    const graph: Graph = {
        ...rest,
        hosts,
        interfaces: [
            ...interfaces,
            iface("h0c", "wg1", ["10.201.0.1/32"]),
            inside("h3c-wg0", iface("h3c", "wg1", ["10.201.0.2/32"], 51821)),
        ],
        peers: [...peers, peer("h0c-wg1", "h3c-wg1")],
        routes: [{ name: "r", from: [network("h0-wg0")], to: [network("h3-wg0")] }],
    };
    expect(check(graph)).toEqual([]);
    expect(path(graph, "h0c-wg0", "h3c-wg0")).toEqual(["h0c", "h0", "h1", "h2", "h3", "h3c"]);
    expect(path(graph, "h0c-wg1", "h3c-wg1")).toEqual(["h0c", "h3c"]);
});

test("cost steers around a Peer", () => {
    expect(path(ring(4), "h0c", "h1c")).toEqual(["h0c", "h0", "h1", "h1c"]);
    const steered = explain(
        { ...ring(4, { l0: 10 }), routes: [{ name: "r", from: [on("h0c-wg0")], to: [on("h1c-wg0")] }] },
        "h0c",
        "h1c",
    );
    expect([...new Set(steered.there.map((step) => step.host))]).toEqual(["h0c", "h0", "h3", "h2", "h1", "h1c"]);
});

/** Everybody peers with everybody, and the first one's network has a route to itself. */
function mesh(size: number, missing: readonly string[] = []): Graph {
    const names = Array.from({ length: size }, (_, i) => `m${i}`);
    return {
        mesh: "full",
        hosts: names.map((name) => server(name)),
        interfaces: names.map((name, i) => iface(name, "wg0", [`10.0.0.${i + 1}/24`], 51820)),
        peers: names
            .flatMap((a, i) => names.slice(i + 1).map((b) => peer(`${a}-wg0`, `${b}-wg0`)))
            .filter(({ name }) => !missing.includes(name)),
        routes: [{ name: "all", from: [network("m0-wg0")], to: [network("m0-wg0")] }],
    };
}

test("in a full mesh everybody goes directly, and a route adds nothing", () => {
    const graph = mesh(4);
    expect(path(graph, "m1", "m3")).toEqual(["m1", "m3"]);
    expect(allowed(graph, "m1")).toEqual({ "m0-wg0": ["10.0.0.1/32"], "m2-wg0": ["10.0.0.3/32"], "m3-wg0": ["10.0.0.4/32"] });
});

test("in a partial mesh the missing pair goes through the hub and the others directly", () => {
    const graph = mesh(4, ["m1-wg0--m3-wg0"]);
    expect(path(graph, "m1", "m3")).toEqual(["m1", "m0", "m3"]);
    expect(path(graph, "m1", "m2")).toEqual(["m1", "m2"]);
    expect(allowed(graph, "m1")).toEqual({ "m0-wg0": ["10.0.0.0/24"], "m2-wg0": ["10.0.0.3/32"] });
});

/** ann is a client of two linked hubs, with an address of her own in each network. */
const dualHomed: Graph = {
    mesh: "dual",
    hosts: [server("a"), server("b"), host("ann"), host("bob")],
    interfaces: [
        iface("a", "wg0", ["10.1.0.1/24"], 51820),
        iface("b", "wg0", ["10.2.0.1/24"], 51820),
        iface("a", "wg1", ["10.9.0.1/32"], 51821),
        iface("b", "wg1", ["10.9.0.2/32"], 51821),
        iface("ann", "wg0", ["10.1.0.2/24"]),
        iface("ann", "wg1", ["10.2.0.2/24"]),
        iface("bob", "wg0", ["10.2.0.3/24"]),
    ],
    peers: [peer("a-wg0", "ann-wg0"), peer("b-wg0", "ann-wg1"), peer("b-wg0", "bob-wg0"), peer("a-wg1", "b-wg1")],
};

test("a dual-homed client uses the hub of the network it is asked in", () => {
    const graph: Graph = { ...dualHomed, routes: [{ name: "r", from: [on("ann-wg1")], to: [on("bob-wg0")] }] };
    expect(path(graph, "ann-wg1", "bob")).toEqual(["ann", "b", "bob"]);
});

test("hub to hub passes over the link, not over a client of both, when the link is cheaper", () => {
    const graph: Graph = { ...dualHomed, routes: [{ name: "r", from: [on("a-wg0")], to: [on("bob-wg0")] }] };
    expect(path(graph, "a-wg0", "bob")).toEqual(["a", "b", "bob"]);
});

test("an exit behind a hub works when the hub sends its own traffic there too", () => {
    const graph: Graph = {
        mesh: "exits",
        hosts: [host("ann"), server("hub"), server("exit")],
        interfaces: [
            iface("ann", "wg0", ["10.1.0.2/24"]),
            iface("hub", "wg0", ["10.1.0.1/24"], 51820),
            iface("hub", "wg1", ["10.9.0.1/32"], 51821),
            iface("exit", "wg0", ["10.9.0.2/32"], 51820),
        ],
        peers: [peer("hub-wg0", "ann-wg0"), peer("hub-wg1", "exit-wg0")],
        routes: [{ name: "surf", from: [network("hub-wg0"), on("hub-wg1")], to: [internet("exit")] }],
    };
    const explained = explain(graph, "ann", internet("exit"));
    expect(explained.reason).toBeUndefined();
    expect(explained.there.at(-1)).toEqual({ host: "exit", kind: "delivered", text: "delivered to the internet behind exit" });
    // Every interface of a host with a full tunnel has the mark, or the hub's other tunnels would go through it.
    expect(
        plan(graph)
            .hosts.find(({ name }) => name === "hub")
            ?.interfaces.map(({ fwMark }) => fwMark),
    ).toEqual([51820, 51820]);
    expect(plan(graph).hosts.find(({ name }) => name === "exit")?.interfaces[0]?.fwMark).toBeUndefined();
});

test("several meshes can be on one host: each has a table of its own", () => {
    const tables = ["office", "lab-2"].map((name) => {
        const hub = plan({ ...dualHomed, mesh: name }).hosts.find((one) => one.name === "a");
        return hub?.firewall?.table;
    });
    expect(tables).toEqual(["wireguard_office", "wireguard_lab-2"]);
});

/** Hosts of one network that all peer with each other, each with a LAN of its own that the whole network may reach. */
function neighbours(names: readonly string[], clients: readonly string[] = []): Graph {
    const pairs = names.flatMap((a, i) => names.slice(i + 1).map((b) => peer(`${a}-wg0`, `${b}-wg0`)));
    const lanOf = (i: number) => `192.168.${i}.0/24`;
    return {
        mesh: "neighbours",
        hosts: [...names.map((name) => server(name)), ...clients.map((name) => host(name))],
        interfaces: [
            ...names.map((name, i) => iface(name, "wg0", [`10.0.0.${i + 1}/24`], 51820)),
            ...clients.map((name, i) => iface(name, "wg0", [`10.0.0.${i + 101}/24`])),
        ],
        peers: [...pairs, ...clients.flatMap((client) => names.map((name) => peer(`${name}-wg0`, `${client}-wg0`)))],
        lans: names.map((name, i) => ({ host: name, prefix: lanOf(i) })),
        routes: names.map((name, i) => ({ name: `to-${name}`, from: [network(`${name}-wg0`)], to: [lan(name, lanOf(i))] })),
    };
}

test.each([
    ["two hosts", neighbours(["a", "b"])],
    ["a full mesh of three", neighbours(["a", "b", "c"])],
    ["two hubs with clients of both", neighbours(["a", "b"], ["ann", "bob"])],
])("one network may be named by several of its members, each with a LAN that all of it reaches: %s", (_, graph) => {
    expect(check(graph)).toEqual([]);
    const names = graph.interfaces.map((one) => one.host);
    for (const [i, { host: owner }] of (graph.lans ?? []).entries()) {
        for (const name of names.filter((one) => one !== owner)) {
            expect(explain(graph, name, lan(owner, `192.168.${i}.0/24`)).reason).toBeUndefined();
        }
    }
});

test("a device may pass IPv6 on and be a member of a network, when nobody beyond it would take the network's packets from it", () => {
    const graph: Graph = {
        mesh: "relay",
        hosts: [server("hub-a"), server("hub-b"), host("ann", { managed: false })],
        interfaces: [
            iface("hub-a", "wg0", ["fd00:1::1/64"], 51820),
            iface("hub-b", "wg0", ["fd00:2::1/64"], 51820),
            iface("ann", "wg0", ["fd00:1::2/64"]),
            iface("ann", "wg1", ["fd00:2::2/64"]),
        ],
        peers: [peer("hub-a-wg0", "ann-wg0"), peer("hub-b-wg0", "ann-wg1")],
        routes: [
            { name: "r", from: [network("hub-a-wg0")], to: [network("hub-a-wg0")] },
            { name: "s", from: [on("hub-a-wg0")], to: [on("hub-b-wg0")] },
        ],
    };
    expect(check(graph)).toEqual([]);
    expect(allowed(graph, "hub-b")).toEqual({ "ann-wg1": ["fd00:1::1/128", "fd00:2::2/128"] });
});

test("a route over a device may be narrowed where one of every two that it lets talk is managed", () => {
    const ssh = { name: "ssh", from: [network("hub-wg0")], to: [network("hub-wg0")], allow: ["tcp/22"] };
    // The hub peers with cat, so those two talk freely anyway.
    const graph: Graph = { ...star("ann", "bob"), routes: [ssh] };
    expect(check(graph)).toEqual([]);
    expect(explain(graph, "cat-wg0", "bob-wg0", { protocol: "tcp", port: 80 }).reaches).toBe(false);
    expect(explain(graph, "cat-wg0", "bob-wg0", { protocol: "tcp", port: 22 }).reaches).toBe(true);
});

/** Hubs a and b that peer with each other in one network, c and d with both, each hub with a LAN. */
const shared: Graph = {
    mesh: "shared",
    hosts: [server("a"), server("b"), host("c"), host("d")],
    interfaces: [
        iface("a", "wg0", ["10.0.0.1/24"], 51820),
        iface("b", "wg0", ["10.0.0.2/24"], 51820),
        iface("c", "wg0", ["10.0.0.3/24"]),
        iface("d", "wg0", ["10.0.0.4/24"]),
    ],
    peers: [peer("a-wg0", "b-wg0"), ...["c-wg0", "d-wg0"].flatMap((client) => [peer("a-wg0", client), peer("b-wg0", client)])],
    lans: [
        { host: "a", prefix: "192.168.1.0/24" },
        { host: "b", prefix: "192.168.2.0/24" },
    ],
};
const [lanA, lanB] = [lan("a", "192.168.1.0/24"), lan("b", "192.168.2.0/24")] as const;
const intra: Route = { name: "intra", from: [network("a-wg0")], to: [network("a-wg0")] };

test.each<[string, readonly Route[]]>([
    ["to the LAN of the other hub", [{ name: "r", from: [network("b-wg0")], to: [lanB] }]],
    [
        "to the LAN of each hub by its own network",
        [
            { name: "r", from: [network("b-wg0")], to: [lanB] },
            { name: "s", from: [network("a-wg0")], to: [lanA] },
        ],
    ],
    ["to both LANs by the network of one hub", [{ name: "r", from: [network("a-wg0")], to: [lanA, lanB] }]],
    [
        "narrowed, beside the LANs' own",
        [
            { name: "r", from: [network("a-wg0")], to: [lanB], allow: ["tcp/22"], initiate: "from" },
            { name: "s", from: [lanA], to: [lanB] },
        ],
    ],
])("clients of two hubs go straight to the hub whose LAN it is, beside a route among them: %s", (_name, routes) => {
    const graph: Graph = { ...shared, routes: [intra, ...routes] };
    expect(check(graph)).toEqual([]);
    expect(violationsOf(graph)).toEqual([]);
    expect(allowed(graph, "c")["b-wg0"]).toEqual(["10.0.0.2/32", "192.168.2.0/24"]);
});

test("a member that peers with a hub further on joins the path there, as that hub answers it directly", () => {
    // a - b - e, the LAN behind e; c peers with a and with e.
    const graph: Graph = {
        ...shared,
        hosts: [...shared.hosts, server("e")],
        interfaces: [...shared.interfaces, iface("e", "wg0", ["10.0.1.5/32"], 51820)],
        peers: [
            peer("a-wg0", "b-wg0"),
            peer("b-wg0", "e-wg0"),
            peer("a-wg0", "c-wg0"),
            peer("e-wg0", "c-wg0", { cost: 9 }),
            peer("a-wg0", "d-wg0"),
        ],
        lans: [{ host: "e", prefix: "192.168.5.0/24" }],
        routes: [{ name: "r", from: [network("a-wg0")], to: [lan("e", "192.168.5.0/24")] }],
    };
    expect(check(graph)).toEqual([]);
    expect(violationsOf(graph)).toEqual([]);
    expect(path(graph, "c", "192.168.5.9")).toEqual(["c", "e"]);
    expect(path(graph, "d", "192.168.5.9")).toEqual(["d", "a", "b", "e"]);
});
