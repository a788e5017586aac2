import { contains, type Prefix } from "./cidr";
import type { PlanIndex, PlannedHost } from "./planIndex";
import type { Spot } from "./spots";

/** True when nobody in the mesh can have the address: it is in none of its networks and LANs. */
export function isOutside({ networks }: PlanIndex, address: Prefix): boolean {
    return !networks.some((prefix) => contains(prefix, address));
}

/**
 * An address outside of the mesh, as packets of a host reach it: behind the exit that its routes lead to. Without an exit it is behind
 * no host of the mesh, so that the walk ends at the uplink where the packet leaves, and says so.
 */
export function outsideSpot(index: PlanIndex, from: string, address: Prefix): Spot {
    const exit = lastHost(index, from, address);
    const isExit = exit !== undefined && exit !== from;
    return { name: isExit ? `the internet behind ${exit}` : "the internet", address, host: isExit ? exit : "", kind: "internet" };
}

/** Where packets leave the mesh by an uplink; undefined when they never do. */
function lastHost(index: PlanIndex, from: string, address: Prefix): string | undefined {
    const seen = new Set<PlannedHost>();
    let host = index.hosts.get(from);
    while (host !== undefined && !seen.has(host)) {
        seen.add(host);
        const way = host.way(address);
        if (way.kind !== "interface") {
            return host.plan.name;
        }
        const remote = host.peer(way.on, address)?.section.remoteHost;
        host = remote === undefined ? undefined : index.hosts.get(remote);
    }
    return undefined;
}
