import { conversation } from "./conversation";
import { requestPacket } from "./flow";
import { contains, parseAddress, parseAddressWithLength, parsePrefix, prefixOf } from "./ip";
import { wanDevice } from "./underlay";
import type { Counts, Violation } from "./violation";
import { walk } from "./walk";
import type { World } from "./world";

/** Machines at the site of an exit that are none of the internet: a cloud's credentials (169.254.169.254), its private networks. */
const neighbours = ["169.254.169.254", "10.255.255.253", "172.31.255.253", "192.168.255.253", "fd99::9"].map(parseAddress);

/** Who may go to the internet through another host gets nowhere else by that host's uplink. */
export function checkSite(world: World, counts: Counts): Violation[] {
    if (!(world.graph.routes ?? []).some((route) => route.to.some((end) => end.kind === "internet"))) return [];
    const named = [
        ...(world.graph.lans ?? []).map((lan) => parsePrefix(lan.prefix)),
        ...world.graph.interfaces
            .flatMap((each) => each.addresses ?? [])
            .map(parseAddressWithLength)
            .map(({ address, length }) => prefixOf(address, length)),
    ];
    const violations: Violation[] = [];
    for (const from of world.ends) {
        if (from.kind === "internet") continue;
        for (const to of neighbours) {
            if (to.family !== from.address.family || named.some((prefix) => contains(prefix, to))) continue;
            counts.attacks++;
            const packet = requestPacket(from.address, to, { protocol: "tcp", port: 80 });
            const { hops } = walk(world, conversation(), { host: from.host, input: undefined, packet });
            const last = hops.at(-1);
            if (hops.length > 1 && last?.output === wanDevice) {
                violations.push({
                    kind: "leak",
                    text: `${from.address.text} -> ${to.text} leaves by the uplink of ${last.host}`,
                });
            }
        }
    }
    return violations;
}
