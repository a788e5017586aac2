import { type Family, type Prefix, parsePrefix } from "./ip";

/** The few commands a PostUp line may hold. */
export type Hook =
    | { readonly kind: "throw"; readonly prefix: Prefix; readonly table: number }
    | { readonly kind: "unless mark"; readonly family: Family; readonly mark: number; readonly table: number }
    | { readonly kind: "suppress default"; readonly family: Family };

/** Reads one PostUp line; any other command throws, since the walk could not know what it does. */
export function parseHook(text: string): Hook {
    const thrown = /^ip -[46] route (?:add|replace) throw (\S+) table (\d+)$/.exec(text);
    if (thrown?.[1] !== undefined) return { kind: "throw", prefix: parsePrefix(thrown[1]), table: Number(thrown[2]) };
    const marked = /^ip -([46]) rule add not fwmark (\S+) table (\d+)$/.exec(text);
    if (marked !== null)
        return { kind: "unless mark", family: familyOf(marked[1]), mark: Number(marked[2]), table: Number(marked[3]) };
    const suppressed = /^ip -([46]) rule add table main suppress_prefixlength 0$/.exec(text);
    if (suppressed !== null) return { kind: "suppress default", family: familyOf(suppressed[1]) };
    throw new Error(`hook "${text}" is not modelled`);
}

function familyOf(text: string | undefined): Family {
    return text === "4" ? 4 : 6;
}
