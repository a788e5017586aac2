import { formatAddress, formatPrefix, hostOf, isMasked, lastAddress, masked, maxLength, type Prefix, parsePrefix } from "../cidr";
import type { Interface } from "../graph";
import { specialRange, specialUse } from "./specialUse";
import { show } from "./text";
import { unreadable } from "./unreadable";

/** One sound address of an interface. */
export interface OwnAddress {
    readonly owner: Interface;
    readonly index: number;
    /** Without the prefix length, canonical: `10.0.0.1`. */
    readonly bare: string;
    /** The same as a prefix of one address. */
    readonly address: Prefix;
    readonly network: Prefix;
    /** `10.0.0.0/24`. */
    readonly networkText: string;
}

/** The sound addresses by interface name. Those that are not are the business of `soundAddresses`. */
export function readNetworks(interfaces: readonly Interface[]): Map<string, readonly OwnAddress[]> {
    return new Map(
        interfaces.map((owner) => [
            owner.name,
            (owner.addresses ?? []).flatMap((text, index) => {
                const parsed = readAddress(text);
                if (typeof parsed === "string") {
                    return [];
                }
                const network = masked(parsed);
                return [
                    {
                        owner,
                        index,
                        bare: formatAddress(parsed),
                        address: hostOf(parsed),
                        network,
                        networkText: formatPrefix(network),
                    },
                ];
            }),
        ]),
    );
}

/** Why a text cannot be the address of an interface; undefined when it can. */
export function addressReason(text: string): string | undefined {
    const parsed = readAddress(text);
    return typeof parsed === "string" ? parsed : undefined;
}

/** The address of an interface, or the reason why a text cannot be one. Nothing is repaired in silence (S5). */
function readAddress(text: string): Prefix | string {
    const parsed = parsePrefix(text);
    if (parsed === undefined) {
        return unreadable(text, "address");
    }
    const use = specialUse(parsed);
    if (use !== undefined) {
        return `${show(text)} is ${withArticle(use)} address, which a WireGuard interface cannot have${mapped(parsed)}`;
    }
    if (parsed.length === 0) {
        const example = `${formatAddress(parsed)}/${parsed.family === 4 ? 24 : 64}`;
        return `${show(text)} makes the whole internet its own network; a prefix length is from 1 to ${maxLength(parsed.family)}, e.g. "${example}"`;
    }
    // A /31 and /127 have two usable addresses (RFC 3021, RFC 6164), a /32 and /128 one.
    if (maxLength(parsed.family) - parsed.length < 2) {
        return parsed;
    }
    if (isMasked(parsed)) {
        const example = neighbour(parsed, 1);
        return `${show(text)} is the network address of ${formatPrefix(masked(parsed))}; an interface needs an address inside it, e.g. "${example}"`;
    }
    if (parsed.family === 4 && parsed.bits === lastAddress(parsed).bits) {
        const example = neighbour(parsed, -1);
        return `${show(text)} is the broadcast address of ${formatPrefix(masked(parsed))}; an interface needs an address inside it, e.g. "${example}"`;
    }
    return parsed;
}

/**
 * Why a text cannot be a prefix; undefined when it can. `purpose` completes "a prefix cannot be ...": a LAN or pool has real hosts in
 * it, while what is cut out of a route may be anything.
 */
export function prefixReason(text: string, purpose: "LAN" | "pool" | "exclude"): string | undefined {
    const parsed = parsePrefix(text);
    if (parsed === undefined) {
        return unreadable(text, "prefix");
    }
    if (!isMasked(parsed)) {
        return `prefix ${show(text)} has host bits set; did you mean "${formatPrefix(masked(parsed))}"?`;
    }
    if (purpose === "exclude") {
        return undefined;
    }
    if (parsed.length === 0) {
        const fix =
            purpose === "LAN"
                ? "for the internet use host.internet as the end of a Route"
                : "name the network the members live in";
        return `${show(text)} is every address there is, not a ${purpose}; ${fix}`;
    }
    const range = specialRange(parsed);
    if (range === undefined) {
        return undefined;
    }
    return `${show(text)} contains ${range.use} addresses (${formatPrefix(range.prefix)}), which a ${purpose} cannot have`;
}

function withArticle(use: string): string {
    return /^[aeiou]/i.test(use) ? `an ${use}` : `a ${use}`;
}

/** The IPv4 address inside an IPv4-mapped one (RFC 4291 section 2.5.5.2), as a suggestion. */
function mapped(address: Prefix): string {
    if (address.family === 4 || address.length < 96 || address.bits >> 32n !== 0xffffn) {
        return "";
    }
    return `; did you mean "${formatPrefix({ family: 4, bits: Number(address.bits & 0xffffffffn), length: address.length - 96 })}"?`;
}

/** The address before or after, with the same prefix length, as an example of what was meant. */
function neighbour(of: Prefix, step: 1 | -1): string {
    return formatPrefix(of.family === 4 ? { ...of, bits: of.bits + step } : { ...of, bits: of.bits + BigInt(step) });
}
