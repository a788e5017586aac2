/** One token of an nft script. `text` of a string token is without its quotes. */
export interface Token {
    readonly kind: "word" | "string" | "symbol" | "newline";
    readonly text: string;
}

// Words hold addresses (with ":" and "/"), ranges, negative priorities and names; a ":" or "." standing alone is a symbol.
const pattern =
    /(?<comment>#[^\n]*)|(?<space>(?:[ \t\r]|\\\n)+)|(?<newline>\n)|"(?<string>[^"\n]*)"|(?<word>-?[A-Za-z0-9_][A-Za-z0-9_.:/*-]*|::[0-9A-Fa-f:./-]*|@[A-Za-z0-9_.-]+)|(?<symbol>!=|==|[{}(),;=:.&|<>!/*-])/gy;

export function tokenize(text: string): Token[] {
    const tokens: Token[] = [];
    pattern.lastIndex = 0;
    for (let at = 0; at < text.length; at = pattern.lastIndex) {
        const groups = pattern.exec(text)?.groups;
        if (groups === undefined) throw new Error(`nft: unexpected text at "${text.slice(at, at + 30)}"`);
        const { newline, string, word, symbol } = groups;
        if (newline !== undefined) tokens.push({ kind: "newline", text: "\n" });
        else if (string !== undefined) tokens.push({ kind: "string", text: string });
        else if (word !== undefined) tokens.push({ kind: "word", text: word });
        else if (symbol !== undefined) tokens.push({ kind: "symbol", text: symbol });
    }
    return tokens;
}

/** Reads tokens one after the other; every unexpected one throws, so that nothing is skipped in silence. */
export class TokenReader {
    private at = 0;
    constructor(private readonly tokens: readonly Token[]) {}

    get position(): number {
        return this.at;
    }

    peek(offset = 0): string {
        return this.tokens[this.at + offset]?.text ?? "";
    }

    get done(): boolean {
        return this.at >= this.tokens.length;
    }

    next(): string {
        const token = this.tokens[this.at++];
        if (token === undefined) throw new Error("nft: unexpected end of text");
        return token.text;
    }

    /** Takes the next token when it is `text`. */
    take(text: string): boolean {
        if (this.tokens[this.at]?.kind === "string" || this.peek() !== text || this.done) return false;
        this.at++;
        return true;
    }

    expect(...texts: readonly string[]): void {
        for (const text of texts) if (!this.take(text)) throw new Error(`nft: expected "${text}", got "${this.around()}"`);
    }

    skipNewlines(): void {
        while (this.take("\n") || this.take(";")) {
            // blank lines and empty statements carry no meaning
        }
    }

    atStatementEnd(): boolean {
        return this.done || this.peek() === "\n" || this.peek() === ";" || this.peek() === "}";
    }

    around(): string {
        return this.tokens
            .slice(this.at, this.at + 6)
            .map((token) => token.text)
            .join(" ");
    }

    /** Text of the tokens from `start` to here, for messages. */
    textSince(start: number): string {
        return this.tokens
            .slice(start, this.at)
            .map((token) => (token.kind === "string" ? `"${token.text}"` : token.text))
            .join(" ");
    }
}
