import { contains, type Prefix } from "./cidr";
import { claimFailure } from "./claimFailure";
import { claimsOf } from "./claims";
import type { Failure } from "./failure";
import { NextHops } from "./nextHops";
import type { Ownership } from "./ownership";
import { type Flow, membersOf } from "./place";
import { endLabel } from "./rules/labels";
import { culprit } from "./rules/text";
import type { Arc, Node } from "./topology";

/**
 * A member of a network that the network's own packets reach could be sent packets with its own source address, and would pass them on
 * to others that take them for its own. IPv4 drops those as martians; for IPv6 only a firewall does.
 */
export function ownNetworkThroughDevice(owned: Ownership): Failure[] {
    const relays = new Map<Node, Flow>();
    for (const { flow, from, to, chain } of owned.legs.filter((leg) => leg.families.includes(6))) {
        const behind = [from, to].filter((place) => place.lan !== undefined || membersOf(place, 6).length > 0);
        const ends = chain.length > 0 || behind.length === 2 ? behind : [];
        for (const node of [...chain.slice(1).map((arc) => arc.own.node), ...ends.map((place) => place.node)]) {
            // With a single Peer there is nobody in the mesh to pass a forged packet on to.
            if (!node.host.managed && node.arcs.length > 1 && !relays.has(node)) {
                relays.set(node, flow);
            }
        }
    }
    const hops = new NextHops(owned);
    // Whoever sends the address itself to the device takes packets from it, and no one else does.
    const believes = (node: Node, address: Prefix, sender: Arc) =>
        node.arcs.some((arc) => arc !== sender && hops.claim(arc.other.node, address)?.arc === arc.back);
    return [...relays].flatMap(([node, passing]) => {
        const own = node.ports.flatMap((port) => port.hosts);
        return claimsOf(node, owned)
            .entries()
            .flatMap(({ prefix, value }) => {
                const { place, arc } = value;
                const isForged = (address: Prefix) => contains(prefix, address) && believes(node, address, arc);
                if (prefix.family === 4 || place?.end.kind !== "network" || !own.some(isForged)) {
                    return [];
                }
                const member = `${endLabel(place.end)} reaches device ${culprit(node.host)}, which is a member of it and passes packets on for route ${culprit(passing.route)}`;
                const fix = "give it a connection, or add a Peer around it";
                return [claimFailure(value, `${member}, but nothing there drops IPv6 packets forged with its address; ${fix}`)];
            });
    });
}
