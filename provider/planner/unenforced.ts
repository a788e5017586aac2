import type { Family } from "./cidr";
import type { Failure } from "./failure";
import { groupBy } from "./groupBy";
import { entryOf } from "./members";
import type { Leg } from "./ownership";
import { isOf, membersOf, type Place } from "./place";
import { routeFailure } from "./routeFailure";
import { endLabel } from "./rules/labels";
import { culprit, listing } from "./rules/text";
import { type Arc, type Node, type Port, turned } from "./topology";

/** Who a place stands for. */
interface Resident {
    readonly node: Node;
    /** Unset: the machines of a LAN. */
    readonly port?: Port;
    /** The host of the path it sends to or is, counted from the place's own. */
    readonly joins: number;
}

/**
 * Narrowing is enforced by firewalls, and only managed hosts have one: of every two residents that a narrowed route lets talk, one of them
 * or a host between them is managed. Two that peer with each other talk freely anyway.
 */
export function unenforced({ flow, from, to, chain, families }: Leg): Failure[] {
    if (!flow.isNarrowed) {
        return [];
    }
    const nodes = [from.node, ...chain.map((arc) => arc.other.node)];
    // By where they join, of which there are few: a hub that is managed settles it for ten thousands of members at once.
    const byEntry = (residents: readonly Resident[]) => groupBy(residents, ({ joins }) => joins);
    const receivers = byEntry(devicesOf(to, turned(chain), families));
    for (const [first, these] of byEntry(devicesOf(from, chain, families))) {
        for (const [last, those] of receivers) {
            const between = nodes.slice(first, nodes.length - last);
            const pair = between.some(({ host }) => host.managed) ? undefined : strangers(these, those);
            if (pair !== undefined) {
                const names = [...new Set([pair[0].node, ...between, pair[1].node])].map(({ host }) => culprit(host));
                const reason = `nobody can enforce initiate or allow between ${endLabel(from.end)} and ${endLabel(to.end)}, because ${listing(names)} are devices`;
                const fix = "give one of them a connection, or leave initiate and allow out";
                return [routeFailure(flow, "to", to, `${reason}; ${fix}`)];
            }
        }
    }
    return [];
}

/** The first two that do not peer with each other. */
function strangers(these: readonly Resident[], those: readonly Resident[]): readonly [Resident, Resident] | undefined {
    for (const one of these) {
        const peers = new Set(one.port?.arcs.map(({ other }) => other));
        const other = those.find(({ node, port }) => node !== one.node && (port === undefined || !peers.has(port)));
        if (other !== undefined) {
            return [one, other];
        }
    }
    return undefined;
}

function devicesOf(place: Place, chain: readonly Arc[], families: readonly Family[]): Resident[] {
    const { node, port } = place;
    const onPath = [node, ...chain.map((arc) => arc.other.node)];
    return families
        .flatMap((family) => {
            const isIn = (one: Port) => isOf(one, place, family);
            const members = membersOf(place, family).map(({ other }) => other);
            const own: Resident[] = port === undefined ? [{ node, joins: 0 }] : isIn(port) ? [{ node, port, joins: 0 }] : [];
            return [
                ...own,
                ...members.filter(isIn).map((member) => ({ node: member.node, port: member, joins: joining(member, family) })),
            ];
        })
        .filter((resident) => !resident.node.host.managed);

    function joining(member: Port, family: Family): number {
        const at = onPath.indexOf(member.node);
        return at < 0 ? (entryOf(member, chain, family)?.place ?? -1) + 1 : at;
    }
}
