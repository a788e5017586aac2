import { formatPrefix } from "./cidr";
import { compare } from "./compare";
import type { RoutePlan } from "./hostPlan";
import type { Leg } from "./ownership";
import type { Flow, Place } from "./place";
import { disjoint, families, ofFamily, subtract } from "./prefixes";
import type { Port } from "./topology";

/** A Route as a preview shows it. */
export function routePlan(flow: Flow, legs: readonly Leg[]): RoutePlan {
    // A family that only one of the ends has is not part of the route.
    const used = families.filter((family) => legs.some((leg) => leg.families.includes(family)));
    const texts = (places: readonly Place[]) =>
        disjoint(
            places.flatMap((place) =>
                used.flatMap((family) => subtract(place.prefixes[family], ofFamily(place.excluded, family))),
            ),
        ).map(formatPrefix);
    return {
        name: flow.route.name,
        from: texts(flow.from),
        to: texts(flow.to),
        path: [...new Set(legs.map(pathText))].filter((line) => line !== "").sort(compare),
        initiate: flow.route.initiate ?? "both",
        allow: [...new Set(flow.route.allow ?? [])].sort(compare),
    };
}

/** `hub: wg0 -> wg2, hub-b: wg0 -> wg1`: the hosts that pass a packet on, with where it comes in and goes out. */
function pathText({ from, to, chain }: Leg): string {
    const nodes = [from.node, ...chain.map((arc) => arc.other.node)];
    const name = (port: Port | undefined) => port?.declared.interfaceName;
    return nodes
        .flatMap((node, i) => {
            const entry = i === 0 ? doorOf(from) : name(chain[i - 1]?.other);
            const exit = i === nodes.length - 1 ? doorOf(to) : name(chain[i]?.own);
            return entry === undefined || exit === undefined ? [] : [`${node.host.name}: ${entry} -> ${exit}`];
        })
        .join(", ");
}

/** Where packets of a place come into its owner; undefined when they are the owner's own. */
function doorOf(place: Place): string | undefined {
    switch (place.end.kind) {
        case "interface":
            return undefined;
        case "network":
            return place.port?.declared.interfaceName;
        case "lan":
            return place.end.prefix;
        case "internet":
            return "internet";
        default: {
            const never: never = place.end;
            throw new Error(`unknown route end ${JSON.stringify(never)}`);
        }
    }
}
