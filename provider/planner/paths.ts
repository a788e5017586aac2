import { membersOf, type Place } from "./place";
import { families } from "./prefixes";
import { Reach } from "./reach";
import { type Arc, isNested, type Link, type Port, type Topology, turned } from "./topology";

/**
 * The path between two ends of a route. What travels inside an interface is never on the way to an end that names that interface, alone or by
 * a network it is a member of, however cheap: the route may be the very one that the inner tunnel needs. For other ends `cost` decides.
 */
export class Paths {
    private readonly reach: Reach;
    private readonly nested: ReadonlyMap<Port, ReadonlySet<Link>>;
    /** By the ranks of the Peers that are left out. */
    private readonly others = new Map<string, Reach>();

    constructor(private readonly topology: Topology) {
        this.reach = new Reach(topology);
        this.nested = linksInside(topology);
    }

    /** The arcs from one to the other in order; empty when both are of the same host; undefined without a path. */
    chain(from: Place, to: Place): readonly Arc[] | undefined {
        const chain = this.reachOf(from, to).chain(from.node, to.node);
        return chain === undefined ? undefined : turned(endingAt(from, turned(endingAt(to, chain))));
    }

    private reachOf(from: Place, to: Place): Reach {
        if (this.nested.size === 0) {
            return this.reach;
        }
        const avoided = new Set([from, to].flatMap(portsOf).flatMap((port) => [...(this.nested.get(port) ?? [])]));
        if (avoided.size === 0) {
            return this.reach;
        }
        const key = [...avoided]
            .map(({ rank }) => rank)
            .sort((a, b) => a - b)
            .join();
        const reach = this.others.get(key) ?? new Reach(this.topology, avoided);
        this.others.set(key, reach);
        return reach;
    }
}

function portsOf(place: Place): readonly Port[] {
    const members = families.flatMap((family) => membersOf(place, family).map(({ other }) => other));
    return place.port === undefined ? members : [place.port, ...members];
}

/**
 * Who peers with an interface sends to it by that Peer and no other. So of several Peers between the last two hosts, such as one inside the
 * other, a path to an interface ends with that one.
 */
function endingAt({ end, port }: Place, chain: readonly Arc[]): readonly Arc[] {
    const last = chain.at(-1);
    if (end.kind !== "interface" || last === undefined || last.other === port) {
        return chain;
    }
    const direct = port?.arcs.find(({ other }) => other.node === last.own.node);
    return direct === undefined ? chain : [...chain.slice(0, -1), direct.back];
}

/** The Peers of everything nested in an interface, and of what is nested in that. Interfaces that nothing is nested in are not here. */
function linksInside({ ports }: Topology): ReadonlyMap<Port, ReadonlySet<Link>> {
    const inside = new Map<Port, Set<Link>>();
    for (const inner of [...ports.values()].filter(isNested)) {
        const seen = new Set<Port>();
        let outer = ports.get(String(inner.declared.endpoint));
        while (outer !== undefined && !seen.has(outer)) {
            seen.add(outer);
            const links = inside.get(outer) ?? new Set();
            inside.set(outer, links);
            for (const { link } of inner.arcs) {
                links.add(link);
            }
            outer = isNested(outer) ? ports.get(String(outer.declared.endpoint)) : undefined;
        }
    }
    return inside;
}
