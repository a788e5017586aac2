import { formatBits6, parseBits4, parseBits6 } from "./addressText";

/**
 * Addresses and prefixes of both families.
 *
 * IPv4 bits are a number and IPv6 bits a bigint: a plan of ten thousand IPv4 interfaces must not pay for bigints.
 * One type serves for addresses with a length (`10.0.0.1/24`, host bits set) and for prefixes (`10.0.0.0/24`);
 * `hasHostBits` tells them apart and `masked` turns the first into the second. Nothing is repaired while parsing.
 */
export type Prefix = Prefix4 | Prefix6;

/** Four bytes and a length, e.g. `10.0.0.1/24`. */
export interface Prefix4 {
    /** Tells the two apart. */
    readonly family: 4;
    /** 0 to 2^32-1. */
    readonly bits: number;
    /** 0 to 32. */
    readonly length: number;
}

/** Sixteen bytes and a length, e.g. `fd00::1/64`. */
export interface Prefix6 {
    /** Tells the two apart. */
    readonly family: 6;
    /** 0 to 2^128-1. */
    readonly bits: bigint;
    /** 0 to 128. */
    readonly length: number;
}

/** IPv4 or IPv6. */
export type Family = 4 | 6;

const ALL6 = (1n << 128n) - 1n;

/** Parses `10.0.0.1/24` or `fd00::1/64`; host bits are kept. Undefined when it is not exactly that (see `prefixProblem`). */
export function parsePrefix(text: string): Prefix | undefined {
    const slash = text.indexOf("/");
    if (slash < 0) {
        return undefined;
    }
    const address = parseAddress(text.slice(0, slash));
    const digits = text.slice(slash + 1);
    // "016" is accepted by wg and "+16" by nobody; one spelling per length keeps texts comparable.
    if (address === undefined || !/^(0|[1-9][0-9]{0,2})$/.test(digits)) {
        return undefined;
    }
    const length = Number(digits);
    return length > address.length ? undefined : withLength(address, length);
}

/** Parses an address without a length, `10.0.0.1` or `fd00::1`, as a /32 or /128. */
export function parseAddress(text: string): Prefix | undefined {
    if (text.includes(":")) {
        const bits = parseBits6(text);
        return bits === undefined ? undefined : { family: 6, bits, length: 128 };
    }
    const bits = parseBits4(text);
    return bits === undefined ? undefined : { family: 4, bits, length: 32 };
}

/** Why `parsePrefix` refuses a text: one clause such as `needs a prefix length, for example "10.0.0.1/32"`; undefined when it does not. */
export function prefixProblem(text: string): string | undefined {
    if (parsePrefix(text) !== undefined) {
        return undefined;
    }
    const slash = text.indexOf("/");
    const address = parseAddress(slash < 0 ? text : text.slice(0, slash));
    if (address === undefined) {
        return `is not an IPv4 or IPv6 address with a prefix length`;
    }
    if (slash < 0) {
        return `needs a prefix length, for example "${formatPrefix(address)}"`;
    }
    return `needs a prefix length of 0-${maxLength(address.family)} in plain digits`;
}

/** Canonical text: RFC 5952 for IPv6, always with the length, e.g. `fd00::1/64`. */
export function formatPrefix(cidr: Prefix): string {
    return `${formatAddress(cidr)}/${cidr.length}`;
}

/** Canonical text without the length, e.g. `fd00::1`. */
export function formatAddress(cidr: Prefix): string {
    if (cidr.family === 6) {
        return formatBits6(cidr.bits);
    }
    const bits = cidr.bits;
    return `${bits >>> 24}.${(bits >>> 16) & 255}.${(bits >>> 8) & 255}.${bits & 255}`;
}

/** 32 or 128. */
export function maxLength(family: Family): 32 | 128 {
    return family === 4 ? 32 : 128;
}

/** The same address as the prefix of `length` around it, host bits cleared: `10.0.0.1/24` becomes `10.0.0.0/24`. */
export function masked(cidr: Prefix, length: number = cidr.length): Prefix {
    return cidr.family === 4
        ? { family: 4, bits: mask4(cidr.bits, length), length }
        : { family: 6, bits: mask6(cidr.bits, length), length };
}

/** The address alone: `10.0.0.1/24` becomes `10.0.0.1/32`. */
export function hostOf(cidr: Prefix): Prefix {
    return withLength(cidr, maxLength(cidr.family));
}

/** Spreading a union takes ten times as long, and every address of a graph comes through here. */
function withLength(cidr: Prefix, length: number): Prefix {
    return cidr.family === 4 ? { family: 4, bits: cidr.bits, length } : { family: 6, bits: cidr.bits, length };
}

/** True for /32 and /128. */
export function isHost(cidr: Prefix): boolean {
    return cidr.length === maxLength(cidr.family);
}

/** True when bits behind the prefix length are set, as in `10.0.0.1/24`. */
export function hasHostBits(cidr: Prefix): boolean {
    return cidr.family === 4 ? mask4(cidr.bits, cidr.length) !== cidr.bits : mask6(cidr.bits, cidr.length) !== cidr.bits;
}

/** True for a prefix proper, `10.0.0.0/24`: no host bits. */
export function isMasked(cidr: Prefix): boolean {
    return !hasHostBits(cidr);
}

/** The last address in it as a /32 or /128: for `10.0.0.0/24` that is `10.0.0.255`, the broadcast address. */
export function lastAddress(cidr: Prefix): Prefix {
    if (cidr.family === 4) {
        return { family: 4, bits: mask4(cidr.bits, cidr.length) + 2 ** (32 - cidr.length) - 1, length: 32 };
    }
    const span = (1n << BigInt(128 - cidr.length)) - 1n;
    return { family: 6, bits: mask6(cidr.bits, cidr.length) + span, length: 128 };
}

/** True when every address of `inner` is in `outer` (equal ones included). Host bits are ignored. */
export function contains(outer: Prefix, inner: Prefix): boolean {
    if (inner.length < outer.length) {
        return false;
    }
    if (outer.family === 4) {
        return inner.family === 4 && mask4(inner.bits, outer.length) === mask4(outer.bits, outer.length);
    }
    return inner.family === 6 && mask6(inner.bits, outer.length) === mask6(outer.bits, outer.length);
}

/** True when the two share an address. Prefixes never overlap partly: one contains the other, or they are apart. */
export function overlaps(a: Prefix, b: Prefix): boolean {
    return contains(a, b) || contains(b, a);
}

/** Same family, bits and length. */
export function equals(a: Prefix, b: Prefix): boolean {
    return a.family === b.family && a.bits === b.bits && a.length === b.length;
}

/** Order of every list in a plan: IPv4 first, then address, then the wider prefix first. */
export function comparePrefixes(a: Prefix, b: Prefix): number {
    if (a.family !== b.family) {
        return a.family - b.family;
    }
    if (a.bits !== b.bits) {
        return a.bits < b.bits ? -1 : 1;
    }
    return a.length - b.length;
}

function mask4(bits: number, length: number): number {
    return length === 0 ? 0 : (bits & (-1 << (32 - length))) >>> 0;
}

function mask6(bits: bigint, length: number): bigint {
    return bits & (ALL6 << BigInt(128 - length)) & ALL6;
}
