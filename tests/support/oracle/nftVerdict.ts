import type { Address } from "./ip";
import type { Hook, Rule, Verdict } from "./nftSet";
import type { Chain, Table } from "./nftTable";
import type { Seen } from "./packet";

/** What one hook of a table does with a packet. */
export interface Decision {
    readonly accepted: boolean;
    /** What becomes of the source: it is this address, or one of the outgoing device. Unset: it stays. */
    readonly nat: Address | "masquerade" | undefined;
    /** The deciding rule, for messages. Unset: the end of the chain was reached. */
    readonly rule: string | undefined;
}

const passed: Decision = { accepted: true, nat: undefined, rule: undefined };

/** The base chains of one hook in the order the kernel runs them, within a priority range. */
export function chainsOf(table: Table, type: "filter" | "nat" | "route", hook: Hook): Chain[] {
    return [...table.chains.values()]
        .filter((chain) => chain.base?.hook === hook && chain.base.type === type)
        .sort((a, b) => (a.base?.priority ?? 0) - (b.base?.priority ?? 0));
}

/** An accept ends only its own base chain; a drop in any of them is final (man nft, "verdict statement"). */
export function judge(table: Table, chains: readonly Chain[], seen: Seen): Decision {
    let nat: Decision["nat"];
    for (const chain of chains) {
        const end = run(table, chain, seen, 0);
        const kind = end?.verdict.kind ?? chain.base?.policy ?? "accept";
        if (kind === "drop" || kind === "reject")
            return {
                accepted: false,
                nat,
                rule: end === undefined ? `${chain.name}: policy drop` : `${end.rule.chain}: ${end.rule.text}`,
            };
        // The first chain that translates a source has done so for the whole connection (nf_nat_inet_fn).
        if (kind === "masquerade") nat ??= "masquerade";
        if (end?.verdict.kind === "snat") nat ??= end.verdict.to;
    }
    return nat === undefined ? passed : { accepted: true, nat, rule: undefined };
}

interface End {
    readonly verdict: Verdict;
    readonly rule: Rule;
}

function run(table: Table, chain: Chain, seen: Seen, depth: number): End | undefined {
    // The kernel's own limit of nested jumps is 16 (NFT_JUMP_STACK_SIZE).
    if (depth > 16) throw new Error(`nft: jumps nest deeper than 16 at chain "${chain.name}"`);
    for (const rule of chain.rules) {
        const verdict = apply(rule, seen);
        if (verdict === undefined || verdict.kind === "continue") continue;
        if (verdict.kind === "return") return undefined;
        if (verdict.kind !== "jump" && verdict.kind !== "goto") return { verdict, rule };
        const target = table.chains.get(verdict.chain);
        if (target === undefined) throw new Error(`nft: unknown chain "${verdict.chain}"`);
        const end = run(table, target, seen, depth + 1);
        if (end !== undefined || verdict.kind === "goto") return end;
    }
    return undefined;
}

function apply(rule: Rule, seen: Seen): Verdict | undefined {
    for (const statement of rule.statements) {
        const step = statement(seen);
        if (step === "break") return undefined;
        if (step !== "next") return step;
    }
    return undefined;
}
