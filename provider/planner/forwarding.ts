import type { Family } from "./cidr";
import type { Leg } from "./ownership";
import { membersOf, type Place } from "./place";
import type { Node } from "./topology";

/** Families in which hosts pass packets on: between the ends of a path, and at its ends when the traffic is not the host's own. */
export function forwardingOf(legs: readonly Leg[]): Map<Node, Set<Family>> {
    const found = new Map<Node, Set<Family>>();
    const add = (node: Node, family: Family) => {
        const set = found.get(node);
        if (set === undefined) {
            found.set(node, new Set([family]));
        } else {
            set.add(family);
        }
    };
    for (const { from, to, chain, families: used } of legs) {
        for (const family of used) {
            for (const arc of chain.slice(1)) {
                add(arc.own.node, family);
            }
            const [behindFrom, behindTo] = [isBehind(from, family), isBehind(to, family)];
            if (behindFrom && (chain.length > 0 || behindTo)) {
                add(from.node, family);
            }
            if (behindTo && (chain.length > 0 || behindFrom)) {
                add(to.node, family);
            }
        }
    }
    return found;
}

/** True when packets for the place go on behind its owner. */
function isBehind(place: Place, family: Family): boolean {
    return place.end.kind === "lan" || place.isInternet || membersOf(place, family).length > 0;
}
