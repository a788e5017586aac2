import type { Address } from "./ip";
import type { Hook } from "./nftSet";
import { type Chain, parseNft, type Table } from "./nftTable";
import { chainsOf, judge } from "./nftVerdict";
import type { Seen } from "./packet";

/** The nftables of one host, its base chains sorted by when they run. */
export interface Firewall {
    readonly table: Table;
    /** Prerouting chains before conntrack (priority -200) and after it. */
    readonly early: readonly Chain[];
    readonly hooks: Readonly<Record<Hook, readonly Chain[]>>;
    readonly nat: readonly Chain[];
    /** Chains of type route in the output hook: a packet whose mark they change is routed once more. */
    readonly reroute: readonly Chain[];
}

const firewalls = new Map<string, Firewall>();

/** Parses a script; the last ones are kept, since worlds of one graph differ in one file only. */
export function firewallOf(text: string): Firewall {
    let firewall = firewalls.get(text);
    if (firewall === undefined) {
        if (firewalls.size > 200) firewalls.clear();
        const table = parseNft(text);
        const prerouting = chainsOf(table, "filter", "prerouting");
        const late = (chain: Chain) => (chain.base?.priority ?? 0) > -200;
        if (chainsOf(table, "nat", "prerouting").length + chainsOf(table, "nat", "output").length > 0)
            throw new Error("nft: DNAT is not modelled");
        firewall = {
            table,
            early: prerouting.filter((chain) => !late(chain)),
            hooks: {
                prerouting: prerouting.filter(late),
                input: chainsOf(table, "filter", "input"),
                forward: chainsOf(table, "filter", "forward"),
                output: chainsOf(table, "filter", "output"),
                postrouting: chainsOf(table, "filter", "postrouting"),
            },
            nat: chainsOf(table, "nat", "postrouting"),
            reroute: chainsOf(table, "route", "output"),
        };
        firewalls.set(text, firewall);
    }
    return firewall;
}

/** Why a hook drops the packet; undefined when it lets it pass. */
export function filter(
    firewall: Firewall | undefined,
    hook: "early" | "prerouting" | "input" | "forward" | "reroute" | "output" | "postrouting",
    look: () => Seen,
): string | undefined {
    if (firewall === undefined) return undefined;
    const chains = hook === "early" || hook === "reroute" ? firewall[hook] : firewall.hooks[hook];
    if (chains.length === 0) return undefined;
    const decision = judge(firewall.table, chains, look());
    return decision.accepted ? undefined : decision.rule;
}

/** What the nat hook, which is asked for the first packet of a connection only, makes of its source. Undefined: nothing. */
export function natOf(firewall: Firewall, seen: Seen): Address | "masquerade" | undefined {
    return judge(firewall.table, firewall.nat, seen).nat;
}
