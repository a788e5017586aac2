import { conversation } from "./conversation";
import { requestPacket } from "./flow";
import { contains, parsePrefix } from "./ip";
import { internetAddresses, wanDevice } from "./underlay";
import type { Violation } from "./violation";
import { walk } from "./walk";
import type { World } from "./world";

/** A split tunnel: what a route to the internet excludes leaves by the uplink of the hosts that the route begins at. */
export function checkExcluded(world: World): Violation[] {
    const violations: Violation[] = [];
    for (const route of world.graph.routes ?? []) {
        if (!route.to.some((end) => end.kind === "internet")) continue;
        const excluded = (route.exclude ?? []).map(parsePrefix);
        const addresses = internetAddresses.filter((address) => excluded.some((prefix) => contains(prefix, address)));
        const names = route.from.flatMap((end) => (end.kind === "interface" ? [end.interface] : []));
        for (const host of new Set(world.graph.interfaces.filter(({ name }) => names.includes(name)).map((each) => each.host))) {
            for (const destination of addresses) {
                const source = world.underlay.wan.get(host)?.find(({ family }) => family === destination.family);
                if (source === undefined) continue;
                const packet = requestPacket(source, destination, { protocol: "tcp", port: 443 });
                const result = walk(world, conversation(), { host, input: undefined, packet });
                if (result.ok && result.hops[0]?.output === wanDevice) continue;
                const way = result.ok ? `leaves by ${result.hops[0]?.output}` : result.reason;
                violations.push({
                    kind: "split tunnel",
                    text: `${host} -> "${destination.text}", which "${route.name}" excludes: ${way}`,
                });
            }
        }
    }
    return violations;
}
