import type { Graph, Route, RouteEnd } from "../../provider/planner";
import { expectationFailures } from "./expectationFailures";
import { nestedFailures } from "./nestedFailures";
import { chain, host, iface, internet, lan, network, office, on, peer, server, sites, star } from "./scenarios";

/** A graph whose declarations are sound and whose plan is not, with the exact text of everything wrong with it. */
export interface BadPlan {
    readonly name: string;
    readonly graph: Graph;
    readonly failures: readonly string[];
}

function route(from: RouteEnd | RouteEnd[], to: RouteEnd | RouteEnd[], more: Partial<Route> = {}): Route {
    return { name: "r", from: [from].flat(), to: [to].flat(), ...more };
}

function withRoutes(graph: Graph, ...routes: Route[]): Graph {
    return { ...graph, routes };
}

/** Two hubs that nothing connects. */
const two = (more: Partial<Graph> = {}): Graph => ({
    mesh: "two",
    hosts: [server("hub-a"), server("hub-b"), host("ann")],
    interfaces: [
        iface("hub-a", "wg0", ["10.1.0.1/24"], 51820),
        iface("hub-b", "wg0", ["10.2.0.1/24"], 51820),
        iface("ann", "wg0", ["10.1.0.2/24"]),
    ],
    peers: [peer("hub-a-wg0", "ann-wg0")],
    ...more,
});

/** A client of two hubs that are linked. */
const dual = (...addresses: readonly [string, string]): Graph => ({
    mesh: "dual",
    hosts: [server("hub-a"), server("hub-b"), host("ann")],
    interfaces: [
        iface("hub-a", "wg0", ["10.1.0.1/24"], 51820),
        iface("hub-a", "wg1", ["10.9.0.1/32"], 51821),
        iface("hub-b", "wg0", ["10.2.0.1/24"], 51820),
        iface("hub-b", "wg1", ["10.9.0.2/32"], 51821),
        iface("ann", "wg0", [addresses[0]]),
        iface("ann", "wg1", [addresses[1]]),
    ],
    peers: [peer("hub-a-wg0", "ann-wg0"), peer("hub-b-wg0", "ann-wg1"), peer("hub-a-wg1", "hub-b-wg1")],
    routes: [route(network("hub-a-wg0"), network("hub-b-wg0"))],
});

/** The office without anybody the library sets up. */
const devices: Graph = { ...office(), hosts: office().hosts.map((h) => ({ ...h, managed: false })) };

export const badPlans: readonly BadPlan[] = [
    {
        name: "no path between two hubs",
        graph: withRoutes(two(), route(network("hub-a-wg0"), network("hub-b-wg0"))),
        failures: [
            'r.to[0]: no path from hub-a-wg0.network to hub-b-wg0.network: no Peer connects host "hub-a" to host "hub-b"; the nearest hosts are "hub-a" and "hub-b", a Peer between their interfaces would connect them',
        ],
    },
    {
        name: "no path to two hosts that only peer with each other",
        graph: {
            mesh: "apart",
            hosts: [server("hub"), host("ann"), host("bob"), server("cat"), host("dan")],
            interfaces: [
                iface("hub", "wg0", ["10.0.0.1/24"], 51820),
                iface("ann", "wg0", ["10.0.0.2/24"]),
                iface("bob", "wg0", ["10.0.0.3/24"]),
                iface("cat", "wg0", ["10.0.1.1/24"], 51820),
                iface("dan", "wg0", ["10.0.1.2/24"]),
            ],
            peers: [peer("hub-wg0", "ann-wg0"), peer("hub-wg0", "bob-wg0"), peer("cat-wg0", "dan-wg0")],
            routes: [route(on("hub-wg0"), on("dan-wg0"))],
        },
        failures: [
            'r.to[0]: no path from hub-wg0 to dan-wg0: no Peer connects host "hub" to host "dan" or what it reaches; the nearest hosts are "hub" and "cat", a Peer between their interfaces would connect them',
        ],
    },
    {
        name: "no path, and the nearest hosts are named with their places",
        graph: withRoutes(
            two({
                hosts: [
                    { ...server("hub-a"), declaredAt: "index.ts:3" },
                    { ...server("hub-b"), declaredAt: "index.ts:4" },
                    host("ann"),
                ],
            }),
            { ...route(on("ann-wg0"), network("hub-b-wg0")), declaredAt: "index.ts:20" },
        ),
        failures: [
            'r.to[0]: no path from ann-wg0 to hub-b-wg0.network: no Peer connects host "ann" or what it reaches to host "hub-b"; the nearest hosts are "hub-a" (index.ts:3) and "hub-b" (index.ts:4), a Peer between their interfaces would connect them (index.ts:20)',
        ],
    },
    {
        name: "no common address family",
        graph: withRoutes(
            {
                ...office(),
                interfaces: office().interfaces.map((i) => (i.name === "bob-wg0" ? { ...i, addresses: ["fd00::2/64"] } : i)),
            },
            route(on("ann-wg0"), on("bob-wg0")),
        ),
        failures: ["r.to[0]: ann-wg0 and bob-wg0 have no address family in common; give both an IPv4 or both an IPv6 address"],
    },
    {
        name: "exclude leaves nothing",
        graph: withRoutes(office(), route(on("ann-wg0"), network("hub-wg1"), { exclude: ["10.0.0.0/8"] })),
        failures: ['r.exclude: "10.0.0.0/8" cut out everything that hub-wg1.network is; nothing would be left'],
    },
    {
        name: "a spoke's network instead of the hub's",
        graph: withRoutes(office(), route(network("ann-wg0"), network("hub-wg1"))),
        failures: [
            'r.from[0]: ann-wg0.network is "10.0.0.0/24", where "cat-wg0" has 10.0.0.3 too, but no Peer connects it to "ann-wg0"; did you mean the network of "hub-wg0", which peers with both?',
        ],
    },
    {
        name: "somebody else's address in the network",
        graph: withRoutes(
            {
                ...two(),
                interfaces: [
                    ...two().interfaces.filter((i) => i.name !== "hub-b-wg0"),
                    iface("hub-b", "wg0", ["10.1.0.9/32"], 51820),
                ],
                peers: [...two().peers, peer("hub-b-wg0", "ann-wg0")],
            },
            route(network("hub-a-wg0"), on("hub-b-wg0")),
        ),
        failures: [
            'r.from[0]: hub-a-wg0.network is "10.1.0.0/24", where "hub-b-wg0" has 10.1.0.9 too, but no Peer connects it to "hub-a-wg0"; did you mean the network of "ann-wg0", which peers with both?',
        ],
    },
    {
        name: "a cost against the direct Peer",
        graph: withRoutes(
            {
                ...chain(),
                interfaces: [
                    ...chain().interfaces,
                    iface("ann", "wg1", ["10.8.0.1/32"]),
                    iface("hub-b", "wg9", ["10.8.0.2/32"], 51900),
                ],
                peers: [...chain().peers, peer("ann-wg1", "hub-b-wg9", { cost: 9 })],
            },
            route(on("ann-wg0"), on("hub-b-wg9")),
        ),
        failures: [
            'r.to[0]: host "ann" would send "10.8.0.2/32" both through peer "ann-wg1--hub-b-wg9" (wg1 to "hub-b-wg9") and through peer "hub-a-wg0--ann-wg0" (wg0 to "hub-a-wg0") for route "r", and a prefix has one owner; the ends of a Peer always use it, so lower the cost of "ann-wg1--hub-b-wg9" or raise that of the other way',
        ],
    },
    {
        name: "two paths for one prefix",
        graph: {
            ...dual("10.1.0.2/32", "10.2.0.2/32"),
            lans: [{ host: "hub-b", prefix: "192.168.5.0/24" }],
            routes: [
                { ...route(network("hub-a-wg0"), lan("hub-b", "192.168.5.0/24")), name: "left" },
                { ...route(network("hub-b-wg0"), lan("hub-b", "192.168.5.0/24")), name: "right" },
            ],
        },
        failures: [
            'right.to[0]: host "ann" would send "192.168.5.0/24" both through peer "hub-a-wg0--ann-wg0" (wg0 to "hub-a-wg0") for route "left" and through peer "hub-b-wg0--ann-wg1" (wg1 to "hub-b-wg0") for route "right", and a prefix has one owner; set cost on the Peers so that both go one way, or route to single interfaces instead of a network',
        ],
    },
    {
        name: "a client in both networks with a /24 in each",
        graph: dual("10.1.0.2/24", "10.2.0.2/24"),
        failures: [
            'r.from[0]: host "ann" sends "10.1.0.0/24" through peer "hub-b-wg0--ann-wg1" (wg1 to "hub-b-wg0") for route "r", but network "10.1.0.0/24" of "ann-wg0" is the same prefix on the same host and takes its packets; route to single interfaces instead of hub-b-wg0.network',
            'r.to[0]: host "ann" sends "10.2.0.0/24" through peer "hub-a-wg0--ann-wg0" (wg0 to "hub-a-wg0") for route "r", but network "10.2.0.0/24" of "ann-wg1" is the same prefix on the same host and takes its packets; route to single interfaces instead of hub-a-wg0.network',
        ],
    },
    {
        name: "overlapping LANs seen by one host",
        graph: {
            ...sites(false),
            lans: [
                { host: "east", prefix: "192.168.10.0/24" },
                { host: "west", prefix: "192.168.0.0/16" },
            ],
            routes: [
                route(lan("east", "192.168.10.0/24"), network("hub-wg0")),
                { ...route(lan("west", "192.168.0.0/16"), on("hub-wg0")), name: "s" },
            ],
        },
        failures: [
            'r.from[0]: east.lan("192.168.10.0/24") and west.lan("192.168.0.0/16") overlap, and host "hub" sees both, so it cannot tell their machines apart; renumber one, or leave one of them out of its routes',
        ],
    },
    {
        name: "the same LAN at two sites",
        graph: {
            ...sites(false),
            lans: [
                { host: "east", prefix: "192.168.10.0/24" },
                { host: "west", prefix: "192.168.10.0/24" },
            ],
            routes: [route([lan("east", "192.168.10.0/24"), lan("west", "192.168.10.0/24")], on("hub-wg0"))],
        },
        failures: [
            'r.from[1]: east.lan("192.168.10.0/24") and west.lan("192.168.10.0/24") overlap, and host "hub" sees both, so it cannot tell their machines apart; renumber one, or leave one of them out of its routes',
        ],
    },
    {
        name: "nat with flows both ways",
        graph: { ...sites(true), routes: [route(on("hub-wg0"), lan("west", "192.168.20.0/24"))] },
        failures: [
            `r.to[0]: west.lan("192.168.20.0/24") has nat, so its machines cannot open flows towards "from"; set initiate: "from" on the route, or drop nat and let the LAN's router return`,
        ],
    },
    {
        name: "nat as a source",
        graph: { ...sites(true), routes: [route(lan("west", "192.168.20.0/24"), on("hub-wg0"), { initiate: "from" })] },
        failures: [
            `r.from[0]: west.lan("192.168.20.0/24") has nat, so its machines cannot be answered when they open a flow; put it into "to" with initiate: "from", or drop nat and let the LAN's router return`,
        ],
    },
    {
        name: "narrowing what a Peer allows",
        graph: withRoutes(office(), route(on("ann-wg0"), on("hub-wg0"), { allow: ["tcp/22"] })),
        failures: [
            'r.to[0]: ann-wg0 and hub-wg0 peer with each other ("hub-wg0--ann-wg0"), and a Peer lets its two interfaces talk freely; leave initiate and allow out, or drop the route',
        ],
    },
    {
        name: "one way between peers",
        graph: withRoutes(office(), route(on("ann-wg0"), on("hub-wg0"), { initiate: "from" })),
        failures: [
            'r.to[0]: ann-wg0 and hub-wg0 peer with each other ("hub-wg0--ann-wg0"), and a Peer lets its two interfaces talk freely; leave initiate and allow out, or drop the route',
        ],
    },
    {
        name: "narrowing among devices",
        graph: withRoutes(devices, route(on("ann-wg0"), on("bob-wg0"), { allow: ["tcp/22"] })),
        failures: [
            'r.to[0]: nobody can enforce initiate or allow between ann-wg0 and bob-wg0, because "ann", "hub" and "bob" are devices; give one of them a connection, or leave initiate and allow out',
        ],
    },
    {
        name: "narrowing of a network where only one member is no device",
        graph: withRoutes(star("ann"), route(network("hub-wg0"), network("hub-wg0"), { allow: ["tcp/22"] })),
        failures: [
            'r.to[0]: nobody can enforce initiate or allow between hub-wg0.network and hub-wg0.network, because "bob", "hub" and "cat" are devices; give one of them a connection, or leave initiate and allow out',
        ],
    },
    {
        name: "narrowing towards a LAN behind a device",
        graph: {
            ...withRoutes(star("ann", "bob"), route(network("hub-wg0"), lan("hub", "192.168.1.0/24"), { initiate: "from" })),
            lans: [{ host: "hub", prefix: "192.168.1.0/24" }],
        },
        failures: [
            'r.to[0]: nobody can enforce initiate or allow between hub-wg0.network and hub.lan("192.168.1.0/24"), because "cat" and "hub" are devices; give one of them a connection, or leave initiate and allow out',
        ],
    },
    {
        name: "an exit behind another hub",
        graph: { ...chain(), routes: [route(on("ann-wg0"), internet("hub-b"))] },
        failures: [
            'r.to[0]: ann-wg0 would reach it through host "hub-a", whose own internet traffic would go there too; add "hub-a-wg1" to "from", or peer with host "hub-b" directly',
        ],
    },
    {
        name: "two exits",
        graph: withRoutes(dual("10.1.0.2/32", "10.2.0.2/32"), route([on("ann-wg0"), on("ann-wg1")], internet("hub-a")), {
            ...route([on("ann-wg0"), on("ann-wg1")], internet("hub-b")),
            name: "s",
        }),
        failures: [
            's.to[0]: host "ann" would send everything through "ann-wg0" and through "ann-wg1", and wg-quick can have one full tunnel per host; use one exit',
        ],
    },
    {
        name: "an exit that uses an exit",
        graph: withRoutes(dual("10.1.0.2/32", "10.2.0.2/32"), route(on("ann-wg0"), internet("hub-a")), {
            ...route(on("hub-a-wg1"), internet("hub-b")),
            name: "s",
        }),
        failures: [
            'r.to[0]: exit host "hub-a" itself sends its internet traffic through "hub-a-wg1"; an exit uses its own uplink',
        ],
    },
    {
        name: "a LAN whose gateway would follow",
        graph: { ...sites(false), routes: [route(lan("east", "192.168.10.0/24"), internet("hub"))] },
        failures: [
            'r.to[0]: east.lan("192.168.10.0/24") would reach it through host "east", whose own internet traffic would go there too; add "east-wg0" to "from", or peer with host "hub" directly',
        ],
    },
    {
        name: "a second tunnel of a device with a full one",
        graph: {
            ...office(),
            hosts: office().hosts.map((one) => (one.name === "ann" ? { ...one, managed: false } : one)),
            interfaces: [...office().interfaces, iface("ann", "wg1", ["10.0.1.9/32"])],
            peers: [...office().peers, peer("hub-wg1", "ann-wg1")],
            routes: [route(network("hub-wg0"), internet("hub"))],
        },
        failures: [
            'r.to[0]: device "ann" would send everything through "ann-wg0", also what belongs to its other interface "ann-wg1"; give it a connection, or declare two devices when only one of the two is up at a time',
        ],
    },
    {
        name: "a split tunnel of a device beside the network of an interface without Peers, where another host has an address",
        graph: {
            ...office(),
            hosts: office().hosts.map((one) => (one.name === "ann" ? { ...one, managed: false } : one)),
            interfaces: [
                ...office().interfaces,
                iface("ann", "wg1", ["10.0.7.1/28"]),
                iface("hub", "wg2", ["10.0.7.2/28"], 51822),
            ],
            routes: [
                route(on("ann-wg0"), internet("hub"), { exclude: ["10.0.0.0/8"] }),
                { ...route(on("hub-wg2"), network("hub-wg0")), name: "s" },
            ],
        },
        failures: [
            'r.to[0]: device "ann" would send everything through "ann-wg0", also what belongs to its other interface "ann-wg1"; give it a connection, or declare two devices when only one of the two is up at a time',
        ],
    },
    {
        name: "two routes that leave different prefixes out of one full tunnel",
        graph: withRoutes(office(), route(network("hub-wg0"), internet("hub"), { exclude: ["172.16.0.0/12", "10.0.0.0/8"] }), {
            ...route(on("ann-wg0"), internet("hub")),
            name: "s",
        }),
        failures: [
            `s.to[0]: route "r" excludes "10.0.0.0/8" and "172.16.0.0/12" and route "s" excludes nothing from the one full tunnel of host "ann"; give both routes the same exclude`,
        ],
    },
    {
        name: "an address behind a full tunnel",
        graph: withRoutes({ ...dual("10.1.0.2/32", "10.2.0.2/32") }, route(on("ann-wg0"), internet("hub-a")), {
            ...route(on("ann-wg0"), on("hub-b-wg0")),
            name: "s",
        }),
        failures: [
            's.from[0]: "ann-wg0" takes all internet traffic of its host, and wg-quick drops packets for it that come in through "ann-wg1"; use another interface of host "ann"',
        ],
    },
    {
        name: "a device with a full tunnel that passes packets on",
        graph: {
            ...dual("10.1.0.2/32", "10.2.0.2/32"),
            hosts: [server("hub-a"), server("hub-b"), host("ann", { managed: false })],
            peers: dual("10.1.0.2/32", "10.2.0.2/32").peers.slice(0, 2),
            routes: [route(on("ann-wg0"), internet("hub-a")), { ...route(on("hub-a-wg1"), on("hub-b-wg0")), name: "s" }],
        },
        failures: [
            's.to[0]: device "ann" would pass its packets on, and as it sends everything through "ann-wg0" it accepts every source from there; give it a connection, or take it out of routes to the internet',
        ],
    },
    {
        name: "a device that passes IPv6 on, and the network it is a member of",
        graph: {
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
                route(network("hub-a-wg0"), network("hub-a-wg0")),
                { ...route(network("hub-a-wg0"), on("hub-b-wg0")), name: "s" },
            ],
        },
        failures: [
            's.from[0]: hub-a-wg0.network reaches device "ann", which is a member of it and passes packets on for route "s", but nothing there drops IPv6 packets forged with its address; give it a connection, or add a Peer around it',
        ],
    },
    {
        name: "half of a LAN by another way than the other half",
        graph: {
            ...dual("10.1.0.2/32", "10.2.0.2/32"),
            lans: [{ host: "hub-b", prefix: "192.168.10.0/24" }],
            routes: [
                route(on("ann-wg0"), lan("hub-b", "192.168.10.0/24"), { exclude: ["192.168.10.128/25"] }),
                { ...route(network("hub-a-wg0"), lan("hub-b", "192.168.10.0/24")), name: "s" },
            ],
        },
        failures: [
            's.from[0]: host "hub-b" sends "10.1.0.0/24" through peer "hub-a-wg1--hub-b-wg1" (wg1 to "hub-a-wg1") for route "s", but "10.1.0.2/32" inside it through peer "hub-b-wg0--ann-wg1" (wg0 to "ann-wg1") for route "r", so between hub-a-wg0.network and hub-b.lan("192.168.10.0/24") the two directions would differ: host "hub-b" does not accept "10.1.0.2/32" from "hub-a-wg1"; set cost on the Peers so that both go one way, or route to single interfaces instead of a network',
        ],
    },
    {
        name: "two members of a network, led past another hub by a narrowed route",
        graph: {
            mesh: "two-hubs",
            hosts: [server("hub-a"), server("hub-b"), host("ann"), host("bob")],
            interfaces: [
                iface("hub-a", "wg0", ["10.1.0.1/24"], 51820),
                iface("hub-b", "wg0", ["10.2.0.1/24"], 51820),
                iface("ann", "wg0", ["10.1.0.2/32"]),
                iface("ann", "wg1", ["10.2.0.2/32"]),
                iface("bob", "wg0", ["10.1.0.3/32"]),
                iface("bob", "wg1", ["10.2.0.3/32"]),
            ],
            peers: [
                peer("hub-a-wg0", "ann-wg0"),
                peer("hub-a-wg0", "bob-wg0"),
                peer("hub-b-wg0", "ann-wg1"),
                peer("hub-b-wg0", "bob-wg1"),
            ],
            routes: [
                route(on("ann-wg1"), on("bob-wg1"), { initiate: "from" }),
                { ...route(network("hub-b-wg0"), network("hub-b-wg0")), name: "s" },
            ],
        },
        failures: [
            's.from[0]: host "ann" sends "10.2.0.0/24" through peer "hub-b-wg0--ann-wg1" (wg1 to "hub-b-wg0") for route "s", but "10.2.0.3/32" inside it through peer "hub-a-wg0--ann-wg0" (wg0 to "hub-a-wg0") for route "r", so between hub-b-wg0.network and hub-b-wg0.network packets would pass host "hub-a", where no route lets all of them through; set cost on the Peers so that both go one way, or route to single interfaces instead of a network',
            's.to[0]: host "ann" sends "10.2.0.0/24" through peer "hub-b-wg0--ann-wg1" (wg1 to "hub-b-wg0") for route "s", but "10.2.0.3/32" inside it through peer "hub-a-wg0--ann-wg0" (wg0 to "hub-a-wg0") for route "r", so between hub-b-wg0.network and hub-b-wg0.network packets would pass host "hub-a", where no route lets all of them through; set cost on the Peers so that both go one way, or route to single interfaces instead of a network',
        ],
    },
    {
        name: "a pool beside the same network on another interface of the member",
        graph: {
            mesh: "pool",
            hosts: [server("hub"), host("ann")],
            interfaces: [
                { ...iface("hub", "wg0", ["10.0.0.1/24"], 51820), allocate: "10.0.0.0/25" },
                iface("ann", "wg0", ["10.0.0.200/24"]),
                { name: "ann-wg1", host: "ann", interfaceName: "wg1" },
            ],
            peers: [peer("hub-wg0", "ann-wg1")],
        },
        failures: [
            'ann-wg1.addresses: gets an address from pool "10.0.0.0/25" of "hub-wg0", but network "10.0.0.0/24" of "ann-wg0" on the same host "ann" overlaps it; give each interface a network of its own',
        ],
    },
    {
        name: "one network by two names",
        graph: {
            mesh: "stretched",
            hosts: [server("hub-a"), server("hub-b")],
            interfaces: [iface("hub-a", "wg0", ["10.0.0.1/24"], 51820), iface("hub-b", "wg0", ["10.0.0.129/24"], 51820)],
            peers: [peer("hub-a-wg0", "hub-b-wg0")],
            routes: [route(network("hub-a-wg0"), network("hub-b-wg0"))],
        },
        failures: [
            'r.to[0]: hub-b-wg0.network and hub-a-wg0.network overlap, and packets for an address in them that nobody has would circle: host "hub-a" sends "10.0.0.0/24" through peer "hub-a-wg0--hub-b-wg0" (wg0 to "hub-b-wg0") for route "r" and host "hub-b" sends "10.0.0.0/24" through peer "hub-a-wg0--hub-b-wg0" (wg0 to "hub-a-wg0") for route "r"; name one of them in all routes, or make them disjoint',
        ],
    },
    {
        name: "one network by two names, each to the other's LAN",
        graph: {
            mesh: "crossed",
            hosts: [server("hub-a"), server("hub-b")],
            interfaces: [iface("hub-a", "wg0", ["10.0.0.1/24"], 51820), iface("hub-b", "wg0", ["10.0.0.2/24"], 51820)],
            peers: [peer("hub-a-wg0", "hub-b-wg0")],
            lans: [
                { host: "hub-a", prefix: "192.168.1.0/24" },
                { host: "hub-b", prefix: "192.168.2.0/24" },
            ],
            routes: [
                route(network("hub-a-wg0"), lan("hub-b", "192.168.2.0/24")),
                route(network("hub-b-wg0"), lan("hub-a", "192.168.1.0/24"), { name: "s" }),
            ],
        },
        failures: [
            's.from[0]: hub-b-wg0.network and hub-a-wg0.network overlap, and packets for an address in them that nobody has would circle: host "hub-a" sends "10.0.0.0/24" through peer "hub-a-wg0--hub-b-wg0" (wg0 to "hub-b-wg0") for route "s" and host "hub-b" sends "10.0.0.0/24" through peer "hub-a-wg0--hub-b-wg0" (wg0 to "hub-a-wg0") for route "r"; name one of them in all routes, or make them disjoint',
        ],
    },
    {
        name: "a network inside another one",
        graph: {
            mesh: "stretched",
            hosts: [server("hub-a"), server("hub-b")],
            interfaces: [iface("hub-a", "wg0", ["10.0.0.1/24"], 51820), iface("hub-b", "wg0", ["10.0.0.129/25"], 51820)],
            peers: [peer("hub-a-wg0", "hub-b-wg0")],
            routes: [route(network("hub-a-wg0"), network("hub-b-wg0"))],
        },
        failures: [
            'r.to[0]: hub-b-wg0.network and hub-a-wg0.network overlap, and packets for an address in them that nobody has would circle: host "hub-a" sends "10.0.0.128/25" through peer "hub-a-wg0--hub-b-wg0" (wg0 to "hub-b-wg0") for route "r" and host "hub-b" sends "10.0.0.0/24" through peer "hub-a-wg0--hub-b-wg0" (wg0 to "hub-a-wg0") for route "r"; name one of them in all routes, or make them disjoint',
        ],
    },
    {
        name: "an MTU the far uplink cannot carry",
        graph: {
            ...office(),
            hosts: office().hosts.map((h) => (h.name === "ann" ? { ...h, uplinkMtu: 1400 } : h)),
            interfaces: office().interfaces.map((i) => (i.name === "hub-wg0" ? { ...i, mtu: 1400 } : i)),
        },
        failures: [
            'hub-wg0.mtu: must be at most 1320 bytes, because packets of that size would not fit through the uplink of host "ann", whose uplinkMtu is 1400, got 1400',
        ],
    },
    {
        name: "two MTUs for one tunnel",
        graph: {
            ...office(),
            interfaces: office().interfaces.map((i) =>
                i.name === "hub-wg0" ? { ...i, mtu: 1400 } : i.name === "ann-wg0" ? { ...i, mtu: 1380 } : i,
            ),
        },
        failures: [
            'hub-wg0.mtu: must be at most 1380 bytes, because packets of that size would not fit through "ann-wg0", whose mtu is 1380, got 1400',
        ],
    },
    {
        name: "IPv6 through an uplink too small for it",
        graph: {
            ...office(),
            hosts: office().hosts.map((h) => ({ ...h, uplinkMtu: 1300 })),
            interfaces: office()
                .interfaces.map((i) =>
                    i.name === "hub-wg0"
                        ? { ...i, addresses: ["fd00::1/64"] }
                        : i.name === "ann-wg0"
                          ? { ...i, addresses: ["fd00::2/64"] }
                          : i,
                )
                .filter((i) => i.name !== "cat-wg0"),
            peers: office().peers.filter((p) => !p.name.includes("cat")),
        },
        failures: [
            'ann-wg0.mtu: is 1220 bytes, but it has the IPv6 address "fd00::2/64" and IPv6 needs 1280; raise uplinkMtu or leave IPv6 out',
            'hub-wg0.mtu: is 1220 bytes, but it has the IPv6 address "fd00::1/64" and IPv6 needs 1280; raise uplinkMtu or leave IPv6 out',
        ],
    },
    ...nestedFailures,
    ...expectationFailures,
];
