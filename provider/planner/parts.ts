import { contains, type Prefix } from "./cidr";
import { subtract } from "./prefixes";

/**
 * The areas of a prefix that may be treated differently when there are rules about some prefixes inside of it: what each of those leaves
 * of itself beside still narrower ones, and what all of them leave of the whole. Areas of which nothing is left are not here.
 *
 *     parts(10.0.0.0/24, [10.0.0.128/25, 10.0.0.129/32]): [10.0.0.0/25] [10.0.0.128/32, 10.0.0.130/31, ...] [10.0.0.129/32]
 */
export function parts(whole: Prefix, rules: readonly Prefix[]): readonly (readonly Prefix[])[] {
    const inside = rules.filter((one) => one.length > whole.length && contains(whole, one));
    return [whole, ...inside]
        .map((part) =>
            subtract(
                [part],
                inside.filter((one) => one.length > part.length && contains(part, one)),
            ),
        )
        .filter((left) => left.length > 0);
}
