import { type Address, compareAddresses, contains, type Prefix, parseAddress, parsePrefix } from "./ip";
import type { TokenReader } from "./nftTokens";
import { protocolName, type Seen } from "./packet";

export type Scalar = string | number | Address;
export type ScalarType = "ifname" | "ipv4_addr" | "ipv6_addr" | "inet_proto" | "inet_service" | "ct_state" | "mark" | "text";

/** What a rule looks at, e.g. `ip saddr`. `read` gives undefined when the packet has no such field (then nothing matches). */
export interface Selector {
    readonly type: ScalarType;
    readonly read: (seen: Seen) => Scalar | undefined;
}

/** One element of a set, or the single value right of a selector. */
export type Test = (value: Scalar) => boolean;

const portOf =
    (which: "sourcePort" | "destinationPort", protocols: readonly string[]) =>
    (seen: Seen): Scalar | undefined =>
        protocols.includes(seen.packet.protocol) ? seen.packet[which] : undefined;

const addressOf =
    (which: "source" | "destination", family: 4 | 6) =>
    (seen: Seen): Scalar | undefined =>
        seen.packet[which].family === family ? seen.packet[which] : undefined;

const l4 = (seen: Seen): Scalar => protocolName(seen.packet);

const selectors: ReadonlyMap<string, Selector> = new Map<string, Selector>([
    ["iifname", { type: "ifname", read: (seen) => seen.inputDevice ?? "" }],
    ["oifname", { type: "ifname", read: (seen) => seen.outputDevice ?? "" }],
    ["meta iifname", { type: "ifname", read: (seen) => seen.inputDevice ?? "" }],
    ["meta oifname", { type: "ifname", read: (seen) => seen.outputDevice ?? "" }],
    ["ip saddr", { type: "ipv4_addr", read: addressOf("source", 4) }],
    ["ip daddr", { type: "ipv4_addr", read: addressOf("destination", 4) }],
    ["ip6 saddr", { type: "ipv6_addr", read: addressOf("source", 6) }],
    ["ip6 daddr", { type: "ipv6_addr", read: addressOf("destination", 6) }],
    ["meta l4proto", { type: "inet_proto", read: l4 }],
    ["meta nfproto", { type: "text", read: (seen) => (seen.packet.source.family === 4 ? "ipv4" : "ipv6") }],
    ["ip protocol", { type: "inet_proto", read: (seen) => (seen.packet.source.family === 4 ? l4(seen) : undefined) }],
    ["ip6 nexthdr", { type: "inet_proto", read: (seen) => (seen.packet.source.family === 6 ? l4(seen) : undefined) }],
    ["tcp dport", { type: "inet_service", read: portOf("destinationPort", ["tcp"]) }],
    ["tcp sport", { type: "inet_service", read: portOf("sourcePort", ["tcp"]) }],
    ["udp dport", { type: "inet_service", read: portOf("destinationPort", ["udp"]) }],
    ["udp sport", { type: "inet_service", read: portOf("sourcePort", ["udp"]) }],
    ["th dport", { type: "inet_service", read: portOf("destinationPort", ["tcp", "udp"]) }],
    ["icmp type", { type: "text", read: (seen) => (l4(seen) === "icmp" ? icmpType(seen) : undefined) }],
    ["icmpv6 type", { type: "text", read: (seen) => (l4(seen) === "icmpv6" ? icmpType(seen) : undefined) }],
    ["ct state", { type: "ct_state", read: (seen) => seen.state }],
    ["ct direction", { type: "text", read: (seen) => (["reply", "error"].includes(seen.packet.leg) ? "reply" : "original") }],
    ["ct mark", { type: "mark", read: (seen) => seen.marks?.connection ?? 0 }],
    ["meta mark", { type: "mark", read: (seen) => seen.marks?.packet ?? 0 }],
    ["fib saddr type", { type: "text", read: (seen) => (seen.isLocal(seen.packet.source) ? "local" : "unicast") }],
    ["fib daddr type", { type: "text", read: (seen) => (seen.isLocal(seen.packet.destination) ? "local" : "unicast") }],
]);

function icmpType(seen: Seen): string {
    const types = { request: "echo-request", more: "echo-request", reply: "echo-reply", error: "destination-unreachable" };
    return types[seen.packet.leg];
}

/** Reads `iifname . ip saddr`; gives undefined when the next words are no selector. */
export function readSelectors(reader: TokenReader): Selector[] | undefined {
    const found: Selector[] = [];
    do {
        const selector = [3, 2, 1]
            .map((count) => ({ count, name: Array.from({ length: count }, (_, index) => reader.peek(index)).join(" ") }))
            .find(({ name }) => selectors.has(name));
        if (selector === undefined) {
            if (found.length > 0) throw new Error(`nft: unknown selector "${reader.around()}"`);
            return undefined;
        }
        for (let index = 0; index < selector.count; index++) reader.next();
        const entry = selectors.get(selector.name);
        if (entry !== undefined) found.push(entry);
    } while (reader.take("."));
    return found;
}

/** Turns one literal into a test, by the type of what it is compared with. */
export function testFor(type: ScalarType, literal: string): Test {
    switch (type) {
        case "ifname":
            if (!literal.endsWith("*")) return (value) => value === literal;
            return (value) => typeof value === "string" && value.startsWith(literal.slice(0, -1));
        case "ipv4_addr":
        case "ipv6_addr":
            return addressTest(type, literal);
        case "inet_service": {
            const [low = Number.NaN, high = low] = literal.split("-").map(Number);
            if (!(low >= 0 && low <= high && high <= 65535)) throw new Error(`nft: bad port "${literal}"`);
            return (value) => typeof value === "number" && value >= low && value <= high;
        }
        case "inet_proto": {
            const names: Readonly<Record<string, string>> = {
                tcp: "tcp",
                udp: "udp",
                icmp: "icmp",
                icmpv6: "icmpv6",
            };
            const name = names[literal];
            if (name === undefined) throw new Error(`nft: unknown protocol "${literal}"`);
            return (value) => value === name;
        }
        case "ct_state":
            if (!["new", "established", "related", "invalid", "untracked"].includes(literal))
                throw new Error(`nft: bad state "${literal}"`);
            return (value) => value === literal;
        case "mark": {
            const mark = markOf(literal);
            return (value) => value === mark;
        }
        case "text":
            return (value) => value === literal;
        default: {
            const never: never = type;
            throw new Error(`unknown type ${String(never)}`);
        }
    }
}

/** `0xca6c` or `51820`. */
export function markOf(literal: string): number {
    if (!/^(0x[0-9a-f]{1,8}|\d{1,10})$/.test(literal)) throw new Error(`nft: bad mark "${literal}"`);
    return Number(literal);
}

function addressTest(type: "ipv4_addr" | "ipv6_addr", literal: string): Test {
    const family = type === "ipv4_addr" ? 4 : 6;
    if (!literal.includes("-")) {
        const prefix = parsePrefix(literal);
        if (prefix.family !== family) throw new Error(`nft: "${literal}" is no ${type}`);
        return (value) => typeof value === "object" && contains(prefix, value);
    }
    const [low = "", high = ""] = literal.split("-");
    const [from, to] = [parseAddress(low), parseAddress(high)];
    if (from.family !== family || to.family !== family) throw new Error(`nft: "${literal}" is no range of ${type}`);
    return (value) =>
        typeof value === "object" &&
        value.family === family &&
        compareAddresses(from, value) <= 0 &&
        compareAddresses(value, to) <= 0;
}

/** `nft -c` rejects named sets whose intervals overlap unless they say `auto-merge`, and prefixes without `flags interval` (tried, 1.0.6). */
export function checkIntervals(
    name: string,
    literals: readonly string[],
    flags: { readonly interval: boolean; readonly merge: boolean },
): void {
    const prefixes = literals
        .filter((literal) => /^[0-9a-fA-F.:]+(\/\d+)?$/.test(literal) && /[.:]/.test(literal))
        .map(parsePrefix);
    const wide = prefixes.find((prefix) => prefix.length < (prefix.family === 4 ? 32 : 128));
    if (wide !== undefined && !flags.interval) throw new Error(`nft: set "${name}" has "${wide.text}" but no "flags interval"`);
    if (flags.merge) return;
    const clash = findClash(prefixes);
    if (clash !== undefined)
        throw new Error(`nft: set "${name}" has conflicting intervals "${clash[0].text}" and "${clash[1].text}"`);
}

function findClash(prefixes: readonly Prefix[]): readonly [Prefix, Prefix] | undefined {
    const sorted = [...prefixes].sort(
        (a, b) => a.family - b.family || compareAddresses(wordsOf(a), wordsOf(b)) || a.length - b.length,
    );
    for (let index = 1; index < sorted.length; index++) {
        const [before, here] = [sorted[index - 1], sorted[index]];
        if (before !== undefined && here !== undefined && contains(before, wordsOf(here))) return [before, here];
    }
    return undefined;
}

function wordsOf(prefix: Prefix): Address {
    return { family: prefix.family, words: prefix.words, text: prefix.text };
}
