import { type Family, formatPrefix, type Prefix } from "./cidr";
import { compare } from "./compare";
import type { FlowPart } from "./flowsByHost";
import type { FirewallRule } from "./hostPlan";
import type { Flow, Place } from "./place";
import { disjoint, families } from "./prefixes";

interface MadeRules {
    readonly rules: readonly FirewallRule[];
    readonly sources: Readonly<Record<Family, readonly Prefix[]>>;
}

/** What the hosts of one plan have in common: the rules of a whole flow are made once. */
export class FirewallRules {
    private readonly made = new Map<Flow, MadeRules>();

    of({ flow, from, to }: FlowPart): MadeRules {
        if (from.size < flow.from.length || to.size < flow.to.length) {
            return makeRules(flow, [...from], [...to]);
        }
        const made = this.made.get(flow) ?? makeRules(flow, flow.from, flow.to);
        this.made.set(flow, made);
        return made;
    }
}

/** Every address of `from` may talk to every address of `to`, so two sets say it all, however many ends there are. */
function makeRules(flow: Flow, from: readonly Place[], to: readonly Place[]): MadeRules {
    const sources = allPrefixes(from);
    const targets = allPrefixes(to.filter((place) => !place.isInternet));
    return { rules: families.flatMap((family) => pairRules(flow, family, sources[family], targets[family])), sources };
}

function allPrefixes(places: readonly Place[]): Record<Family, readonly Prefix[]> {
    const all = (family: Family) => disjoint(places.flatMap((place) => place.prefixes[family]));
    return { 4: all(4), 6: all(6) };
}

function pairRules(flow: Flow, family: Family, from: readonly Prefix[], to: readonly Prefix[]): FirewallRule[] {
    if (from.length === 0 || to.length === 0) {
        return [];
    }
    const shared = { route: flow.route.name, family, allow: [...new Set(flow.route.allow ?? [])].sort(compare) };
    const [sources, destinations] = [from.map(formatPrefix), to.map(formatPrefix)];
    const forth: FirewallRule = { ...shared, back: false, sources, destinations };
    const isSame = sources.length === destinations.length && sources.every((text, i) => text === destinations[i]);
    return flow.route.initiate === "from" || isSame
        ? [forth]
        : [forth, { ...shared, back: true, sources: destinations, destinations: sources }];
}
