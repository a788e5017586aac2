import { comparePrefixes, contains, type Family, masked, overlaps, type Prefix } from "./cidr";

/** Sorted, without duplicates and without prefixes that another one contains. The same addresses, as few prefixes as declared ones allow. */
export function disjoint(prefixes: readonly Prefix[]): readonly Prefix[] {
    if (prefixes.length < 2) {
        return prefixes;
    }
    const kept: Prefix[] = [];
    for (const prefix of [...prefixes].sort(comparePrefixes)) {
        const last = kept.at(-1);
        if (last === undefined || !contains(last, prefix)) {
            kept.push(prefix);
        }
    }
    return kept;
}

/**
 * `from` without what is in `cut`, in the fewest prefixes.
 *
 *     0.0.0.0/0 without 10.0.0.0/8:   0.0.0.0/5  8.0.0.0/7  [10.0.0.0/8]  11.0.0.0/8  12.0.0.0/6  16.0.0.0/4  ...
 */
export function subtract(from: readonly Prefix[], cut: readonly Prefix[]): Prefix[] {
    return from
        .flatMap((prefix) =>
            without(
                prefix,
                cut.filter((other) => overlaps(prefix, other)),
            ),
        )
        .sort(comparePrefixes);
}

function without(prefix: Prefix, cut: readonly Prefix[]): Prefix[] {
    if (cut.length === 0) {
        return [prefix];
    }
    if (cut.some((other) => contains(other, prefix))) {
        return [];
    }
    return halves(prefix).flatMap((half) =>
        without(
            half,
            cut.filter((other) => overlaps(half, other)),
        ),
    );
}

function halves(prefix: Prefix): [Prefix, Prefix] {
    const length = prefix.length + 1;
    const low = masked(prefix, length);
    return prefix.family === 4
        ? [low, { family: 4, bits: prefix.bits + 2 ** (32 - length), length }]
        : [low, { family: 6, bits: prefix.bits + (1n << BigInt(128 - length)), length }];
}

export function ofFamily(prefixes: readonly Prefix[], family: Family): Prefix[] {
    return prefixes.filter((prefix) => prefix.family === family);
}

/** 0.0.0.0/0 or ::/0. */
export function everything(family: Family): Prefix {
    return family === 4 ? { family, bits: 0, length: 0 } : { family, bits: 0n, length: 0 };
}

export const families: readonly Family[] = [4, 6];

const familySets: readonly (readonly Family[])[] = [[], [4], [6], families];

/** One of four lists, not a new one: every side of every Peer keeps such a list. */
export function familySet(has4: boolean, has6: boolean): readonly Family[] {
    return familySets[(has4 ? 1 : 0) + (has6 ? 2 : 0)] ?? families;
}
