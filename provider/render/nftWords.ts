/** A chain with its lines. */
export function chain(name: string, lines: readonly string[]): string {
    return [`\tchain ${name} {`, ...lines.map((line) => `\t\t${line}`), "\t}"].join("\n");
}

/** What `make` says about the prefixes of each family there are any of. */
export function perFamily<T>(
    prefixes: readonly string[],
    make: (family: "ip" | "ip6", set: string, list: readonly string[]) => T,
): T[] {
    return (["ip", "ip6"] as const).flatMap((family) => {
        const list = prefixes.filter((prefix) => familyOf(prefix) === family);
        return list.length === 0 ? [] : [make(family, setOf(list), list)];
    });
}

/** The word for the family of an address in a rule. */
export function familyOf(address: string): "ip" | "ip6" {
    return address.includes(":") ? "ip6" : "ip";
}

/** The word for a family in the names of sets. */
export function version(family: "ip" | "ip6"): "4" | "6" {
    return family === "ip" ? "4" : "6";
}

/** One value as it is, several in braces. */
export function setOf(items: readonly string[]): string {
    return items.length === 1 ? (items[0] ?? "") : `{ ${items.join(", ")} }`;
}

/** A device's name as nft(8) reads it. */
export function text(name: string): string {
    return `"${name}"`;
}
