import type { Family } from "./cidr";
import { isOf, membersOf, type Place } from "./place";
import { type Arc, hasFamily, type Node, type Port } from "./topology";

/**
 * Where a member of a network joins the chain that leads on from there: at the last host of it that it peers with itself, because that host
 * answers it directly. Undefined: at the network's own interface, like everybody else.
 *
 * A device that would know the member by another interface than the one the network comes in by is no such host: nothing on it keeps the
 * network's owner from forging the member's address.
 */
export function entryOf(
    member: Port,
    chain: readonly Arc[],
    family: Family,
): { readonly arc: Arc; readonly place: number } | undefined {
    // Few members peer with anybody else, and there may be ten thousands.
    if (member.arcs.length < 2) {
        return undefined;
    }
    for (let place = chain.length - 1; place >= 0; place--) {
        const door = chain[place]?.other;
        const arc = member.arcs.find(({ other }) => other.node === door?.node && hasFamily(other, family));
        if (arc !== undefined) {
            return arc.other === door || arc.other.node.host.managed ? { arc, place } : undefined;
        }
    }
    return undefined;
}

/** Members whose address the route cuts out of the network. */
export function excludedMembers(network: Place, family: Family): Node[] {
    return membersOf(network, family)
        .filter(({ other }) => !isOf(other, network, family))
        .map((arc) => arc.other.node);
}

/** True for a member that peers with every other member itself, as in a full mesh: the way through its network's interface carries nothing. */
export function peersWithAll(member: Arc, members: readonly Arc[]): boolean {
    const direct = new Set(member.other.arcs.map((arc) => arc.other));
    return members.length > 1 && members.every((other) => other === member || direct.has(other.other));
}
