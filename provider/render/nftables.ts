import type { Firewall, FirewallInterface } from "../planner/hostPlan";
import { bypass } from "./nftBypass";
import { rewritten } from "./nftRewrites";
import { internetRule, masquerading, pairRule, peerRules } from "./nftRules";
import { addressSets, interfaceSets } from "./nftSets";
import { chain, perFamily, setOf, text, version } from "./nftWords";

/**
 * The table of one mesh as a script for `nft -f`: one transaction that replaces the table, whether it is there or not. Written for
 * nft 1.0.6 (Debian 12) and later.
 *
 * The base chains accept by policy and pass on only what enters or leaves an interface of the mesh, so that the table decides nothing
 * about other traffic. All three hooks go to the one list of declared pairs.
 *
 * @example nftables(firewall) // "table inet wireguard_office\ndelete table inet wireguard_office\n…", of a host whose plan has a firewall
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
            ...rewritten(firewall),
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
