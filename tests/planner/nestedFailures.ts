import type { Graph, Interface, Peer, Route } from "../../provider/planner";
import type { BadPlan } from "./planFailures";
import { host, iface, inside, internet, nested, nestedOverHub, network, on, peer, server } from "./scenarios";

/** The graph with some interfaces changed or added, and some Peers and routes added. */
function also(
    graph: Graph,
    more: { readonly interfaces?: readonly Interface[]; readonly peers?: readonly Peer[]; readonly routes?: readonly Route[] },
): Graph {
    const changed = new Map((more.interfaces ?? []).map((one) => [one.name, one]));
    return {
        ...graph,
        interfaces: [...graph.interfaces.filter(({ name }) => !changed.has(name)), ...changed.values()],
        peers: [...graph.peers, ...(more.peers ?? [])],
        routes: [...(graph.routes ?? []), ...(more.routes ?? [])],
    };
}

const withoutPeer = (graph: Graph, name: string): Graph => ({ ...graph, peers: graph.peers.filter((one) => one.name !== name) });

/** Two hosts with two tunnels, each of which is in the other one. */
const circle: Graph = {
    mesh: "circle",
    hosts: [server("hub"), host("ann")],
    interfaces: [
        inside("hub-wg1", iface("hub", "wg0", ["10.0.0.1/24"], 51820)),
        inside("hub-wg0", iface("hub", "wg1", ["10.0.1.1/24"], 51821)),
        iface("ann", "wg0", ["10.0.0.2/24"]),
        iface("ann", "wg1", ["10.0.1.2/24"]),
    ],
    peers: [peer("hub-wg0", "ann-wg0"), peer("hub-wg1", "ann-wg1")],
};

/** What is wrong with tunnels inside tunnels. */
export const nestedFailures: readonly BadPlan[] = [
    {
        name: "nested: no way to the outer interface",
        graph: withoutPeer(nested(), "hub-wg0--ann-wg0"),
        failures: [
            'hub-wg1.endpoint: others reach it inside "hub-wg0", but for peer "hub-wg1--ann-wg1" host "ann" has no way to 10.0.0.1; declare a Peer or a Route between "hub-wg0" and another interface of host "ann"',
        ],
    },
    {
        name: "nested: no way because the route is missing",
        graph: { ...nestedOverHub(), routes: [] },
        failures: [
            'bob-wg1.endpoint: others reach it inside "bob-wg0", but for peer "ann-wg1--bob-wg1" host "ann" has no way to 10.0.0.3; declare a Peer or a Route between "bob-wg0" and another interface of host "ann"',
        ],
    },
    {
        name: "nested: a route that leads there only through the inner tunnel",
        graph: withoutPeer(nestedOverHub(), "hub-wg0--bob-wg0"),
        failures: [
            'outer.to[0]: no path from ann-wg0 to bob-wg0: the Peers between host "ann" and host "bob" travel inside one of the two themselves; declare a Peer that does not',
        ],
    },
    {
        name: "nested: the only way is a full tunnel",
        graph: {
            ...also(nested(), {
                interfaces: [iface("hub", "wg2", ["10.0.2.1/24"], 51822), iface("ann", "wg2", ["10.0.2.2/24"])],
                routes: [{ name: "surf", from: [on("ann-wg2")], to: [internet("hub")], initiate: "from" }],
            }),
            peers: [peer("hub-wg1", "ann-wg1", { cost: 9 }), peer("hub-wg2", "ann-wg2")],
        },
        failures: [
            'hub-wg1.endpoint: others reach it inside "hub-wg0", but for peer "hub-wg1--ann-wg1" host "ann" has no way to 10.0.0.1 but its full tunnel, which the packets of tunnels do not take; declare a Peer or a Route between "hub-wg0" and another interface of host "ann"',
        ],
    },
    {
        name: "nested: an outer interface of the other family",
        graph: also(nested(), { interfaces: [iface("hub", "wg0", ["fd00::1/64"], 51820)] }),
        failures: [
            'hub-wg1.endpoint: others reach it inside "hub-wg0", but for peer "hub-wg1--ann-wg1" host "ann" has no way to fd00::1; declare a Peer or a Route between "hub-wg0" and another interface of host "ann"',
        ],
    },
    {
        name: "nested: each in the other",
        graph: circle,
        failures: [
            'hub-wg0.endpoint: a tunnel cannot travel inside itself, but packets of peer "hub-wg0--ann-wg0" leave through "ann-wg1" (peer "hub-wg1--ann-wg1"), those of "hub-wg1--ann-wg1" leave through "ann-wg0" (peer "hub-wg0--ann-wg0"); give the inner Peer interfaces of its own, and the outer one a way that does not need it',
        ],
    },
    {
        name: "nested: one interface for the inner and the outer Peer",
        graph: { ...nestedOverHub(), peers: [...nestedOverHub().peers.slice(0, 2), peer("ann-wg0", "bob-wg1")] },
        failures: [
            'outer.from[0]: host "bob" would send "10.0.0.2/32" both through peer "ann-wg0--bob-wg1" (wg1 to "ann-wg0") and through peer "hub-wg0--bob-wg0" (wg0 to "hub-wg0") for route "outer", and a prefix has one owner; the ends of a Peer always use it, so lower the cost of "ann-wg0--bob-wg1" or raise that of the other way',
        ],
    },
    {
        name: "nested: a route that allows something else",
        graph: nestedOverHub({ allow: ["tcp/22", "udp/51820"] }),
        failures: [
            'bob-wg1.endpoint: packets of peer "ann-wg1--bob-wg1" to 10.0.0.3:51821 do not get through: ann: dropped: no Route declares 10.0.0.2 -> 10.0.0.3; route "outer" only lets tcp/22, udp/51820 pass; let udp/51821 pass from "ann-wg0" to "bob-wg0"',
        ],
    },
    {
        name: "nested: a route that only the other side may open",
        graph: nestedOverHub({ from: [on("bob-wg0")], to: [on("ann-wg0")] }),
        failures: [
            'bob-wg1.endpoint: packets of peer "ann-wg1--bob-wg1" to 10.0.0.3:51821 do not get through: ann: dropped: no Route declares 10.0.0.2 -> 10.0.0.3; route "outer" only lets the other side open flows; let udp/51821 pass from "ann-wg0" to "bob-wg0"',
        ],
    },
    {
        name: "nested: the address the kernel sends from is not in the network that the route lets pass",
        graph: also(
            { ...nestedOverHub(), routes: [] },
            {
                interfaces: [iface("ann", "wg0", ["10.8.0.2/32", "10.0.0.2/32"])],
                routes: [{ name: "colleagues", from: [network("hub-wg0")], to: [network("hub-wg0")] }],
            },
        ),
        failures: [
            'bob-wg1.endpoint: others reach it inside "bob-wg0", but for peer "ann-wg1--bob-wg1" host "bob" has no way to 10.8.0.2, where host "ann" sends from; declare a Peer or a Route between "bob-wg0" and another interface of host "ann"',
        ],
    },
    {
        name: "nested: a declared MTU that does not fit the tunnel around it",
        graph: also(nested(), { interfaces: [{ ...inside("hub-wg0", iface("hub", "wg1", ["10.0.1.1/24"], 51821)), mtu: 1400 }] }),
        failures: [
            'hub-wg1.mtu: must be at most 1340 bytes, because packets of that size would not fit inside "ann-wg0", whose mtu is 1420, got 1400',
        ],
    },
    {
        name: "nested: IPv6 in the third tunnel",
        graph: also(nested(3), {
            interfaces: [inside("hub-wg1", iface("hub", "wg2", ["fd00::1/64"], 51822)), iface("ann", "wg2", ["fd00::2/64"])],
        }),
        failures: [
            'ann-wg2.mtu: is 1260 bytes, but it has the IPv6 address "fd00::2/64" and IPv6 needs 1280; raise uplinkMtu, nest fewer tunnels or leave IPv6 out',
            'hub-wg2.mtu: is 1260 bytes, but it has the IPv6 address "fd00::1/64" and IPv6 needs 1280; raise uplinkMtu, nest fewer tunnels or leave IPv6 out',
        ],
    },
    {
        name: "nested: a route from an outer interface through the tunnel inside it",
        graph: {
            ...also(nested(), {
                interfaces: [iface("bob", "wg0", ["10.0.0.3/24"]), iface("bob", "wg1", ["10.0.1.3/24"])],
                peers: [peer("hub-wg0", "bob-wg0"), peer("hub-wg1", "bob-wg1", { cost: 2 })],
                routes: [{ name: "r", from: [on("bob-wg0")], to: [on("ann-wg1")] }],
            }),
            hosts: [...nested().hosts, host("bob")],
        },
        failures: [
            'r.to[0]: leads packets from "bob-wg0" through "hub-wg1", but packets of "hub-wg1" travel inside "bob-wg0", so no MTU is small enough for both; end the route at interfaces that carry no other tunnel',
        ],
    },
];
