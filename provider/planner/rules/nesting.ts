import { comparePrefixes, contains, type Prefix } from "../cidr";

/**
 * Every item whose prefix lies inside another's, with the nearest one around it that `counts`.
 *
 * Prefixes overlap only by nesting, so after sorting by address, wide before narrow, those around an item are a stack, at most 128 high:
 *
 *     10.0.0.0/8   |--------------------------|
 *     10.1.0.0/16     |-------|
 *     10.1.2.0/24       |--|        <- stack is /8, /16
 *     10.3.0.0/16                |----|        <- /16 and /24 are popped, stack is /8
 */
export function* nestings<T>(
    items: readonly T[],
    prefixOf: (item: T) => Prefix,
    counts: (inner: T, outer: T) => boolean = () => true,
): Generator<readonly [inner: T, outer: T]> {
    const sorted = items.map((item) => ({ item, prefix: prefixOf(item) })).sort((a, b) => comparePrefixes(a.prefix, b.prefix));
    const around: { item: T; prefix: Prefix }[] = [];
    for (const inner of sorted) {
        while (around.length > 0 && !contains((around.at(-1) ?? inner).prefix, inner.prefix)) {
            around.pop();
        }
        const outer = around.findLast(({ item }) => counts(inner.item, item));
        if (outer !== undefined) {
            yield [inner.item, outer.item];
        }
        around.push(inner);
    }
}
