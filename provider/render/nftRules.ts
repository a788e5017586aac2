import type { Firewall, FirewallInterface, FirewallRule, InternetRule } from "../planner/hostPlan";
import { parseAllow } from "../planner/rules/allow";
import { chain, familyOf, perFamily, setOf, text, version } from "./nftWords";

/** A Peer lets its two interfaces talk: own address and peer's address, either way. */
export function peerRules(one: FirewallInterface): string[] {
    const own = perFamily(one.addresses, (family, set) => ({ family, set }));
    return own.flatMap(({ family, set }) => {
        const peers = `@peers${version(family)}_${one.interfaceName}`;
        return one.peers.some((peer) => familyOf(peer) === family)
            ? [
                  `${family} saddr ${peers} ${family} daddr ${set} counter accept comment "peers of ${one.interfaceName}"`,
                  `${family} saddr ${set} ${family} daddr ${peers} counter accept comment "peers of ${one.interfaceName} (back)"`,
              ]
            : [];
    });
}

/** One direction of a route, one counted rule per protocol. */
export function pairRule(rule: FirewallRule): string[] {
    const family = rule.family === 4 ? "ip" : "ip6";
    const pair = `${family} saddr ${setOf(rule.sources)} ${family} daddr ${setOf(rule.destinations)}`;
    return services(rule.allow, rule.family).map(
        (service) => `${pair}${service} counter accept comment "${comment(rule.route, rule.back)}"`,
    );
}

/** Sources that may go anywhere but to the mesh. */
export function internetRule(rule: InternetRule): string[] {
    const family = rule.family === 4 ? "ip" : "ip6";
    const pair = `${family} saddr ${setOf(rule.sources)}${rule.except.length === 0 ? "" : ` ${family} daddr != ${setOf(rule.except)}`}`;
    return services(rule.allow, rule.family).map(
        (service) => `${pair}${service} counter accept comment "${comment(rule.route, false)}"`,
    );
}

/** What leaves the mesh for somebody who knows no way back. */
export function masquerading(firewall: Firewall, names: readonly string[]): string[] {
    const outside = `oifname != ${setOf(names.map(text))}`;
    const rules = [
        ...firewall.masquerade.map((rule) => {
            const family = rule.family === 4 ? "ip" : "ip6";
            const pair = `${family} saddr ${setOf(rule.sources)} ${family} daddr ${setOf(rule.destinations)}`;
            return `${outside} ${pair} counter masquerade comment "${comment(rule.route, false)}"`;
        }),
        ...firewall.internet
            .filter((rule) => rule.masquerade)
            .map((rule) => {
                const family = rule.family === 4 ? "ip" : "ip6";
                const except = rule.except.length === 0 ? "" : ` ${family} daddr != ${setOf(rule.except)}`;
                return `${outside} ${family} saddr ${setOf(rule.sources)}${except} counter masquerade comment "${comment(rule.route, false)}"`;
            }),
    ];
    return rules.length === 0 ? [] : [chain("nat_post", ["type nat hook postrouting priority srcnat; policy accept;", ...rules])];
}

/** What `allow` adds to a rule: one rule per protocol, and a single rule without a condition when everything is allowed. */
function services(allow: readonly string[], family: 4 | 6): string[] {
    if (allow.length === 0) {
        return [""];
    }
    const read = allow.map((item) => parseAllow(item)).filter((item) => typeof item !== "string");
    return (["tcp", "udp", "icmp"] as const).flatMap((protocol) => {
        const items = read.filter((item) => item.protocol === protocol);
        if (items.length === 0) {
            return [];
        }
        const ranges = items.flatMap((item) => (item.ports === undefined ? [] : [item.ports]));
        if (ranges.length < items.length) {
            return [` meta l4proto ${protocol === "icmp" && family === 6 ? "icmpv6" : protocol}`];
        }
        return [` ${protocol} dport ${setOf(mergedRanges(ranges))}`];
    });
}

/** nft refuses overlapping intervals in an anonymous set. */
function mergedRanges(ranges: readonly (readonly [first: number, last: number])[]): string[] {
    const merged: [number, number][] = [];
    for (const [first, last] of [...ranges].sort((a, b) => a[0] - b[0])) {
        const before = merged.at(-1);
        if (before !== undefined && first <= before[1] + 1) {
            before[1] = Math.max(before[1], last);
        } else {
            merged.push([first, last]);
        }
    }
    return merged.map(([first, last]) => (first === last ? `${first}` : `${first}-${last}`));
}

/** The route's name as a comment: nft allows 128 bytes and no quotes. */
function comment(route: string, back: boolean): string {
    return `${route.replace(/[^\x20-\x7e]|["\\]/g, "_").slice(0, 110)}${back ? " (back)" : ""}`;
}
