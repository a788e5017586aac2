import { readRule } from "./nftRule";
import { type Element, type Hook, type Rule, readNamedSet } from "./nftSet";
import { TokenReader, tokenize } from "./nftTokens";

export interface Chain {
    readonly name: string;
    readonly base:
        | {
              readonly type: "filter" | "nat" | "route";
              readonly hook: Hook;
              readonly priority: number;
              readonly policy: "accept" | "drop";
          }
        | undefined;
    readonly rules: readonly Rule[];
}

/** The state of the one table after the script ran. */
export interface Table {
    readonly name: string;
    readonly chains: ReadonlyMap<string, Chain>;
}

interface MutableTable {
    readonly name: string;
    readonly sets: Map<string, readonly Element[]>;
    readonly chains: Map<string, Chain>;
}

/** Values of nft 1.0.6 for the inet family (man nft, "Standard priority names"). */
const priorities: Readonly<Record<string, number>> = {
    raw: -300,
    mangle: -150,
    dstnat: -100,
    filter: 0,
    security: 50,
    srcnat: 100,
};

/** Runs a script that declares exactly one `table inet`; whatever this parser does not know throws. */
export function parseNft(text: string): Table {
    const reader = new TokenReader(tokenize(text));
    let table: MutableTable | undefined;
    for (reader.skipNewlines(); !reader.done; reader.skipNewlines()) {
        const command = reader.take("delete") || reader.take("destroy") ? "delete" : "add";
        if (command === "add") reader.take("add");
        reader.expect("table", "inet");
        const name = reader.next();
        if (table !== undefined && table.name !== name) throw new Error(`nft: second table "${name}"`);
        if (command === "delete") {
            if (table === undefined) throw new Error(`nft: table "${name}" is deleted before it exists`);
            table = undefined;
            continue;
        }
        table ??= { name, sets: new Map(), chains: new Map() };
        if (reader.take("{")) readTable(reader, table);
    }
    if (table === undefined) throw new Error("nft: no table");
    return table;
}

function readTable(reader: TokenReader, table: MutableTable): void {
    for (reader.skipNewlines(); !reader.take("}"); reader.skipNewlines()) {
        const kind = reader.next();
        const name = reader.next();
        reader.expect("{");
        if (kind === "set" || kind === "map") table.sets.set(name, readNamedSet(reader, name, kind === "map"));
        else if (kind === "chain") table.chains.set(name, readChain(reader, name, table));
        else if (kind === "counter") for (reader.skipNewlines(); !reader.take("}"); reader.skipNewlines()) reader.next();
        else throw new Error(`nft: unknown object "${kind} ${name}"`);
    }
}

function readChain(reader: TokenReader, name: string, table: MutableTable): Chain {
    let base: Chain["base"];
    const rules: Rule[] = [];
    for (reader.skipNewlines(); !reader.take("}"); reader.skipNewlines()) {
        if (reader.take("type")) base = readBase(reader);
        else if (base !== undefined && reader.take("policy")) base = { ...base, policy: readPolicy(reader) };
        else if (reader.take("comment")) reader.next();
        else rules.push(readRule(reader, name, table.sets));
    }
    return { name, base, rules };
}

function readBase(reader: TokenReader): NonNullable<Chain["base"]> {
    const type = reader.next();
    reader.expect("hook");
    const hook = reader.next();
    reader.expect("priority");
    const word = reader.next();
    let priority = priorities[word] ?? Number(word);
    if (reader.take("-")) priority -= Number(reader.next());
    else if (/^-\d+$/.test(reader.peek())) priority += Number(reader.next());
    else if (reader.take("+")) priority += Number(reader.next());
    if (type !== "filter" && type !== "nat" && !(type === "route" && hook === "output"))
        throw new Error(`nft: unknown chain type "${type}"`);
    if (!isHook(hook) || Number.isNaN(priority)) throw new Error(`nft: bad hook "${hook} priority ${word}"`);
    // A base chain without a policy accepts (man nft).
    return { type, hook, priority, policy: "accept" };
}

function isHook(text: string): text is Hook {
    return ["prerouting", "input", "forward", "output", "postrouting"].includes(text);
}

function readPolicy(reader: TokenReader): "accept" | "drop" {
    const policy = reader.next();
    if (policy !== "accept" && policy !== "drop") throw new Error(`nft: unknown policy "${policy}"`);
    return policy;
}
