import { contains, equals, hostOf, type Prefix, parseAddress, parsePrefix } from "./cidr";
import { type Explanation, explainPair, noPair, pairsOf } from "./explanation";
import { quote } from "./failure";
import type { Graph, RouteEnd } from "./graph";
import type { Plan } from "./hostPlan";
import { plan } from "./main";
import { isOutside, outsideSpot } from "./outside";
import { PlanIndex, type PlannedHost } from "./planIndex";
import { portWithoutProtocol } from "./rules/expectations";
import { nearMiss } from "./rules/nearMiss";
import { sendersTo } from "./senders";
import { type Spot, spotsOf } from "./spots";
import { sound } from "./topology";

/** What to ask about. */
export interface Question {
    /** Unset: everything. */
    readonly protocol?: "tcp" | "udp" | "icmp";
    /** Destination port of tcp or udp, 1-65535. Unset: every port. */
    readonly port?: number;
}

/**
 * Walks a packet through a plan, hop by hop: at each host the route, the Peer that owns the destination, the source check at the far
 * side, and the rule that lets it pass; then the same for the reply (S7).
 *
 * @param from An end of a route, or the name of an interface or host, an address, or the prefix of a LAN. A host's name stands for what it
 *   sends when nobody chooses a source, as `ping` does: from an address of the interface that leads there, or from the declared one that its
 *   table puts there.
 * @param to The same; the name of a host is any of its addresses. An address outside of the mesh is the internet behind the exit that the
 *   routes of `from` lead to.
 * @example explain(graph, "ann-wg0", "bob-wg0", { protocol: "tcp", port: 443 }).lines.join("\n")
 * @throws InvalidGraphError when a graph is given that cannot be planned; Error when an end is not in the plan or a port has no protocol.
 */
export function explain(
    what: Graph | Plan,
    from: RouteEnd | string,
    to: RouteEnd | string,
    question: Question = {},
): Explanation {
    const wrong = portWithoutProtocol(question);
    if (wrong !== undefined) {
        throw new Error(wrong);
    }
    const index = new PlanIndex(isPlan(what) ? what : plan(what));
    const pairs = pairsFor(index, from, to);
    const [first] = pairs;
    if (first === undefined) {
        return noPair(describe(from), describe(to));
    }
    const service = { ...question, every: true };
    const all = pairs.map(([source, destination]) => explainPair(index, source, destination, service));
    // Several addresses stand for a network: it is reached when all are, and the first that is not tells most. A host has them for everybody.
    const isAny = hostNamed(index, to) !== undefined;
    return all.find((one) => one.reaches === isAny) ?? all[0] ?? noPair(describe(from), describe(to));
}

function isPlan(what: Graph | Plan): what is Plan {
    // A graph names interfaces beside its hosts; a plan has them inside.
    return !("interfaces" in what);
}

function describe(end: RouteEnd | string): string {
    return typeof end === "string"
        ? quote(end)
        : quote(end.kind === "interface" || end.kind === "network" ? end.interface : end.host);
}

/** Sources with the machines that `to` means to them: what is outside of the mesh is behind an exit of each source's own. */
function pairsFor(index: PlanIndex, from: RouteEnd | string, to: RouteEnd | string): (readonly [Spot, Spot])[] {
    const address = typeof to === "string" ? parseAddress(to) : undefined;
    const outside = address !== undefined && isOutside(index, address) ? address : undefined;
    const sender = hostNamed(index, from);
    const sources = sender === undefined ? spotsFor(index, from) : [];
    const inside = outside === undefined ? spotsFor(index, to) : [];
    const destinations = (host: string) => (outside === undefined ? inside : [outsideSpot(index, host, outside)]);
    return sender === undefined
        ? sources.flatMap((source) => pairsOf([source], destinations(source.host)))
        : destinations(sender.plan.name).flatMap((destination) => pairsOf(unbound(sender, destination), [destination]));
}

function hostNamed(index: PlanIndex, what: RouteEnd | string): PlannedHost | undefined {
    return typeof what === "string" && index.interface(what) === undefined ? index.hosts.get(what) : undefined;
}

/** A host by its name is what it sends when nobody chose a source: one of the addresses of the interface that leads there. */
function unbound(host: PlannedHost, { address }: Spot): Spot[] {
    const way = host.way(address);
    const { name } = host.plan;
    const own = host.plan.interfaces.flatMap((one) => one.addresses.map(sound)).filter(({ family }) => family === address.family);
    const senders = way.kind === "interface" ? sendersTo({ addresses: way.on.addresses.map(sound) }, address) : [];
    // Where the interface has none of the family, the kernel takes one of another device; the table treats them all alike.
    const chosen = senders.length === 0 ? own.slice(0, 1).map(hostOf) : senders;
    return chosen.map((sender) => ({ name, address: sender, host: name, kind: "host" }));
}

/** The machines that an end, a name, an address or a LAN's prefix means. */
function spotsFor(index: PlanIndex, what: RouteEnd | string): Spot[] {
    if (typeof what !== "string") {
        return spotsOf(index, what);
    }
    const named = index.interface(what);
    const interfaces = named === undefined ? (index.hosts.get(what)?.plan.interfaces ?? []) : [named];
    if (interfaces.length > 0) {
        return interfaces.flatMap(({ name }) => spotsOf(index, { kind: "interface", interface: name }));
    }
    const address = parseAddress(what) ?? parsePrefix(what);
    const spots = address === undefined ? [] : spotsAt(index, address, what.includes("/"));
    if (spots.length === 0) {
        throw new Error(unknown(index, what));
    }
    return spots;
}

/** An address of an interface is that one machine, not all addresses the interface has. */
function spotsAt(index: PlanIndex, address: Prefix, isPrefix: boolean): Spot[] {
    const owner = index.owner(address);
    if (owner !== undefined && !isPrefix) {
        const all = owner.plan.interfaces.flatMap(({ name }) => spotsOf(index, { kind: "interface", interface: name }));
        return all.filter((spot) => equals(spot.address, hostOf(address)));
    }
    const lans = [...index.hosts.values()].flatMap(({ plan: host }) =>
        host.lans.map(({ prefix }) => ({ host: host.name, prefix })),
    );
    return lans
        .filter(({ prefix }) => contains(sound(prefix), address))
        .flatMap((lan) => spotsOf(index, { kind: "lan", ...lan }))
        .map((spot) => (isPrefix ? spot : { ...spot, address: hostOf(address) }));
}

function unknown(index: PlanIndex, what: string): string {
    const { mesh, hosts } = index.plan;
    const address = parseAddress(what);
    if (address !== undefined && isOutside(index, address)) {
        return `${quote(what)} is outside of mesh ${quote(mesh)}, and from there nobody can open a flow`;
    }
    const near = nearMiss(hosts.flatMap(({ name, interfaces }) => [name, ...interfaces.map((one) => one.name)]))(what);
    const help = near === undefined ? "" : `; did you mean ${quote(near)}?`;
    return `${quote(what)} is no interface, host, address or LAN of mesh ${quote(mesh)}${help}`;
}
