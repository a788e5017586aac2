import type { RouteEnd } from "../../../provider/planner/graph";
import type { Draft } from "./draft";
import { bits, parseAddressWithLength, parsePrefix, prefixOf } from "./ip";
import { has, pick } from "./recipe";

/** Something to cut out of a route's `to`, now and then. */
export function excludeOf(draft: Draft, to: readonly RouteEnd[], traits: number): string[] | undefined {
    const isSplit = to.some((each) => each.kind === "internet");
    // Routes to the internet are few.
    if (isSplit ? traits % 6 < 3 : traits % 6 !== 5) return undefined;
    if (isSplit) return pick([["10.0.0.0/8"], ["203.0.113.0/28", "fd00::/8"], ["172.16.0.0/12"]], traits >>> 8);
    const lan = to.find((each) => each.kind === "lan" && !each.prefix.endsWith("/30"));
    // The upper half of the LAN; the imaginary machine lives in the lower one.
    if (lan?.kind === "lan") return [upperHalf(lan.prefix)];
    const network = to.find((each) => each.kind === "network");
    if (network?.kind !== "network") return undefined;
    // The first member, or the half of the network that has no members.
    const { interface: name } = network;
    const first = draft.interfaces.find((iface) => iface.name === name)?.addresses?.[0];
    return first === undefined ? undefined : [has(traits, 9) ? neighbour(first) : upperHalf(first)];
}

/** The second half of a prefix, by its first address: `192.168.10.0/24` gives `192.168.10.128/25`. */
function upperHalf(text: string): string {
    const { family, length } = parsePrefix(text);
    const { address } = parseAddressWithLength(text);
    if (length >= bits(family)) return text;
    const words = [...prefixOf(address, length).words];
    const at = Math.floor(length / 32);
    words[at] = ((words[at] ?? 0) | (1 << (31 - (length % 32)))) >>> 0;
    return prefixOf({ family, words, text: "" }, length + 1).text;
}

/** The next address, as a prefix of its own. */
function neighbour(text: string): string {
    const { address } = parseAddressWithLength(text);
    const words = [...address.words];
    words[words.length - 1] = (words.at(-1) ?? 0) + 1;
    return prefixOf({ family: address.family, words, text: "" }, bits(address.family)).text;
}
