import { contains } from "./cidr";
import type { Failure } from "./failure";
import type { Leg } from "./ownership";
import { membersOf, type Place } from "./place";
import { routeFailure } from "./routeFailure";
import { endLabel } from "./rules/labels";
import { culprit, listing } from "./rules/text";
import type { Node, Port } from "./topology";

/** Who a place stands for. Without a port: the machines of a LAN. */
interface Resident {
    readonly node: Node;
    readonly port?: Port;
}

/**
 * Narrowing is enforced by firewalls, and only managed hosts have one: of every two residents that a narrowed route lets talk, one of them
 * or a host between them is managed. Two that peer with each other talk freely anyway.
 */
export function unenforced({ flow, from, to, chain, families }: Leg): Failure[] {
    const nodes = [from.node, ...chain.map((arc) => arc.other.node)];
    if (!flow.isNarrowed || nodes.some(({ host }) => host.managed)) {
        return [];
    }
    const devices = [from, to].map((place) => families.flatMap((family) => unmanaged(place, family)));
    const [senders = [], receivers = []] = devices;
    for (const sender of senders) {
        const peers = new Set(sender.port?.arcs.map(({ other }) => other));
        const receiver = receivers.find(({ node, port }) => node !== sender.node && (port === undefined || !peers.has(port)));
        if (receiver !== undefined) {
            const names = [...new Set([sender.node, ...nodes, receiver.node])].map(({ host }) => culprit(host));
            const reason = `nobody can enforce initiate or allow between ${endLabel(from.end)} and ${endLabel(to.end)}, because ${listing(names)} are devices`;
            return [routeFailure(flow, "to", to, `${reason}; give one of them a connection, or leave initiate and allow out`)];
        }
    }
    return [];
}

function unmanaged(place: Place, family: Leg["families"][number]): Resident[] {
    const { node, port, prefixes } = place;
    const isIn = (one: Port) => one.hosts.some((address) => prefixes[family].some((prefix) => contains(prefix, address)));
    const members = membersOf(place, family)
        .map(({ other }) => other)
        .filter(isIn);
    const own: readonly Resident[] = port === undefined || isIn(port) ? [{ node, ...(port === undefined ? {} : { port }) }] : [];
    return [...own, ...members.map((member) => ({ node: member.node, port: member }))].filter(
        (resident) => !resident.node.host.managed,
    );
}
