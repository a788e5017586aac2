/** The items of each key, in their order. What Map.groupBy (ES2024) does; the library's language level is older. */
export function groupBy<T, K>(items: readonly T[], key: (item: T) => K): Map<K, T[]> {
    const groups = new Map<K, T[]>();
    for (const item of items) {
        append(groups, key(item), item);
    }
    return groups;
}

/** Adds to the list of a key, which is made when it is the first. */
export function append<T, K>(groups: Map<K, T[]>, key: K, ...items: readonly T[]): void {
    const group = groups.get(key);
    if (group === undefined) {
        groups.set(key, [...items]);
    } else {
        group.push(...items);
    }
}
