import { type Failure, quote } from "../failure";
import type { Declared } from "../graph";

/** What looks like a WireGuard key (44 characters of base64) or a PEM file. It may have been put into the wrong field. */
const secret = /^[A-Za-z0-9+/]{43}=$|PRIVATE KEY/;

/**
 * A rejected value as a failure shows it: texts in quotes and shortened, lists and objects by kind only, and never anything that looks
 * like a key, because a failure ends up in a terminal and in CI logs.
 */
export function show(value: unknown): string {
    switch (typeof value) {
        case "string":
            if (secret.test(value)) {
                return "what looks like a key (not shown)";
            }
            return quote(value);
        case "number":
        case "boolean":
            return String(value);
        case "object":
            return value === null ? "null" : Array.isArray(value) ? `a list of ${value.length}` : "an object";
        default:
            return "nothing";
    }
}

/** ` (index.ts:12)` when it is known where something was declared, else nothing. Every failure text gets it from here. */
export function declaredAt(declared: Declared): string {
    return declared.declaredAt === undefined ? "" : ` (${declared.declaredAt.replace(/\s+/g, " ").slice(0, 200)})`;
}

/** A declaration mentioned as the other culprit: `"hub-wg0" (index.ts:9)`. */
export function culprit(declared: Declared & { readonly name: string }): string {
    return show(declared.name) + declaredAt(declared);
}

/** One rejected property of one declaration. */
export function fail(property: string, declared: Declared, reason: string): Failure {
    return { property, reason: reason + declaredAt(declared) };
}

/** `a`, `a and b`, `a, b and c`; no more than five, then `and 7 more`. */
export function listing(items: readonly string[]): string {
    const shown = items.length > 5 ? [...items.slice(0, 4), `${items.length - 4} more`] : items;
    return shown.length < 2 ? shown.join("") : `${shown.slice(0, -1).join(", ")} and ${shown.at(-1)}`;
}
