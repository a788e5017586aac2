import type { Firewall, FirewallInterface, FirewallRule, InternetRule } from "../planner/hostPlan";
import { parseAllow } from "../planner/rules/allow";

/**
 * The table of one mesh as a script for `nft -f`: one transaction that replaces the table, whether it is there or not. Written for
 * nft 1.0.6 (Debian 12) and later.
 *
 * The base chains accept by policy and pass on only what enters or leaves an interface of the mesh, so that the table decides nothing
 * about other traffic. All three hooks go to the one list of declared pairs.
 */
export function nftables(firewall: Firewall): string {
    const names = firewall.interfaces.map(({ interfaceName }) => interfaceName);
    const body = [
        ...firewall.interfaces.flatMap((one) => interfaceSets(one)),
        ...addressSets("overlay", firewall.overlay),
        ...antispoof(firewall),
        ...firewall.interfaces.map((one) => entry(one)),
        ...judgement(firewall, names),
        ...bypass(firewall, names),
        ...masquerading(firewall, names),
    ];
    return [
        `table inet ${firewall.table}`,
        `delete table inet ${firewall.table}`,
        `table inet ${firewall.table} {`,
        body.join("\n"),
        "}",
        "",
    ].join("\n");
}

function judgement(firewall: Firewall, names: readonly string[]): string[] {
    const ours = setOf(names.map(text));
    return [
        ...hook("forward", [
            ...firewall.clampMss.map(
                (name) => `oifname "${name}" tcp flags & (syn | rst) == syn tcp option maxseg size set rt mtu`,
            ),
            ...perFamily(
                firewall.lans,
                (family, set) => `oifname ${ours} ${family} daddr ${set} counter drop comment "no such machine on the LAN"`,
            ),
            `iifname ${ours} goto declared`,
            `oifname ${ours} goto declared`,
        ]),
        ...hook("input", [`iifname ${ours} goto declared`]),
        ...hook("output", [
            ...perFamily(firewall.ownSources, (family, set) => `${family} saddr != ${set} accept`),
            `oifname ${ours} goto declared`,
        ]),
        chain("declared", [
            "ct state established,related accept",
            'ct state invalid counter drop comment "no such connection"',
            ...firewall.interfaces.flatMap(peerRules),
            ...firewall.rules.flatMap(pairRule),
            ...firewall.internet.flatMap(internetRule),
            'counter drop comment "not declared"',
        ]),
    ];
}

function hook(name: "forward" | "input" | "output", rules: readonly string[]): string[] {
    // A little before other tables at "filter": a packet dropped here need not be logged as accepted there.
    return [chain(name, [`type filter hook ${name} priority filter - 5; policy accept;`, ...rules])];
}

function chain(name: string, lines: readonly string[]): string {
    return [`\tchain ${name} {`, ...lines.map((line) => `\t\t${line}`), "\t}"].join("\n");
}

/** A pair of sets per interface: members of a network come and go here, the rules stay. */
function interfaceSets(one: FirewallInterface): string[] {
    return [
        ...addressSets("sources", one.sources, `_${one.interfaceName}`),
        ...addressSets("peers", one.peers, `_${one.interfaceName}`),
    ];
}

/** Device names are legal nft identifiers as they are. */
function addressSets(name: string, prefixes: readonly string[], suffix = ""): string[] {
    return perFamily(prefixes, (family, _set, list) => {
        const type = family === "ip" ? "ipv4_addr" : "ipv6_addr";
        return [
            `\tset ${name}${version(family)}${suffix} {`,
            `\t\ttype ${type}`,
            "\t\tflags interval",
            `\t\telements = { ${list.join(", ")} }`,
            "\t}",
        ].join("\n");
    });
}

/**
 * A source enters by the interface it lives behind and by no other. WireGuard checks it per Peer; this adds the other direction, an
 * overlay source on a LAN or the uplink. Before conntrack (-200), so that forged packets leave no entry.
 */
function antispoof(firewall: Firewall): string[] {
    const doors = firewall.interfaces.map(({ interfaceName }) => `"${interfaceName}" : goto from_${interfaceName}`);
    return [
        chain("antispoof", [
            "type filter hook prerouting priority -295; policy accept;",
            `iifname vmap { ${doors.join(", ")}, "lo" : accept }`,
            ...perFamily(
                firewall.overlay,
                (family) => `${family} saddr @overlay${version(family)} counter drop comment "overlay source from outside"`,
            ),
        ]),
    ];
}

function entry(one: FirewallInterface): string {
    return chain(`from_${one.interfaceName}`, [
        ...perFamily(
            one.elsewhere,
            (family, set) => `${family} saddr ${set} counter drop comment "source that lives elsewhere on ${one.interfaceName}"`,
        ),
        ...perFamily(one.sources, (family) => `${family} saddr @sources${version(family)}_${one.interfaceName} accept`),
        `counter drop comment "forged source on ${one.interfaceName}"`,
    ]);
}

/** A Peer lets its two interfaces talk: own address and peer's address, either way. */
function peerRules(one: FirewallInterface): string[] {
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

function pairRule(rule: FirewallRule): string[] {
    const family = rule.family === 4 ? "ip" : "ip6";
    const pair = `${family} saddr ${setOf(rule.sources)} ${family} daddr ${setOf(rule.destinations)}`;
    return services(rule.allow, rule.family).map(
        (service) => `${pair}${service} counter accept comment "${comment(rule.route, rule.back)}"`,
    );
}

function internetRule(rule: InternetRule): string[] {
    const family = rule.family === 4 ? "ip" : "ip6";
    const pair = `${family} saddr ${setOf(rule.sources)}${rule.except.length === 0 ? "" : ` ${family} daddr != ${setOf(rule.except)}`}`;
    return services(rule.allow, rule.family).map(
        (service) => `${pair}${service} counter accept comment "${comment(rule.route, false)}"`,
    );
}

function masquerading(firewall: Firewall, names: readonly string[]): string[] {
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

/**
 * Answers to connections from outside leave the way those came, not through the full tunnel: else a push that brings one in would cut
 * off its own SSH session. Packets with the tunnel's mark go by the main table (wg-quick's rule `not fwmark`), so such packets get it.
 *
 * The connection mark has the same value, because wg-quick's own chains copy marks between packets and connections of UDP
 * (wireguard.md 1.2): with another one they would undo this after the first answer. Marks of others, of packets and of connections, stay.
 *
 * In prerouting before destination NAT, so that ports published from containers are "to this host" too, and the packets of such a
 * connection get their mark there. What is only passed on, as from a LAN into the tunnel, is never marked.
 *
 * A connection older than this table has no mark yet, and its next packet may well be ours. With an address of the mesh or a LAN it goes
 * where routes say; with another one it would be dropped at the far end of the tunnel, so it is an answer if conntrack says so. Conntrack
 * itself may be as young as this table; then the first packet it sees is not a SYN, and a server's port lies below the ephemeral ones.
 */
function bypass(firewall: Firewall, names: readonly string[]): string[] {
    const { bypassMark } = firewall;
    if (bypassMark === undefined) {
        return [];
    }
    const mark = `0x${bypassMark.toString(16)}`;
    const pin = `ct mark set ${mark} meta mark set ${mark}`;
    return [
        chain("bypass_in", [
            "type filter hook prerouting priority mangle; policy accept;",
            `iifname != ${setOf([...names, "lo"].map(text))} ct direction original fib daddr type local ct mark 0 ct mark set ${mark}`,
            `ct mark ${mark} meta mark 0 meta mark set ${mark}`,
        ]),
        chain("bypass_out", [
            "type route hook output priority mangle; policy accept;",
            'oifname "lo" accept',
            "meta mark != 0 accept",
            `ct mark ${mark} meta mark set ${mark} accept`,
            "ct mark != 0 accept",
            ...perFamily(firewall.ownSources, (family, set) => `${family} saddr ${set} accept`),
            `ct direction reply ${pin} accept`,
            `ct state new tcp flags & (syn | rst) != syn tcp sport 1-32767 ${pin}`,
        ]),
    ];
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

function perFamily<T>(prefixes: readonly string[], make: (family: "ip" | "ip6", set: string, list: readonly string[]) => T): T[] {
    return (["ip", "ip6"] as const).flatMap((family) => {
        const list = prefixes.filter((prefix) => familyOf(prefix) === family);
        return list.length === 0 ? [] : [make(family, setOf(list), list)];
    });
}

function familyOf(address: string): "ip" | "ip6" {
    return address.includes(":") ? "ip6" : "ip";
}

function version(family: "ip" | "ip6"): "4" | "6" {
    return family === "ip" ? "4" : "6";
}

/** One value as it is, several in braces. */
function setOf(items: readonly string[]): string {
    return items.length === 1 ? (items[0] ?? "") : `{ ${items.join(", ")} }`;
}

function text(name: string): string {
    return `"${name}"`;
}

/** The route's name as a comment: nft allows 128 bytes and no quotes. */
function comment(route: string, back: boolean): string {
    return `${route.replace(/[^\x20-\x7e]|["\\]/g, "_").slice(0, 110)}${back ? " (back)" : ""}`;
}
