import { contains, type Family, hostOf } from "./cidr";
import { membersOf, type Place } from "./place";
import type { Arc, Node, Port } from "./topology";

/**
 * Where a member of a network joins the chain that leads on from there: at the last host of it that it peers with itself, because that host
 * answers it directly. Undefined: at the network's own interface, like everybody else.
 */
export function entryOf(member: Port, chain: readonly Arc[]): { readonly arc: Arc; readonly place: number } | undefined {
    // Few members peer with anybody else, and there may be ten thousands.
    if (member.arcs.length < 2) {
        return undefined;
    }
    for (let place = chain.length - 1; place >= 0; place--) {
        const arc = member.arcs.find(({ other }) => other.node === chain[place]?.other.node);
        if (arc !== undefined) {
            return { arc, place };
        }
    }
    return undefined;
}

/** Members whose address the route cuts out of the network. */
export function excludedMembers(network: Place, family: Family): Node[] {
    return membersOf(network, family)
        .filter(
            ({ other }) =>
                !other.addresses.some((address) => network.prefixes[family].some((prefix) => contains(prefix, hostOf(address)))),
        )
        .map((arc) => arc.other.node);
}

/** True for a member that peers with every other member itself, as in a full mesh: the way through its network's interface carries nothing. */
export function peersWithAll(member: Arc, members: readonly Arc[]): boolean {
    const direct = new Set(member.other.arcs.map((arc) => arc.other));
    return members.length > 1 && members.every((other) => other === member || direct.has(other.other));
}
