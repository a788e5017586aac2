import { formatAddress, type Prefix } from "./cidr";
import { explainPair } from "./explanation";
import type { Failure } from "./failure";
import { append } from "./groupBy";
import type { Plan } from "./hostPlan";
import { rings } from "./nestedRings";
import { NextHops } from "./nextHops";
import type { Ownership } from "./ownership";
import { PlanIndex } from "./planIndex";
import { label } from "./rules/labels";
import { culprit, fail, show } from "./rules/text";
import { sendersTo } from "./senders";
import type { Spot } from "./spots";
import { type Arc, isNested, known, type Node, type Port, type Topology } from "./topology";

/** How one side of a Peer gets to the other, which is reached inside other tunnels. */
export interface OuterWay {
    /** The nested Peer, seen from the side that opens it. */
    readonly arc: Arc;
    /** The interface whose address it sends to. */
    readonly outer: Port;
    /** That address alone. */
    readonly address: Prefix;
    /** What its packets come from, see `sendersTo`. */
    readonly sources: readonly Prefix[];
    /** The Peers that carry it, there and back to every source. */
    readonly there: readonly Arc[];
    readonly back: readonly Arc[];
}

/** Everything about Peers whose packets travel inside other Peers. */
export interface NestedTunnels {
    /** By the side that opens the Peer. */
    readonly ways: ReadonlyMap<Arc, OuterWay>;
    /** Interfaces that at least one such Peer ends at. */
    readonly inner: ReadonlySet<Port>;
    /** Addresses that tunnels of a host send to, which must not be left to its full tunnel alone (see `tableOf`). */
    readonly targets: ReadonlyMap<Node, readonly Prefix[]>;
    readonly failures: readonly Failure[];
}

/** Finds the outer way of every nested Peer in what the hosts claim: allowed IPs and routes follow from the same claims. */
export function nestedTunnels(top: Topology, owned: Ownership): NestedTunnels {
    const ways = new Map<Arc, OuterWay>();
    const inner = new Set<Port>();
    const targets = new Map<Node, Prefix[]>();
    const failures: Failure[] = [];
    const nested = [...top.ports.values()].filter(isNested);
    const finder = new WayFinder(top, owned);
    for (const port of nested) {
        for (const { back: arc } of port.arcs) {
            inner.add(arc.own).add(port);
            const way = finder.find(arc);
            if (typeof way === "string") {
                failures.push(fail(`${label(port.declared.name)}.endpoint`, port.declared, way));
                continue;
            }
            ways.set(arc, way);
            append(targets, arc.own.node, way.address);
            append(targets, port.node, ...way.sources);
        }
    }
    return { ways, inner, targets, failures: failures.length > 0 ? failures : rings(ways) };
}

/** The text of `Endpoint` for one side, as wg(8) reads it. */
export function endpointOf({ address, arc }: Pick<OuterWay, "address" | "arc">): string {
    const text = formatAddress(address);
    return `${address.family === 6 ? `[${text}]` : text}:${arc.other.declared.listenPort}`;
}

class WayFinder {
    private readonly hops: NextHops;

    constructor(
        private readonly top: Topology,
        owned: Ownership,
    ) {
        this.hops = new NextHops(owned);
    }

    /** The way to the first address of the outer interface that there is one to, or why there is none. */
    find(arc: Arc): OuterWay | string {
        const outer = known(this.top.ports, String(arc.other.declared.endpoint));
        const reasons: string[] = [];
        for (const address of outer.hosts) {
            const there = this.follow(arc.own.node, outer.node, address);
            if (typeof there === "string") {
                reasons.push(there);
                continue;
            }
            const [first] = there;
            const sources = first === undefined ? [] : sendersTo(first.own, address);
            const back = sources.length === 0 ? noSource(there, address) : this.followAll(outer.node, arc.own.node, sources);
            if (typeof back === "string") {
                reasons.push(back);
                continue;
            }
            return { arc, outer, address, sources, there, back };
        }
        const who = `others reach it inside ${culprit(outer.declared)}, but for peer ${culprit(arc.link.peer)} ${reasons[0]}`;
        const fix = `declare a Peer or a Route between ${show(outer.declared.name)} and another interface of host ${show(arc.own.node.host.name)}`;
        return `${who}; ${fix}`;
    }

    private followAll(from: Node, to: Node, addresses: readonly Prefix[]): readonly Arc[] | string {
        const all: Arc[] = [];
        for (const address of addresses) {
            const chain = this.follow(from, to, address);
            if (typeof chain === "string") {
                return `${chain}, where host ${show(to.host.name)} sends from`;
            }
            all.push(...chain);
        }
        return all;
    }

    /** The Peers a packet of a tunnel passes from one host to another, or why it does not get there. */
    private follow(from: Node, to: Node, address: Prefix): readonly Arc[] | string {
        const chain: Arc[] = [];
        for (let node = from; node !== to; ) {
            const claim = this.hops.claim(node, address);
            const way = `host ${show(node.host.name)} has no way to ${formatAddress(address)}`;
            // No longer chain has a point, and one that circles is said by the rules about tables.
            if (claim === undefined || chain.length > this.top.nodes.length) {
                return way;
            }
            // Packets of tunnels carry the mark that keeps them out of it, and what is not of the mesh is all that it is for.
            if (claim.place?.isInternet === true) {
                return `${way} but its full tunnel, which the packets of tunnels do not take`;
            }
            chain.push(claim.arc);
            node = claim.arc.other.node;
        }
        return chain;
    }
}

function noSource([first]: readonly Arc[], { family }: Prefix): string {
    return `${show(first?.own.declared.name)}, which leads there, has no IPv${family} address to send from`;
}

/**
 * Nested Peers whose packets do not get through the finished plan, because a Route on their way is narrowed or one way. Each side that has
 * an `Endpoint` must be able to open the tunnel with it.
 */
export function blockedTunnels(plan: Plan, { ways }: NestedTunnels): Failure[] {
    if (ways.size === 0) {
        return [];
    }
    const index = new PlanIndex(plan);
    return [...ways.values()].flatMap(({ arc, outer, address, sources, there }) => {
        const port = arc.other.declared;
        const from = there[0]?.own.declared.name ?? arc.own.declared.name;
        const spot = (name: string, at: Node, one: Prefix): Spot => ({ name, address: one, host: at.host.name, kind: "host" });
        const service = { protocol: "udp", port: port.listenPort ?? 0, every: true } as const;
        const broken = sources
            .map((source) =>
                explainPair(index, spot(from, arc.own.node, source), spot(outer.declared.name, outer.node, address), service),
            )
            .find(({ reaches }) => !reaches);
        if (broken === undefined) {
            return [];
        }
        const packets = `packets of peer ${culprit(arc.link.peer)} to ${endpointOf({ arc, address })} do not get through: ${broken.reason}`;
        const fix = `let udp/${service.port} pass from ${show(from)} to ${culprit(outer.declared)}`;
        return [fail(`${label(port.name)}.endpoint`, port, `${packets}; ${fix}`)];
    });
}
