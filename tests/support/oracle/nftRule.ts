import { markOf, readSelectors, type Scalar, type ScalarType, type Selector, testFor } from "./nftMatch";
import { type Element, type NamedSets, type Rule, readElements, readVerdict, type Statement } from "./nftSet";
import type { TokenReader } from "./nftTokens";
import type { Seen } from "./packet";

/** Reads one rule up to the end of its line. */
export function readRule(reader: TokenReader, chain: string, sets: NamedSets): Rule {
    const start = reader.position;
    const statements: Statement[] = [];
    while (!reader.atStatementEnd()) {
        const statement = readStatement(reader, sets);
        if (statement !== undefined) statements.push(statement);
    }
    return { chain, text: reader.textSince(start), statements };
}

function readStatement(reader: TokenReader, sets: NamedSets): Statement | undefined {
    if (reader.take("counter")) {
        if (reader.take("name")) reader.next();
        else if (reader.take("packets")) {
            reader.next();
            reader.expect("bytes");
            reader.next();
        }
        return undefined;
    }
    if (reader.take("comment")) {
        reader.next();
        return undefined;
    }
    if (["ct", "meta"].includes(reader.peek()) && reader.peek(1) === "mark" && reader.peek(2) === "set") return readMark(reader);
    if (reader.peek() === "tcp" && reader.peek(1) === "flags") return readFlags(reader);
    if (reader.peek() === "tcp" && reader.peek(1) === "option") {
        reader.expect("tcp", "option", "maxseg", "size", "set");
        if (reader.take("rt")) reader.expect("mtu");
        else if (!/^\d+$/.test(reader.next())) throw new Error("nft: bad maxseg size");
        // MSS never decides where a packet goes.
        return undefined;
    }
    const selector = readSelectors(reader);
    if (selector !== undefined) return readComparison(reader, selector, sets);
    const verdict = readVerdict(reader);
    return () => verdict;
}

/** `ct mark set N` or `meta mark set N`. */
function readMark(reader: TokenReader): Statement {
    const of = reader.next() === "ct" ? "connection" : "packet";
    reader.expect("mark", "set");
    const mark = markOf(reader.next());
    return ({ marks }) => {
        if (marks === undefined) throw new Error("nft: a mark is set in a hook that is not modelled");
        marks[of] = mark;
        return "next";
    };
}

/** Only the spellings of "a SYN packet" and "no SYN packet"; another use of flags throws. */
function readFlags(reader: TokenReader): Statement {
    reader.expect("tcp", "flags");
    let wanted = true;
    if (reader.take("&")) {
        reader.expect("(", "syn", "|", "rst", ")");
        wanted = reader.peek() === "==";
        reader.expect(wanted ? "==" : "!=", "syn");
    } else {
        reader.expect("syn");
        if (reader.take("/")) reader.expect("syn", ",", "rst");
    }
    return ({ packet }) => (packet.protocol === "tcp" && (packet.leg !== "more") === wanted ? "next" : "break");
}

function readComparison(reader: TokenReader, selectors: readonly Selector[], sets: NamedSets): Statement {
    const types = selectors.map((selector) => selector.type);
    if (reader.take("vmap")) {
        const lookup = finder(reader.peek() === "{" ? readElements(reader, types, true) : namedSet(reader, sets), selectors);
        return (seen) => lookup(seen)?.verdict ?? "break";
    }
    const negated = reader.take("!=");
    if (!negated) reader.take("==");
    const lookup = finder(readRightSide(reader, types, sets), selectors);
    return (seen) => {
        // A field the packet does not have matches neither "x" nor "!= x": nft adds an implicit protocol match before it.
        if (selectors.some((selector) => selector.read(seen) === undefined)) return "break";
        return (lookup(seen) !== undefined) !== negated ? "next" : "break";
    };
}

function readRightSide(reader: TokenReader, types: readonly ScalarType[], sets: NamedSets): readonly Element[] {
    if (reader.peek() === "{") return readElements(reader, types, false);
    if (reader.peek().startsWith("@")) return namedSet(reader, sets);
    const elements: Element[] = [];
    // `ct state established,related` is a list without braces; concatenations have one value per selector.
    do
        elements.push({
            tests: types.map((type, index) => {
                if (index > 0) reader.expect(".");
                return testFor(type, reader.next());
            }),
            verdict: undefined,
        });
    while (types[0] === "ct_state" && reader.take(","));
    return elements;
}

function namedSet(reader: TokenReader, sets: NamedSets): readonly Element[] {
    const name = reader.next().slice(1);
    const elements = sets.get(name);
    if (elements === undefined) throw new Error(`nft: unknown set "${name}"`);
    return elements;
}

function finder(elements: readonly Element[], selectors: readonly Selector[]): (seen: Seen) => Element | undefined {
    const [only] = selectors;
    if (selectors.length === 1 && only !== undefined) {
        return (seen) => {
            const value = only.read(seen);
            return value === undefined ? undefined : elements.find((element) => element.tests[0]?.(value) === true);
        };
    }
    return (seen) => {
        const values: (Scalar | undefined)[] = selectors.map((selector) => selector.read(seen));
        return elements.find((element) =>
            element.tests.every((test, index) => {
                const value = values[index];
                return value !== undefined && test(value);
            }),
        );
    };
}
