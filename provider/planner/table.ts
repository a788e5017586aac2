import { comparePrefixes, contains, equals, formatPrefix, masked, type Prefix } from "./cidr";
import type { Failure } from "./failure";
import type { Lan } from "./graph";
import type { Claim } from "./ownership";
import { disjoint } from "./prefixes";
import type { PrefixMap } from "./prefixMap";
import { label, lanLabel } from "./rules/labels";
import { culprit, declaredAt, fail, show } from "./rules/text";
import type { Override } from "./symmetry";
import type { Arc, Node, Port } from "./topology";

/** What one host sends where, in the fewest prefixes, and whether its kernel would agree. */
export interface Table {
    /** Sorted. */
    readonly kept: ReadonlyMap<Arc, readonly Claim[]>;
    /** Everything that lives behind the tunnels, also where a full tunnel covers it; disjoint, without the internet. */
    readonly overlay: readonly Prefix[];
    readonly failures: readonly Failure[];
    /** Overlapping LANs that this host sees, by the pair: every host on the way would say the same. */
    readonly overlaps: ReadonlyMap<string, Failure>;
    /** Claims inside another Peer's claim. */
    readonly overrides: readonly Override[];
    /** True when anything of one interface lies inside a prefix of another: only then do sources need a second look. */
    readonly isNested: boolean;
}

/** Something the routing table of the host has an entry for. */
interface Item {
    readonly prefix: Prefix;
    /** Unset: a subnet of one of the host's own addresses, or a LAN. */
    readonly claim?: Claim;
    /** Unset: a LAN, behind an interface that is not of the mesh. */
    readonly port?: Port;
    readonly what: string;
    /** False for an allowed IP that wg-quick adds no route for. */
    inFib: boolean;
}

/**
 * Drops what a wider prefix of the same Peer covers, and models what wg-quick makes of the rest (wireguard.md 1.1): a route per allowed
 * IP, unless a route of the same device covers it. Packets follow the routing table first and the allowed IPs after, so both must
 * name the same interface for every address.
 *
 * Prefixes nest, so after sorting (wide before narrow) what is around an item is a stack.
 *
 * Neighbouring prefixes are not merged into a wider one, although that would save entries: every prefix stays one that somebody
 * declared, and a new network is one entry more instead of a changed one, which the kernel takes live without losing a packet.
 */
export function tableOf(node: Node, claims: PrefixMap<Claim>): Table {
    const kept = new Map<Arc, Claim[]>();
    const failures = new Map<string, Failure>();
    const report = (failure: Failure | undefined) => {
        if (failure !== undefined) {
            failures.set(failure.property + failure.reason, failure);
        }
    };
    const overlaps = new Map<string, Failure>();
    const overrides: Override[] = [];
    let isNested = false;
    const overlay = disjoint(
        [...claims.entries()].filter(({ value }) => value.place?.isInternet !== true).map(({ prefix }) => prefix),
    );
    const around: Item[] = [];
    // Claims that a wider one of the same Peer makes needless are not in the files, but what lies inside them still differs from them.
    const claimed: Claim[] = [];
    for (const item of itemsOf(node, claims)) {
        while (around.length > 0 && !around.some((outer, i) => i === around.length - 1 && contains(outer.prefix, item.prefix))) {
            around.pop();
        }
        isNested ||= around.some((outer) => outer.claim !== undefined && outer.port !== item.port);
        if (item.claim === undefined) {
            report(straying(node, item, around));
            around.push(item);
            continue;
        }
        const { claim } = item;
        while (
            claimed.length > 0 &&
            !claimed.some((outer, i) => i === claimed.length - 1 && contains(outer.prefix, claim.prefix))
        ) {
            claimed.pop();
        }
        const outer = claimed.at(-1);
        if (outer !== undefined && outer.arc !== claim.arc && outer.place?.isInternet !== true) {
            overrides.push({ node, inner: claim, outer });
        }
        const overlap = overlappingLans(node, claim, claimed);
        claimed.push(claim);
        if (overlap !== undefined) {
            overlaps.set(overlap.pair, overlap.failure);
        }
        const enclosing = around.findLast((outer) => outer.claim !== undefined || outer.port !== item.port);
        if (enclosing?.claim?.arc === claim.arc) {
            continue;
        }
        item.inFib = claim.prefix.length === 0 || !around.some((outer) => outer.claim === undefined && outer.port === item.port);
        report(disagreeing(node, item, claim, around));
        around.push(item);
        const list = kept.get(claim.arc);
        if (list === undefined) {
            kept.set(claim.arc, [claim]);
        } else {
            list.push(claim);
        }
    }
    return { kept, failures: [...failures.values()], overlaps, overrides, isNested, overlay };
}

/** Own subnets and LANs before claims of the same prefix: they are in the routing table first. */
function itemsOf(node: Node, claims: PrefixMap<Claim>): Item[] {
    const items: Item[] = node.lans.map(({ lan, prefix }) => ({
        prefix,
        what: `LAN ${lanLabel(lan)}${declaredAt(lan)}`,
        inFib: true,
    }));
    for (const port of node.ports) {
        for (const address of port.addresses) {
            // The kernel makes a connected route even for an IPv6 /128, but none for an IPv4 /32 (tried).
            if (address.family === 6 || address.length < 32) {
                const prefix = masked(address);
                items.push({
                    prefix,
                    port,
                    what: `network ${show(formatPrefix(prefix))} of ${culprit(port.declared)}`,
                    inFib: true,
                });
            }
        }
    }
    for (const { prefix, value } of claims.entries()) {
        items.push({ prefix, claim: value, port: value.arc.own, what: show(formatPrefix(prefix)), inFib: true });
    }
    return items.sort(
        (a, b) => comparePrefixes(a.prefix, b.prefix) || Number(a.claim !== undefined) - Number(b.claim !== undefined),
    );
}

/** An own subnet or LAN inside a prefix that the allowed IPs give to another interface. */
function straying(node: Node, item: Item, around: readonly Item[]): Failure | undefined {
    const outer = around.findLast(({ claim }) => claim !== undefined);
    if (outer?.claim === undefined || outer.port === item.port || outer.claim.place?.isInternet === true) {
        return undefined;
    }
    const goes = `${node.host.name} sends ${show(formatPrefix(outer.prefix))} through ${viaOf(outer.claim)}`;
    return claimFailure(
        outer.claim,
        `${goes}, but ${item.what} on the same host lies inside it and takes its packets; make the two disjoint`,
    );
}

/** The interface the kernel picks for a claimed prefix is the one whose Peer owns it. */
function disagreeing(node: Node, item: Item, claim: Claim, around: readonly Item[]): Failure | undefined {
    const goes = () => `host ${show(node.host.name)} sends ${show(formatPrefix(claim.prefix))} through ${viaOf(claim)}`;
    const same = around.findLast(
        (outer) => outer.claim === undefined && outer.port !== item.port && equals(outer.prefix, item.prefix),
    );
    if (same !== undefined) {
        item.inFib = false; // said here, so nothing else is said because of it
        const fix =
            same.port === undefined
                ? "use different prefixes at the two sites"
                : `give ${show(same.port.declared.name)} a /${item.prefix.family === 4 ? 32 : 128} address`;
        return claimFailure(
            claim,
            `${goes()}, but ${same.what} is the same prefix on the same host and takes its packets; ${fix}`,
        );
    }
    if (item.inFib) {
        return undefined;
    }
    const route = around.findLast((outer) => outer.inFib);
    if (route === undefined || route.port === item.port) {
        return undefined;
    }
    const skipped = `wg-quick adds no route for it, because the network of ${show(claim.arc.own.declared.name)} covers it`;
    return claimFailure(
        claim,
        `${goes()}, but ${skipped}, and the narrower ${route.what} takes its packets; give one of them another network`,
    );
}

/** Two LANs with common addresses, seen by one host. */
function overlappingLans(
    node: Node,
    claim: Claim,
    around: readonly Claim[],
): { readonly pair: string; readonly failure: Failure } | undefined {
    const lan = claim.place?.lan;
    if (lan === undefined) {
        return undefined;
    }
    const own = node.lans.find(({ prefix }) => contains(prefix, claim.prefix) || contains(claim.prefix, prefix))?.lan;
    const other = own ?? around.find(({ place }) => place?.lan !== undefined && place.lan !== lan)?.place?.lan;
    if (other === undefined || other === lan) {
        return undefined;
    }
    return { pair: [lanLabel(lan), lanLabel(other)].sort().join(), failure: lanFailure(node, claim, lan, other) };
}

export function lanFailure(node: Node, claim: Claim, ...lans: readonly [Lan, Lan]): Failure {
    const both = lans
        .map((lan) => lanLabel(lan) + declaredAt(lan))
        .sort()
        .join(" and ");
    const seen = `${both} overlap, and host ${show(node.host.name)} sees both, so it cannot tell their machines apart`;
    return claimFailure(claim, `${seen}; renumber one, or leave one of them out of its routes`);
}

/** `peer "ann" (wg0 to "ann-wg0") for route "clients"`: how failures name the way a packet takes. */
export function viaOf(claim: Claim): string {
    const { own, other, link } = claim.arc;
    const why = claim.flow === undefined ? "" : ` for route ${culprit(claim.flow.route)}`;
    return `peer ${culprit(link.peer)} (${own.declared.interfaceName} to ${show(other.declared.name)})${why}`;
}

/** A failure of the route, or of the Peer when no route is involved. */
export function claimFailure(claim: Claim, reason: string): Failure {
    if (claim.flow === undefined) {
        return fail(label(claim.arc.link.peer.name), claim.arc.link.peer, reason);
    }
    const { flow, place } = claim;
    const side = place !== undefined && flow.from.includes(place) ? "from" : "to";
    const index = place === undefined ? 0 : flow[side].indexOf(place);
    return fail(`${label(flow.route.name)}.${side}[${index}]`, flow.route, reason);
}
