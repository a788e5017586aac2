import { contains, type Family, overlaps, type Prefix } from "./cidr";
import type { FirewallRule, InternetRule, RewriteRule } from "./hostPlan";
import { everything } from "./prefixes";
import { sound } from "./topology";

/** What the table of a host lets own addresses of that host open. */
export interface OwnFlow {
    readonly rule: Pick<RewriteRule, "route" | "back" | "allow">;
    /** Own addresses among its sources, in the order of interfaces and declarations. */
    readonly own: readonly Prefix[];
    readonly destinations: readonly Prefix[];
    /** What is left out of those. */
    readonly except: readonly Prefix[];
}

/** In the order of the rules, so by the name of the route. */
export function ownFlowsOf(
    own: readonly Prefix[],
    family: Family,
    rules: readonly FirewallRule[],
    internet: readonly InternetRule[],
): OwnFlow[] {
    const ownIn = (sources: readonly string[]) => {
        const prefixes = sources.map(sound);
        return own.filter((address) => prefixes.some((prefix) => contains(prefix, address)));
    };
    return [
        ...rules
            .filter((rule) => rule.family === family)
            .map((rule) => ({ rule, own: ownIn(rule.sources), destinations: rule.destinations.map(sound), except: [] })),
        // What the exit itself sends to the internet leaves by no tunnel.
        ...internet
            .filter((rule) => rule.family === family && !rule.masquerade)
            .map((rule) => ({
                rule: { ...rule, back: false },
                own: ownIn(rule.sources),
                destinations: [everything(family)],
                except: rule.except.map(sound),
            })),
    ].filter((flow) => flow.own.length > 0);
}

/** True when some of the prefix is among the destinations. */
export function touches({ destinations, except }: OwnFlow, prefix: Prefix): boolean {
    return destinations.some((one) => overlaps(one, prefix)) && !except.some((hole) => contains(hole, prefix));
}

/** True when the first says yes to everything that the second does, as far as their texts tell. */
export function isWider(a: OwnFlow, b: OwnFlow): boolean {
    const allows =
        a.rule.allow.length === 0 || (b.rule.allow.length > 0 && b.rule.allow.every((item) => a.rule.allow.includes(item)));
    return (
        allows &&
        b.destinations.every((inner) => a.destinations.some((outer) => contains(outer, inner))) &&
        a.except.every(
            (hole) => b.except.some((outer) => contains(outer, hole)) || !b.destinations.some((inner) => overlaps(inner, hole)),
        )
    );
}
