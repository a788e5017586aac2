import { formatPrefix } from "./cidr";
import type { Claim } from "./claims";
import type { Failure } from "./failure";
import type { Lan } from "./graph";
import type { Dispute } from "./ownership";
import { networkOf } from "./place";
import { endLabel, label, lanLabel } from "./rules/labels";
import { culprit, declaredAt, fail, show } from "./rules/text";
import type { Node } from "./topology";

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
    const shared = asMemberOf(claim);
    const fix =
        direct === undefined
            ? "set cost on the Peers so that both go one way, or route to single interfaces instead of a network"
            : shared === undefined
              ? `the ends of a Peer always use it, so lower the cost of ${show(direct.arc.link.peer.name)} or raise that of the other way`
              : `the ends of a Peer always use it, so route to single interfaces instead of ${shared}`;
    return claimFailure(claim, `${reason}; ${fix}`);
}

/** The network that a host sends to like all its members, as routes name it; undefined when the claim is the host's own. */
export function asMemberOf({ arc, flow }: Claim): string | undefined {
    const network = [...(flow?.from ?? []), ...(flow?.to ?? [])].find((place) => networkOf(place) === arc.other);
    return network === undefined || arc.joins.length === 0 ? undefined : endLabel(network.end);
}

/** Two LANs with common addresses on one host. */
export function lanFailure(node: Node, claim: Claim, ...lans: readonly [Lan, Lan]): Failure {
    const both = lans
        .map((lan) => lanLabel(lan) + declaredAt(lan))
        .sort()
        .join(" and ");
    const seen = `${both} overlap, and host ${show(node.host.name)} sees both, so it cannot tell their machines apart`;
    const isOwn = lans.some((lan) => lan.host === node.host.name);
    return claimFailure(claim, `${seen}; renumber one, or leave ${isOwn ? "that host" : "one of them"} out of its routes`);
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
