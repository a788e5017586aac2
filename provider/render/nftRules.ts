import type { Firewall, FirewallInterface, FirewallRule, InternetRule } from "../planner/hostPlan";
import { rewriting } from "./nftRewrites";
import { comment, services } from "./nftServices";
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

/** What gets another source: what leaves the mesh for somebody who knows no way back, and what the host sends with none of its declared ones. */
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
    const all = [...rewriting(firewall), ...rules];
    return all.length === 0 ? [] : [chain("nat_post", ["type nat hook postrouting priority srcnat; policy accept;", ...all])];
}
