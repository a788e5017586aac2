import type { Firewall, RewriteRule } from "../planner/hostPlan";
import { comment, services } from "./nftServices";
import { setOf } from "./nftWords";

/** Output: what a rewritten source may open is no more than what the route declares for the new one. */
export function rewritten({ rewrites }: Firewall): string[] {
    return rewrites
        .filter(({ to }) => to !== undefined)
        .flatMap((rule) => matches(rule).map((match) => `${match} ct state new counter accept comment "${commentOf(rule)}"`));
}

/**
 * Postrouting. Forwarded packets with such a source come here too, but none does: the forward hook knows no route for it and does not
 * accept what the output hook accepts.
 */
export function rewriting({ rewrites }: Firewall): string[] {
    return rewrites.flatMap((rule) => {
        const verdict = rule.to === undefined ? "accept" : `counter snat ${familyWord(rule)} to ${rule.to}`;
        return matches(rule).map((match) => `${match} ${verdict} comment "${commentOf(rule)}"`);
    });
}

function familyWord({ family }: RewriteRule): "ip" | "ip6" {
    return family === 4 ? "ip" : "ip6";
}

function matches(rule: RewriteRule): string[] {
    const { output, family, sources, destinations, except, allow } = rule;
    const word = familyWord(rule);
    const isAll = destinations.some((prefix) => prefix.endsWith("/0"));
    const pair = [
        `oifname "${output}" ${sources.length === 0 ? "fib saddr type local" : `${word} saddr ${setOf(sources)}`}`,
        ...(isAll ? [] : [`${word} daddr ${setOf(destinations)}`]),
        ...(except.length === 0 ? [] : [`${word} daddr != ${setOf(except)}`]),
    ].join(" ");
    return services(allow, family).map((service) => `${pair}${service}`);
}

function commentOf({ route, back, to }: RewriteRule): string {
    return comment(route, back, to !== undefined);
}
