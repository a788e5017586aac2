import { parseAllow } from "../planner/rules/allow";
import { setOf } from "./nftWords";

/** What `allow` adds to a rule: one rule per protocol, and a single rule without a condition when everything is allowed. */
export function services(allow: readonly string[], family: 4 | 6): string[] {
    if (allow.length === 0) {
        return [""];
    }
    const read = allow.map((item) => parseAllow(item)).filter((item) => typeof item !== "string");
    return (["tcp", "udp", "icmp"] as const).flatMap((protocol) => {
        const items = read.filter((item) => item.protocol === protocol);
        if (items.length === 0) {
            return [];
        }
        const ranges = items.flatMap((item) => (item.ports === undefined ? [] : [item.ports]));
        if (ranges.length < items.length) {
            return [` meta l4proto ${protocol === "icmp" && family === 6 ? "icmpv6" : protocol}`];
        }
        return [` ${protocol} dport ${setOf(mergedRanges(ranges))}`];
    });
}

/** nft refuses overlapping intervals in an anonymous set. */
function mergedRanges(ranges: readonly (readonly [first: number, last: number])[]): string[] {
    const merged: [number, number][] = [];
    for (const [first, last] of [...ranges].sort((a, b) => a[0] - b[0])) {
        const before = merged.at(-1);
        if (before !== undefined && first <= before[1] + 1) {
            before[1] = Math.max(before[1], last);
        } else {
            merged.push([first, last]);
        }
    }
    return merged.map(([first, last]) => (first === last ? `${first}` : `${first}-${last}`));
}

/** The route's name as a comment: nft allows 128 bytes and no quotes. */
export function comment(route: string, back: boolean, own = false): string {
    const notes = [...(back ? ["back"] : []), ...(own ? ["own"] : [])];
    return `${route.replace(/[^\x20-\x7e]|["\\]/g, "_").slice(0, 110)}${notes.length === 0 ? "" : ` (${notes.join(", ")})`}`;
}
