import { type Address, parseAddress } from "./ip";
import { checkIntervals, type ScalarType, type Test, testFor } from "./nftMatch";
import type { TokenReader } from "./nftTokens";
import type { Seen } from "./packet";

export type Hook = "prerouting" | "input" | "forward" | "output" | "postrouting";

export type Verdict =
    | { readonly kind: "accept" | "drop" | "reject" | "return" | "masquerade" | "continue" }
    | { readonly kind: "snat"; readonly to: Address }
    | { readonly kind: "jump" | "goto"; readonly chain: string };

/** What one statement says: go on with the rule, leave the rule, or a verdict. */
export type Step = "next" | "break" | Verdict;
export type Statement = (seen: Seen) => Step;

export interface Rule {
    readonly chain: string;
    readonly text: string;
    readonly statements: readonly Statement[];
}

/** One element of a set, or of a map when it has a verdict. */
export interface Element {
    /** One per selector of a concatenation. */
    readonly tests: readonly Test[];
    readonly verdict: Verdict | undefined;
}

export type NamedSets = ReadonlyMap<string, readonly Element[]>;

/** Reads the body of `set NAME {` or `map NAME {`. */
export function readNamedSet(reader: TokenReader, name: string, isMap: boolean): readonly Element[] {
    const types: ScalarType[] = [];
    let elements: readonly Element[] = [];
    const flags = { interval: false, merge: false };
    const literals: string[] = [];
    for (reader.skipNewlines(); !reader.take("}"); reader.skipNewlines()) {
        const key = reader.next();
        if (key === "type") {
            do types.push(setType(reader.next()));
            while (reader.take("."));
            if (isMap) reader.expect(":", "verdict");
        } else if (key === "flags") {
            do {
                const flag = reader.next();
                if (flag === "interval") flags.interval = true;
                else if (flag !== "constant") throw new Error(`nft: unknown set flag "${flag}"`);
            } while (reader.take(","));
        } else if (key === "auto-merge") flags.merge = true;
        else if (key === "comment") reader.next();
        else if (key === "elements") {
            reader.expect("=");
            elements = readElements(reader, types, isMap, literals);
        } else throw new Error(`nft: unknown word "${key}" in set "${name}"`);
    }
    if (types.length === 1) checkIntervals(name, literals, flags);
    return elements;
}

function setType(name: string): ScalarType {
    const types: Readonly<Record<string, ScalarType>> = {
        ifname: "ifname",
        ipv4_addr: "ipv4_addr",
        ipv6_addr: "ipv6_addr",
        inet_proto: "inet_proto",
        inet_service: "inet_service",
    };
    const type = types[name];
    if (type === undefined) throw new Error(`nft: unknown set type "${name}"`);
    return type;
}

/** Reads `{ a, b }`, or `{ a : verdict, b : verdict }` for a map. */
export function readElements(
    reader: TokenReader,
    types: readonly ScalarType[],
    isMap: boolean,
    literals: string[] = [],
): Element[] {
    const elements: Element[] = [];
    reader.expect("{");
    for (skipLines(reader); !reader.take("}"); skipLines(reader)) {
        const tests = types.map((type, index) => {
            if (index > 0) reader.expect(".");
            const literal = reader.next();
            literals.push(literal);
            return testFor(type, literal);
        });
        if (reader.take("comment")) reader.next();
        if (isMap) reader.expect(":");
        elements.push({ tests, verdict: isMap ? readVerdict(reader) : undefined });
        skipLines(reader);
        if (!reader.take(",") && reader.peek() !== "}") throw new Error(`nft: expected "," or "}", got "${reader.around()}"`);
    }
    return elements;
}

function skipLines(reader: TokenReader): void {
    while (reader.take("\n")) {
        // elements may be spread over lines
    }
}

/** Reads a verdict or one of the statements that end a rule; anything else throws. */
export function readVerdict(reader: TokenReader): Verdict {
    const word = reader.next();
    switch (word) {
        case "accept":
        case "drop":
        case "return":
        case "continue":
            return { kind: word };
        case "jump":
        case "goto":
            return { kind: word, chain: reader.next() };
        case "masquerade":
            while (["random", "fully-random", "persistent", ","].includes(reader.peek())) reader.next();
            return { kind: word };
        case "snat": {
            // A table of family inet has to say which family the new address is of.
            const family = reader.next();
            reader.expect("to");
            const to = parseAddress(reader.next());
            if (family !== (to.family === 4 ? "ip" : "ip6")) throw new Error(`nft: snat ${family} to "${to.text}"`);
            return { kind: word, to };
        }
        case "reject":
            if (reader.take("with")) {
                reader.next();
                reader.take("type");
                reader.next();
            }
            return { kind: word };
        default:
            throw new Error(`nft: unknown statement "${word} ${reader.around()}"`);
    }
}
