import type { Graph, Host, Interface, Peer, Route, RouteEnd } from "../../provider/planner";

/** A small mesh a network engineer would draw, with the name its golden file begins with. */
export interface Scenario {
    readonly file: string;
    readonly title: string;
    readonly graph: Graph;
}

export function host(name: string, more: Partial<Host> = {}): Host {
    return { name, managed: true, endpoint: false, ...more };
}

/** A host that others can reach. */
export function server(name: string, more: Partial<Host> = {}): Host {
    return host(name, { endpoint: true, ...more });
}

/** `hub-wg0` on host `hub` as device `wg0`; a port makes it one that others connect to. */
export function iface(owner: string, device: string, addresses: readonly string[], listenPort?: number): Interface {
    return {
        name: `${owner}-${device}`,
        host: owner,
        interfaceName: device,
        addresses,
        ...(listenPort === undefined ? {} : { listenPort }),
    };
}

export function peer(a: string, b: string, more: Partial<Peer> = {}): Peer {
    return { name: `${a}/${b}`.replaceAll("/", "--"), between: [a, b], ...more };
}

export function on(name: string): RouteEnd {
    return { kind: "interface", interface: name };
}

export function network(name: string): RouteEnd {
    return { kind: "network", interface: name };
}

export function lan(owner: string, prefix: string): RouteEnd {
    return { kind: "lan", host: owner, prefix };
}

export function internet(owner: string): RouteEnd {
    return { kind: "internet", host: owner };
}

/** The hub of seed.md with two clients on each interface, and no routes. */
export function office(): Graph {
    return {
        mesh: "office",
        hosts: [server("hub"), host("ann"), host("bob"), host("cat"), host("dan")],
        interfaces: [
            iface("hub", "wg0", ["10.0.0.1/24"], 51820),
            iface("hub", "wg1", ["10.0.1.1/24"], 51821),
            iface("ann", "wg0", ["10.0.0.2/24"]),
            iface("bob", "wg0", ["10.0.1.2/24"]),
            iface("cat", "wg0", ["10.0.0.3/24"]),
            iface("dan", "wg0", ["10.0.1.3/24"]),
        ],
        peers: [peer("hub-wg0", "ann-wg0"), peer("hub-wg1", "bob-wg0"), peer("hub-wg0", "cat-wg0"), peer("hub-wg1", "dan-wg0")],
    };
}

/** A hub that is a device, and three clients, of which some are managed. */
export function star(...managed: readonly string[]): Graph {
    const clients = ["ann", "bob", "cat"];
    return {
        mesh: "star",
        hosts: [server("hub", { managed: false }), ...clients.map((name) => host(name, { managed: managed.includes(name) }))],
        interfaces: [
            iface("hub", "wg0", ["10.0.0.1/24"], 51820),
            ...clients.map((name, i) => iface(name, "wg0", [`10.0.0.${i + 2}/24`])),
        ],
        peers: clients.map((name) => peer("hub-wg0", `${name}-wg0`)),
    };
}

/** Two sites behind a hub, each with a gateway and a LAN. */
export function sites(nat: boolean): Graph {
    return {
        mesh: "sites",
        hosts: [server("hub"), host("east"), host("west")],
        interfaces: [
            iface("hub", "wg0", ["10.0.0.1/24"], 51820),
            iface("east", "wg0", ["10.0.0.2/24"]),
            iface("west", "wg0", ["10.0.0.3/24"]),
        ],
        peers: [peer("hub-wg0", "east-wg0"), peer("hub-wg0", "west-wg0")],
        lans: [
            { host: "east", prefix: "192.168.10.0/24" },
            { host: "west", prefix: "192.168.20.0/24", nat },
        ],
        routes: [
            {
                name: "lans",
                from: [lan("east", "192.168.10.0/24")],
                to: [lan("west", "192.168.20.0/24")],
                initiate: nat ? "from" : "both",
            },
        ],
    };
}

/** ann - hub-a - hub-b - bob, every tunnel on an interface of its own and one uplink smaller than the rest. */
export function chain(): Graph {
    return {
        mesh: "chain",
        hosts: [host("ann"), server("hub-a"), server("hub-b", { uplinkMtu: 1400 }), host("bob")],
        interfaces: [
            iface("ann", "wg0", ["10.1.0.2/24"]),
            iface("hub-a", "wg0", ["10.1.0.1/24"], 51820),
            iface("hub-a", "wg1", ["10.9.0.1/30"], 51821),
            iface("hub-b", "wg1", ["10.9.0.2/30"], 51821),
            iface("hub-b", "wg0", ["10.2.0.1/24"], 51820),
            iface("bob", "wg0", ["10.2.0.2/24"]),
        ],
        peers: [peer("hub-a-wg0", "ann-wg0"), peer("hub-a-wg1", "hub-b-wg1"), peer("hub-b-wg0", "bob-wg0")],
        routes: [{ name: "all", from: [network("hub-a-wg0")], to: [network("hub-b-wg0")] }],
    };
}

/** The interface, reached inside another one of its host. */
export function inside(outer: string, one: Interface): Interface {
    return { ...one, endpoint: outer };
}

/** ann - hub, with tunnels inside each other: `depth` of them, the first one over the internet. */
export function nested(depth = 2): Graph {
    const levels = Array.from({ length: depth }, (_, level) => level);
    const hubs = levels.map((level) => iface("hub", `wg${level}`, [`10.0.${level}.1/24`], 51820 + level));
    return {
        mesh: "nested",
        hosts: [server("hub"), host("ann")],
        interfaces: [
            ...hubs.map((one, level) => (level === 0 ? one : inside(`hub-wg${level - 1}`, one))),
            ...levels.map((level) => iface("ann", `wg${level}`, [`10.0.${level}.2/24`])),
        ],
        peers: levels.map((level) => peer(`hub-wg${level}`, `ann-wg${level}`)),
    };
}

/** ann - hub - bob, and inside of that a tunnel from ann to bob that the hub cannot look into. */
export function nestedOverHub(more: Partial<Route> = {}): Graph {
    return {
        mesh: "nested",
        hosts: [server("hub"), host("ann"), host("bob")],
        interfaces: [
            iface("hub", "wg0", ["10.0.0.1/24"], 51820),
            iface("ann", "wg0", ["10.0.0.2/24"]),
            iface("bob", "wg0", ["10.0.0.3/24"]),
            iface("ann", "wg1", ["10.0.1.2/32"]),
            inside("bob-wg0", iface("bob", "wg1", ["10.0.1.3/32"], 51821)),
        ],
        peers: [peer("hub-wg0", "ann-wg0"), peer("hub-wg0", "bob-wg0"), peer("ann-wg1", "bob-wg1")],
        routes: [{ name: "outer", from: [on("ann-wg0")], to: [on("bob-wg0")], allow: ["udp/51821"], initiate: "from", ...more }],
    };
}

export const scenarios: readonly Scenario[] = [
    {
        file: "s1",
        title: "S1 two interfaces on one server: clients of one reach clients of the other",
        graph: { ...office(), routes: [{ name: "clients", from: [network("hub-wg0")], to: [network("hub-wg1")] }] },
    },
    {
        file: "s2",
        title: "S2 one server interface: its clients reach each other through it",
        graph: { ...office(), routes: [{ name: "colleagues", from: [network("hub-wg0")], to: [network("hub-wg0")] }] },
    },
    {
        file: "s3",
        title: "S3 ann reaches bob, nobody else reaches anybody",
        graph: { ...office(), routes: [{ name: "pair", from: [on("ann-wg0")], to: [on("bob-wg0")] }] },
    },
    { file: "s4", title: "S4 site to site by plain routing", graph: sites(false) },
    { file: "s4-nat", title: "S4 site to site, the west router knows no way back", graph: sites(true) },
    { file: "s6", title: "S6 two networks that stay isolated", graph: office() },
    {
        file: "exit",
        title: "Exit node: ann sends everything through the hub, bob only reaches the hub",
        graph: { ...office(), routes: [{ name: "surf", from: [on("ann-wg0")], to: [internet("hub")], initiate: "from" }] },
    },
    {
        file: "split",
        title: "Split tunnel: ann and her phone send all but two networks through the hub",
        graph: {
            mesh: "office",
            hosts: [server("hub"), host("ann"), host("phone", { managed: false })],
            interfaces: [
                iface("hub", "wg0", ["10.0.0.1/24", "fd00::1/64"], 51820),
                iface("ann", "wg0", ["10.0.0.2/24", "fd00::2/64"]),
                iface("phone", "wg0", ["10.0.0.3/32"]),
            ],
            peers: [peer("hub-wg0", "ann-wg0"), peer("hub-wg0", "phone-wg0")],
            routes: [
                {
                    name: "surf",
                    from: [on("ann-wg0"), on("phone-wg0")],
                    to: [internet("hub")],
                    initiate: "from",
                    exclude: ["172.16.0.0/12", "fd00:1::/32"],
                },
            ],
        },
    },
    { file: "chain", title: "A chain of four hosts, one small uplink", graph: chain() },
    {
        file: "dual-stack",
        title: "Dual stack: ann has both families, bob IPv6 only, and only SSH and ping are opened from ann",
        graph: {
            mesh: "office",
            hosts: [server("hub"), host("ann"), host("bob")],
            interfaces: [
                iface("hub", "wg0", ["10.0.0.1/24", "fd00:0::1/64"], 51820),
                iface("hub", "wg1", ["fd00:0:0:1::1/64"], 51821),
                iface("ann", "wg0", ["10.0.0.2/24", "fd00::2/64"]),
                iface("bob", "wg0", ["fd00:0:0:1::2/64"]),
            ],
            peers: [peer("hub-wg0", "ann-wg0"), peer("hub-wg1", "bob-wg0")],
            routes: [
                { name: "admin", from: [on("ann-wg0")], to: [network("hub-wg1")], initiate: "from", allow: ["tcp/22", "icmp"] },
            ],
        },
    },
    { file: "nested", title: "Nested: a second tunnel inside the first one", graph: nested() },
    { file: "nested-twice", title: "Nested twice: a third tunnel inside the second one", graph: nested(3) },
    {
        file: "nested-over-hub",
        title: "Nested over two hops: the hub passes only the packets of the inner tunnel",
        graph: nestedOverHub(),
    },
];
