import { contains, formatPrefix, hostOf, type Prefix } from "./cidr";
import { claimFailure, viaOf } from "./claimFailure";
import type { Claim } from "./claims";
import type { Failure } from "./failure";
import { NextHops } from "./nextHops";
import type { Ownership } from "./ownership";
import type { Flow } from "./place";
import { families, subtract } from "./prefixes";
import { PrefixMap } from "./prefixMap";
import { endLabel } from "./rules/labels";
import { listing, show } from "./rules/text";
import type { Node, Topology } from "./topology";

/**
 * Packets for an address that nobody has must end somewhere (wireguard.md I13). They follow the longest prefix to the host whose network
 * it is, and end there, as no Peer of it has the address; unless that host claims something around its own network, as two hosts do
 * that name one network as theirs. So only such hosts are looked at, and whether their packets come back is walked, not judged by names:
 * routes from one network to the LANs of several of its members all name it, and nobody sends it anywhere.
 */
export function circles(topology: Topology, flows: readonly Flow[], owned: Ownership): Failure[] {
    const hops = new NextHops(owned);
    const failures = new Map<string, Failure>();
    for (const { node, prefix } of networks(flows)) {
        if (sent(hops, node, prefix) === undefined) {
            continue;
        }
        const [free] = subtract([prefix], inside(prefix, topology, flows));
        const circle = free === undefined ? undefined : circleOf(hops, node, hostOf(free));
        const [first] = circle ?? [];
        if (circle !== undefined && first !== undefined) {
            const failure = circling(first, circle);
            failures.set(failure.property + failure.reason, failure);
        }
    }
    return [...failures.values()];
}

interface Sent {
    readonly node: Node;
    readonly claim: Claim;
}

/** The networks that routes name, with the hosts they belong to. */
function networks(flows: readonly Flow[]): { readonly node: Node; readonly prefix: Prefix }[] {
    const found = new Map<Node, PrefixMap<Prefix>>();
    for (const place of flows.flatMap(({ from, to }) => [...from, ...to])) {
        for (const prefix of place.end.kind === "network" ? families.flatMap((family) => place.prefixes[family]) : []) {
            const known = found.get(place.node) ?? new PrefixMap();
            found.set(place.node, known);
            known.set(prefix, prefix);
        }
    }
    return [...found].flatMap(([node, known]) => known.entries().map(({ prefix }) => ({ node, prefix })));
}

/** Everything declared that lies inside a prefix, and may go another way than the rest of it. */
function inside(prefix: Prefix, { ports, nodes }: Topology, flows: readonly Flow[]): Prefix[] {
    return [
        ...[...ports.values()].flatMap((port) => port.hosts),
        ...nodes.flatMap(({ lans }) => lans.map((lan) => lan.prefix)),
        ...flows.flatMap(({ from, to }) => [...from, ...to].flatMap((place) => place.prefixes[prefix.family])),
    ].filter((other) => other.length > prefix.length && contains(prefix, other));
}

/** What a host sends on to a Peer; not what its full tunnel gets, as the exit lets nothing of the mesh's own pass. */
function sent(hops: NextHops, node: Node, address: Prefix): Claim | undefined {
    const claim = hops.claim(node, address);
    return claim?.place?.isInternet === true ? undefined : claim;
}

/** The hosts that pass an address on in a circle, the first by name first; undefined when it ends somewhere. */
function circleOf(hops: NextHops, start: Node, address: Prefix): readonly Sent[] | undefined {
    const passed: Sent[] = [];
    for (let node = start; ; ) {
        const again = passed.findIndex((one) => one.node === node);
        if (again >= 0) {
            const circle = passed.slice(again);
            const first = circle.indexOf(circle.reduce((a, b) => (b.node.index < a.node.index ? b : a)));
            return [...circle.slice(first), ...circle.slice(0, first)];
        }
        const claim = sent(hops, node, address);
        if (claim === undefined) {
            return undefined;
        }
        passed.push({ node, claim });
        node = claim.arc.other.node;
    }
}

function circling({ claim }: Sent, circle: readonly Sent[]): Failure {
    const ends = [...new Set(circle.flatMap((one) => (one.claim.place === undefined ? [] : [endLabel(one.claim.place.end)])))];
    const ways = circle.map(
        (one) => `host ${show(one.node.host.name)} sends ${show(formatPrefix(one.claim.prefix))} through ${viaOf(one.claim)}`,
    );
    const reason = `${listing(ends)} overlap, and packets for an address in them that nobody has would circle: ${listing(ways)}`;
    return claimFailure(claim, `${reason}; name one of them in all routes, or make them disjoint`);
}
