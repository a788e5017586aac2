import type { Prefix } from "./cidr";
import type { Ownership } from "./ownership";
import type { Flow, Place } from "./place";
import { PrefixMap } from "./prefixMap";
import type { Arc, Node } from "./topology";

/** What a host does with a prefix: which Peer gets it, and because of what. */
export interface Claim {
    readonly prefix: Prefix;
    readonly arc: Arc;
    /** Unset: because the two interfaces peer with each other. */
    readonly flow?: Flow;
    /** The end of the flow that the prefix belongs to. */
    readonly place?: Place;
}

/** A Peer gives each side the addresses of the other, in the families both speak: others would be allowed IPs that nothing uses. */
export function directClaims(arc: Arc): Claim[] {
    return directPrefixes(arc).map((prefix) => ({ prefix, arc }));
}

/** What a Peer alone gives to its `own` side. The list of the other interface itself when that is all of it, so that it can be shared. */
export function directPrefixes({ own, other }: Arc): readonly Prefix[] {
    return other.families.every((family) => own.families.includes(family))
        ? other.hosts
        : other.hosts.filter((host) => own.families.includes(host.family));
}

/** True for a host with one interface whose Peers are all it sends to: its table is the list of their addresses. */
export function hasOnlyPeers(node: Node, { claims }: Ownership): boolean {
    return node.ports.length === 1 && node.lans.length === 0 && !isSimple(node) && !claims.has(node);
}

/** Everything a host claims. For a plain spoke it is put together from its Peer, its own routes and what its network shares. */
export function claimsOf(node: Node, { claims, shared }: Ownership): PrefixMap<Claim> {
    const [arc] = node.arcs;
    const own = claims.get(node);
    if (own !== undefined && !isSimple(node)) {
        return own;
    }
    const all = new PrefixMap<Claim>();
    if (arc === undefined || !isSimple(node)) {
        for (const claim of node.arcs.flatMap(directClaims)) {
            all.set(claim.prefix, claim);
        }
        return all;
    }
    for (const { prefix, value } of shared.get(arc.other)?.entries() ?? []) {
        if (arc.joins.includes(prefix.family) && !value.except.has(node)) {
            all.set(prefix, { prefix, arc, flow: value.flow, place: value.place });
        }
    }
    for (const { prefix, value } of own?.entries() ?? []) {
        all.set(prefix, value);
    }
    for (const claim of directClaims(arc)) {
        all.set(claim.prefix, claim);
    }
    return all;
}

/** A spoke: one interface, one Peer, no LAN. All it sends goes to that Peer, so nothing on it can disagree. */
export function isSimple(node: Node): boolean {
    return node.ports.length === 1 && node.arcs.length === 1 && node.lans.length === 0;
}
