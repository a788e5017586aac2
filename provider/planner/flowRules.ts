import { contains, type Family, formatAddress, formatPrefix, masked, type Prefix } from "./cidr";
import type { Failure } from "./failure";
import { NextHops } from "./nextHops";
import { claimsOf, type Dispute, type Leg, type Ownership } from "./ownership";
import { type Flow, membersOf, type Place } from "./place";
import { families } from "./prefixes";
import { PrefixMap } from "./prefixMap";
import { Reach } from "./reach";
import { endLabel, label } from "./rules/labels";
import { culprit, declaredAt, fail, listing, show } from "./rules/text";
import { claimFailure, lanFailure, viaOf } from "./table";
import { type Arc, compare, type Node, type Port, type Topology } from "./topology";

/** What is wrong with the routes of a graph whose declarations are sound, before anybody's tables are made: paths, NAT, narrowing. */
export function flowFailures(topology: Topology, flows: readonly Flow[], owned: Ownership): Failure[] {
    return [
        ...owned.mute.map(({ flow, from, to }) => noFamily(flow, from, to)),
        ...owned.unreachable.map(({ flow, from, to }) => noPath(topology, flow, from, to)),
        ...foreignMembers(topology, flows),
        ...flows.flatMap(throughNat),
        ...flows.flatMap(narrowedPeers),
        ...unenforced(owned.legs),
        ...ownNetworkThroughDevice(owned),
    ];
}

function noFamily(flow: Flow, from: Place, to: Place): Failure {
    if (to.isCut && families.every((family) => to.prefixes[family].length === 0)) {
        return routeFailure(flow, "to", to, `exclude leaves nothing of ${endLabel(to.end)}; drop the route, or exclude less`);
    }
    const both = `${endLabel(from.end)} and ${endLabel(to.end)} have no address family in common`;
    return routeFailure(flow, "to", to, `${both}; give both an IPv4 or both an IPv6 address`);
}

/** Names the break that a new Peer would mend: between the best connected host on this side and the one on that side. */
function noPath(topology: Topology, flow: Flow, from: Place, to: Place): Failure {
    const [here, there] = [nearest(topology, from.node), nearest(topology, to.node)];
    const ends = `no path from ${endLabel(from.end)} to ${endLabel(to.end)}`;
    if (new Reach(topology).chain(from.node, to.node) !== undefined) {
        const inside = `the Peers between host ${show(from.node.host.name)} and host ${show(to.node.host.name)} travel inside one of the two themselves`;
        return routeFailure(flow, "to", to, `${ends}: ${inside}; declare a Peer that does not`);
    }
    const gap = `no Peer connects ${reachText(from.node, here)} to ${reachText(to.node, there)}`;
    const suggestion = `the nearest hosts are ${culprit(here.host)} and ${culprit(there.host)}, a Peer between their interfaces would connect them`;
    return routeFailure(flow, "to", to, `${ends}: ${gap}; ${suggestion}`);
}

function reachText(node: Node, best: Node): string {
    return node === best ? `host ${show(node.host.name)}` : `host ${show(node.host.name)} or what it reaches`;
}

/** Of all hosts that `start` reaches: one with an endpoint before one without, then the one with most Peers, then by name. */
function nearest(topology: Topology, start: Node): Node {
    const seen = new Set([start]);
    for (const node of seen) {
        for (const arc of node.arcs) {
            seen.add(arc.other.node);
        }
    }
    const isOpen = (node: Node) => Number(node.ports.some((port) => port.reachable));
    const [best] = topology.nodes
        .filter((node) => seen.has(node))
        .sort((a, b) => isOpen(b) - isOpen(a) || b.arcs.length - a.arcs.length || compare(a.host.name, b.host.name));
    return best ?? start;
}

/** The first time that routes name the network of an interface. */
interface Named {
    readonly flow: Flow;
    readonly place: Place;
    readonly side: "from" | "to";
}

/** A network is sent to one interface, so whoever has an address in it must be reachable from there. */
function foreignMembers(topology: Topology, flows: readonly Flow[]): Failure[] {
    const named = new PrefixMap<Map<Port, Named>>();
    for (const flow of flows) {
        for (const side of ["from", "to"] as const) {
            for (const place of flow[side]) {
                if (place.end.kind !== "network" || place.port === undefined) {
                    continue;
                }
                for (const address of place.port.addresses) {
                    const ports = named.get(masked(address)) ?? new Map();
                    named.set(masked(address), ports);
                    ports.set(place.port, ports.get(place.port) ?? { flow, place, side });
                }
            }
        }
    }
    const failures: Failure[] = [];
    for (const port of topology.ports.values()) {
        for (const address of port.hosts) {
            for (let found = named.longest(address); found !== undefined; found = named.around(found.prefix)) {
                for (const [owner, { flow, place, side }] of found.value) {
                    if (owner !== port && !port.arcs.some((arc) => arc.other === owner)) {
                        const holds = `${endLabel(place.end)} is ${show(formatPrefix(found.prefix))}, where ${culprit(port.declared)} has ${formatAddress(address)} too`;
                        const reason = `${holds}, but no Peer connects it to ${show(owner.declared.name)}; ${hint(owner, port, address.family)}`;
                        failures.push(routeFailure(flow, side, place, reason));
                    }
                }
            }
        }
    }
    return failures;
}

/** A spoke's `.network` is nearly always meant to be the hub's. */
function hint(owner: Port, port: Port, family: Family): string {
    const hub = owner.arcs.map((arc) => arc.other).find((other) => other.members[family].some((arc) => arc.other === port));
    return hub === undefined
        ? `add a Peer between them, or give ${show(port.declared.name)} an address in another network`
        : `did you mean the network of ${show(hub.declared.name)}, which peers with both?`;
}

/** One prefix with two owners on a host. */
export function twoOwners({ node, claims: [a, b] }: Dispute): Failure {
    const prefix = show(formatPrefix(b.prefix));
    const reason = `host ${show(node.host.name)} would send ${prefix} both through ${viaOf(a)} and through ${viaOf(b)}, and a prefix has one owner`;
    const claim = b.flow === undefined ? a : b;
    if (a.place?.lan !== undefined && b.place?.lan !== undefined && a.place.lan !== b.place.lan) {
        return lanFailure(node, claim, a.place.lan, b.place.lan);
    }
    if (a.place?.isInternet === true && b.place?.isInternet === true) {
        return claimFailure(claim, `${reason}; a host has one way to the internet, so use one exit`);
    }
    const direct = [a, b].find((one) => one.flow === undefined);
    const fix =
        direct === undefined
            ? "set cost on the Peers so that both go one way, or route to single interfaces instead of a network"
            : `the ends of a Peer always use it, so lower the cost of ${show(direct.arc.link.peer.name)} or raise that of the other way`;
    return claimFailure(claim, `${reason}; ${fix}`);
}

/** Through masquerading only the far side can open flows. */
function throughNat(flow: Flow): Failure[] {
    const isNat = (place: Place) => place.lan?.nat === true;
    const asSource = flow.from.filter(isNat).map((place) => {
        const reason = `${endLabel(place.end)}${place.lan === undefined ? "" : declaredAt(place.lan)} has nat, so its machines cannot be answered when they open a flow`;
        return routeFailure(
            flow,
            "from",
            place,
            `${reason}; put it into "to" with initiate: "from", or drop nat and let the LAN's router return`,
        );
    });
    const bothWays = flow.route.initiate === "from" ? [] : flow.to.filter(isNat);
    return [
        ...asSource,
        ...bothWays.map((place) => {
            const reason = `${endLabel(place.end)}${place.lan === undefined ? "" : declaredAt(place.lan)} has nat, so its machines cannot open flows towards "from"`;
            return routeFailure(
                flow,
                "to",
                place,
                `${reason}; set initiate: "from" on the route, or drop nat and let the LAN's router return`,
            );
        }),
    ];
}

/** A Peer already lets its two interfaces talk, so a route between them cannot take that back. */
function narrowedPeers(flow: Flow): Failure[] {
    if (!flow.isNarrowed) {
        return [];
    }
    return flow.from.flatMap((from) =>
        flow.to.flatMap((to) => {
            const arc =
                from.end.kind === "interface" && to.end.kind === "interface"
                    ? from.port?.arcs.find(({ other }) => other === to.port)
                    : undefined;
            if (arc === undefined) {
                return [];
            }
            const free = `${endLabel(from.end)} and ${endLabel(to.end)} peer with each other (${culprit(arc.link.peer)}), and a Peer lets its two interfaces talk freely`;
            return [routeFailure(flow, "to", to, `${free}; leave initiate and allow out, or drop the route`)];
        }),
    );
}

/** Narrowing is enforced by firewalls, and only managed hosts have one. */
function unenforced(legs: readonly Leg[]): Failure[] {
    const failures: Failure[] = [];
    for (const { flow, from, to, chain, families } of legs.filter((leg) => leg.flow.isNarrowed)) {
        const nodes = new Set([from.node, to.node, ...chain.map((arc) => arc.other.node)]);
        const members = families.flatMap((family) => [...membersOf(from, family), ...membersOf(to, family)]);
        if (![...nodes].some((node) => node.host.managed) && !members.some((arc) => arc.other.node.host.managed)) {
            const devices = listing([...nodes].map((node) => show(node.host.name)));
            const reason = `nobody can enforce initiate or allow between ${endLabel(from.end)} and ${endLabel(to.end)}, because ${devices} ${nodes.size === 1 ? "is a device" : "are devices"}`;
            failures.push(
                routeFailure(flow, "to", to, `${reason}; give one of them a connection, or leave initiate and allow out`),
            );
        }
    }
    return failures;
}

/**
 * A member of a network that the network's own packets reach could be sent packets with its own source address, and would pass them on
 * to others that take them for its own. IPv4 drops those as martians; for IPv6 only a firewall does.
 */
function ownNetworkThroughDevice(owned: Ownership): Failure[] {
    const relays = new Map<Node, Flow>();
    for (const { flow, from, to, chain } of owned.legs.filter((leg) => leg.families.includes(6))) {
        const behind = [from, to].filter((place) => place.lan !== undefined || membersOf(place, 6).length > 0);
        const ends = chain.length > 0 || behind.length === 2 ? behind : [];
        for (const node of [...chain.slice(1).map((arc) => arc.own.node), ...ends.map((place) => place.node)]) {
            // With a single Peer there is nobody in the mesh to pass a forged packet on to.
            if (!node.host.managed && node.arcs.length > 1 && !relays.has(node)) {
                relays.set(node, flow);
            }
        }
    }
    const hops = new NextHops(owned);
    // Whoever sends the address itself to the device takes packets from it, and no one else does.
    const believes = (node: Node, address: Prefix, sender: Arc) =>
        node.arcs.some((arc) => arc !== sender && hops.claim(arc.other.node, address)?.arc === arc.back);
    return [...relays].flatMap(([node, passing]) => {
        const own = node.ports.flatMap((port) => port.hosts);
        return claimsOf(node, owned)
            .entries()
            .flatMap(({ prefix, value }) => {
                const { place, arc } = value;
                const isForged = (address: Prefix) => contains(prefix, address) && believes(node, address, arc);
                if (prefix.family === 4 || place?.end.kind !== "network" || !own.some(isForged)) {
                    return [];
                }
                const member = `${endLabel(place.end)} reaches device ${culprit(node.host)}, which is a member of it and passes packets on for route ${culprit(passing.route)}`;
                const fix = "give it a connection, or add a Peer around it";
                return [claimFailure(value, `${member}, but nothing there drops IPv6 packets forged with its address; ${fix}`)];
            });
    });
}

export function routeFailure(flow: Flow, side: "from" | "to", place: Place, reason: string): Failure {
    return fail(`${label(flow.route.name)}.${side}[${flow[side].indexOf(place)}]`, flow.route, reason);
}
