import type { RouteEnd } from "../../../provider/planner/graph";
import type { Draft } from "./draft";
import { bits, contains, parseAddressWithLength, parsePrefix, prefixOf, upperHalf } from "./ip";
import { lanAddresses } from "./port";
import { has, pick } from "./recipe";

/** Never all of the internet's imaginary machines of a family, unless all of the family (underlay.ts). */
const splits = [
    ["10.0.0.0/8"],
    ["203.0.113.0/28", "fd00::/8"],
    ["172.16.0.0/12"],
    ["192.168.0.0/16", "10.0.1.0/24", "203.0.113.0/28"],
    ["0.0.0.0/1", "2001:4860::/32", "203.0.113.0/28"],
    ["::/0", "203.0.113.0/28"],
];

/** Something to cut out of a route's `to`, now and then. */
export function excludeOf(draft: Draft, to: readonly RouteEnd[], traits: number): string[] | undefined {
    const isSplit = to.some((each) => each.kind === "internet");
    // Routes to the internet are few.
    if (isSplit ? traits % 6 < 3 : traits % 6 !== 5) return undefined;
    if (isSplit) return pick(splits, traits >>> 8);
    const lan = to.find((each) => each.kind === "lan");
    if (lan?.kind === "lan") {
        // Each half of a LAN has one of its imaginary machines; a smaller one has no second half (port.ts).
        const prefix = parsePrefix(lan.prefix);
        return lanAddresses(prefix).machines.length === 1 ? undefined : [upperHalf(prefix).text];
    }
    const network = to.find((each) => each.kind === "network");
    if (network?.kind !== "network") return undefined;
    // The first member, or the half of the network that has no members.
    const { interface: name } = network;
    const first = draft.interfaces.find((iface) => iface.name === name)?.addresses?.[0];
    if (first === undefined) return undefined;
    const cut = has(traits, 9) ? neighbour(first) : upperHalf(parsePrefix(first)).text;
    return leavesSomebody(draft, first, cut) ? [cut] : undefined;
}

/** Where nobody is left, no packet shows that the rest of the route is needed. */
function leavesSomebody(draft: Draft, network: string, cut: string): boolean {
    const around = parsePrefix(network);
    const addresses = draft.interfaces
        .flatMap((iface) => iface.addresses ?? [])
        .map((text) => parseAddressWithLength(text).address);
    return addresses.some((address) => contains(around, address) && !contains(parsePrefix(cut), address));
}

/** The next address, as a prefix of its own. */
function neighbour(text: string): string {
    const { address } = parseAddressWithLength(text);
    const words = [...address.words];
    words[words.length - 1] = (words.at(-1) ?? 0) + 1;
    return prefixOf({ family: address.family, words, text: "" }, bits(address.family)).text;
}
