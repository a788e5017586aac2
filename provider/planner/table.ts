import { comparePrefixes, contains, equals, formatPrefix, masked, overlaps, type Prefix } from "./cidr";
import { asMemberOf, claimFailure, lanFailure, viaOf } from "./claimFailure";
import { type Claim, directPrefixes } from "./claims";
import type { Failure } from "./failure";
import type { Lan } from "./graph";
import { append } from "./groupBy";
import { disjoint } from "./prefixes";
import type { PrefixMap } from "./prefixMap";
import { lanLabel } from "./rules/labels";
import { culprit, declaredAt, show } from "./rules/text";
import type { Override } from "./symmetry";
import type { Arc, Node, Port } from "./topology";

/** What one host sends where, in the fewest prefixes, and whether its kernel would agree. */
export interface Table {
    /** Sorted. */
    readonly kept: ReadonlyMap<Arc, readonly Prefix[]>;
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
    readonly lan?: Lan;
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
 *
 * @param tunnelTargets Addresses that tunnels of this host send to inside other tunnels.
 */
export function tableOf(node: Node, claims: PrefixMap<Claim>, tunnelTargets: readonly Prefix[] = []): Table {
    const kept = new Map<Arc, Prefix[]>();
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
        claims
            .entries()
            .filter(({ value }) => value.place?.isInternet !== true)
            .map(({ prefix }) => prefix),
    );
    const around: Item[] = [];
    // Claims that a wider one of the same Peer makes needless are not in the files, but what lies inside them still differs from them.
    const claimed: Claim[] = [];
    for (const item of itemsOf(node, claims)) {
        leave(around, item.prefix);
        isNested ||= around.some((outer) => outer.claim !== undefined && outer.port !== item.port);
        if (item.claim === undefined) {
            report(straying(node, item, around));
            around.push(item);
            continue;
        }
        const { claim } = item;
        leave(claimed, claim.prefix);
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
        const isConnected = around.some((outer) => outer.claim === undefined && outer.port === item.port);
        if (enclosing?.claim?.arc === claim.arc && !isKeptOut(claim, enclosing.claim, isConnected ? [] : tunnelTargets)) {
            continue;
        }
        item.inFib = claim.prefix.length === 0 || !isConnected;
        const disagreement = disagreeing(node, item, claim, around);
        // Where two LANs overlap, that is the mistake, and that one takes the other's packets follows from it.
        report(overlap === undefined ? disagreement : undefined);
        around.push(item);
        append(kept, claim.arc, claim.prefix);
    }
    return { kept, failures: [...failures.values()], overlaps, overrides, isNested, overlay };
}

/**
 * True when only a route of its own leads to some of a claim inside a full tunnel: what the tunnel leaves out, and where other tunnels of the
 * host send to, because their packets have the mark that goes past the full tunnel's table.
 */
function isKeptOut(claim: Claim, around: Claim, tunnelTargets: readonly Prefix[]): boolean {
    return (
        around.place?.isInternet === true &&
        (around.place.excluded.some((prefix) => overlaps(prefix, claim.prefix)) ||
            tunnelTargets.some((target) => contains(claim.prefix, target)))
    );
}

/** Takes everything from the stack that does not lie around the prefix. */
function leave(around: { readonly prefix: Prefix }[], prefix: Prefix): void {
    for (let last = around.at(-1); last !== undefined && !contains(last.prefix, prefix); last = around.at(-1)) {
        around.pop();
    }
}

/**
 * The table of a host with one interface, no LAN and nothing but Peers (see `hasOnlyPeers`): addresses have one owner in the mesh, so nothing
 * contains anything, and all of it leaves by the same interface. Two hundred hosts that all peer with each other are forty thousand entries.
 */
export function peersTable(node: Node): Table {
    const kept = new Map(node.arcs.map((arc) => [arc, sortedPrefixes(arc)]));
    const overlay = disjoint([...kept.values()].flat());
    return { kept, overlay, failures: [], overlaps: new Map(), overrides: [], isNested: false };
}

/** What such a host sends to one of its Peers. */
export function sortedPrefixes(arc: Arc): readonly Prefix[] {
    const prefixes = directPrefixes(arc);
    return prefixes.length < 2 ? prefixes : disjoint(prefixes);
}

/** Own subnets and LANs before claims of the same prefix: they are in the routing table first. */
function itemsOf(node: Node, claims: PrefixMap<Claim>): Item[] {
    const items: Item[] = node.lans.map(({ lan, prefix }) => ({ prefix, lan, inFib: true }));
    for (const port of node.ports) {
        for (const address of port.addresses) {
            // The kernel makes a connected route even for an IPv6 /128, but none for an IPv4 /32 (tried).
            if (address.family === 6 || address.length < 32) {
                items.push({ prefix: masked(address), port, inFib: true });
            }
        }
    }
    for (const { prefix, value } of claims.entries()) {
        items.push({ prefix, claim: value, port: value.arc.own, inFib: true });
    }
    return items.sort(
        (a, b) => comparePrefixes(a.prefix, b.prefix) || Number(a.claim !== undefined) - Number(b.claim !== undefined),
    );
}

/** How failures name an item. Only made when there is one: tables have thousands. */
function whatIs({ prefix, claim, port, lan }: Item): string {
    if (lan !== undefined) {
        return `LAN ${lanLabel(lan)}${declaredAt(lan)}`;
    }
    const text = show(formatPrefix(prefix));
    return claim !== undefined || port === undefined ? text : `network ${text} of ${culprit(port.declared)}`;
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
        `${goes}, but ${whatIs(item)} on the same host lies inside it and takes its packets; make the two disjoint`,
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
        const shared = asMemberOf(claim);
        const fix =
            same.port === undefined
                ? "use different prefixes at the two sites"
                : shared === undefined
                  ? `give ${show(same.port.declared.name)} a /${item.prefix.family === 4 ? 32 : 128} address`
                  : `route to single interfaces instead of ${shared}`;
        return claimFailure(
            claim,
            `${goes()}, but ${whatIs(same)} is the same prefix on the same host and takes its packets; ${fix}`,
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
        `${goes()}, but ${skipped}, and the narrower ${whatIs(route)} takes its packets; give one of them another network`,
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
