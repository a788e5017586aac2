import { compare } from "./compare";
import type { Failure } from "./failure";
import type { Flow, Place } from "./place";
import { Reach } from "./reach";
import { routeFailure } from "./routeFailure";
import { endLabel } from "./rules/labels";
import { culprit, show } from "./rules/text";
import type { Node, Topology } from "./topology";

/** Names the break that a new Peer would mend: between the best connected host on this side and the one on that side. */
export function noPath(topology: Topology, flow: Flow, from: Place, to: Place): Failure {
    const [here, there] = [nearest(topology, from.node), nearest(topology, to.node)];
    const ends = `no path from ${endLabel(from.end)} to ${endLabel(to.end)}`;
    if (new Reach(topology).chain(from.node, to.node) !== undefined) {
        const inside = `the Peers between host ${culprit(from.node.host)} and host ${culprit(to.node.host)} travel inside one of the two themselves`;
        return routeFailure(flow, "to", to, `${ends}: ${inside}; declare a Peer that does not`);
    }
    const gap = `no Peer connects ${reachText(from.node, here)} to ${reachText(to.node, there)}`;
    const suggestion = `the nearest hosts are ${culprit(here.host)} and ${culprit(there.host)}, a Peer between their interfaces would connect them`;
    return routeFailure(flow, "to", to, `${ends}: ${gap}; ${suggestion}`);
}

function reachText(node: Node, best: Node): string {
    return node === best ? `host ${show(node.host.name)}` : `host ${show(node.host.name)} or what it reaches`;
}

/** Of all hosts that `start` reaches: one with an endpoint before one without, then the one with most Peers, then by name. */
function nearest(topology: Topology, start: Node): Node {
    const seen = new Set([start]);
    for (const node of seen) {
        for (const arc of node.arcs) {
            seen.add(arc.other.node);
        }
    }
    const isOpen = (node: Node) => Number(node.ports.some((port) => port.reachable));
    const [best] = topology.nodes
        .filter((node) => seen.has(node))
        .sort((a, b) => isOpen(b) - isOpen(a) || b.arcs.length - a.arcs.length || compare(a.host.name, b.host.name));
    return best ?? start;
}
