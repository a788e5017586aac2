/**
 * Addresses and prefixes of the oracle, on 32-bit words.
 *
 * Written apart from the planner's `cidr` on purpose: a shared mistake in prefix arithmetic would make planner and oracle agree.
 */
export type Family = 4 | 6;

export interface Address {
    readonly family: Family;
    /** One word for IPv4, four for IPv6, each an unsigned 32-bit number. */
    readonly words: readonly number[];
    /** Canonical text; equal addresses have equal texts, so it serves as a key. */
    readonly text: string;
}

export interface Prefix {
    readonly family: Family;
    /** Host bits are zero. */
    readonly words: readonly number[];
    readonly length: number;
    readonly text: string;
}

const addressCache = new Map<string, Address>();
const prefixCache = new Map<string, Prefix>();

export function bits(family: Family): number {
    return family === 4 ? 32 : 128;
}

/** Parses `10.0.0.1` or `fd00::1`; throws on anything else. */
export function parseAddress(text: string): Address {
    const known = addressCache.get(text);
    if (known !== undefined) return known;
    const words = text.includes(":") ? parseWords6(text) : parseWords4(text);
    const address = fromWords(text.includes(":") ? 6 : 4, words);
    addressCache.set(text, address);
    return address;
}

/** Parses `10.0.0.0/24`; no length means a single address; host bits are cleared, as the kernel does with AllowedIPs. */
export function parsePrefix(text: string): Prefix {
    const known = prefixCache.get(text);
    if (known !== undefined) return known;
    const { address, length } = parseAddressWithLength(text);
    const prefix = prefixOf(address, length);
    prefixCache.set(text, prefix);
    return prefix;
}

/** Parses an interface address, keeping its host bits: `10.0.0.1/24`. */
export function parseAddressWithLength(text: string): { readonly address: Address; readonly length: number } {
    const [head = "", tail] = text.split("/");
    const address = parseAddress(head);
    if (tail === undefined) return { address, length: bits(address.family) };
    if (!/^\d{1,3}$/.test(tail) || Number(tail) > bits(address.family)) throw new Error(`bad prefix length in "${text}"`);
    return { address, length: Number(tail) };
}

export function prefixOf(address: Address, length: number): Prefix {
    const words = address.words.map((word, index) => (word & maskOf(length - 32 * index)) >>> 0);
    return { family: address.family, words, length, text: `${formatWords(address.family, words)}/${length}` };
}

export function contains(prefix: Prefix, address: Address): boolean {
    return prefix.family === address.family && sameBits(prefix.words, address.words, prefix.length);
}

/** True when every address of `inner` is in `outer`. */
export function covers(outer: Prefix, inner: Prefix): boolean {
    return outer.family === inner.family && outer.length <= inner.length && sameBits(outer.words, inner.words, outer.length);
}

export function overlap(a: Prefix, b: Prefix): boolean {
    return covers(a, b) || covers(b, a);
}

/** The address `offset` places after the first one of the prefix; throws when it is outside. */
export function nth(prefix: Prefix, offset: number): Address {
    const words = [...prefix.words];
    const last = words.length - 1;
    words[last] = ((words[last] ?? 0) + offset) >>> 0;
    const address = fromWords(prefix.family, words);
    if (!contains(prefix, address)) throw new Error(`"${prefix.text}" has no address number ${offset}`);
    return address;
}

/** Number of addresses, at most 2^30. */
export function size(prefix: Prefix): number {
    return 2 ** Math.min(30, bits(prefix.family) - prefix.length);
}

/** The second half of a prefix; of a single address, that. */
export function upperHalf({ family, words, length }: Prefix): Prefix {
    if (length >= bits(family)) return prefixOf({ family, words, text: "" }, length);
    const at = Math.floor(length / 32);
    const upper = words.map((word, index) => (index === at ? (word | (1 << (31 - (length % 32)))) >>> 0 : word));
    return prefixOf({ family, words: upper, text: "" }, length + 1);
}

export function compareAddresses(a: Address, b: Address): number {
    for (let index = 0; index < a.words.length; index++) {
        const difference = (a.words[index] ?? 0) - (b.words[index] ?? 0);
        if (difference !== 0) return difference;
    }
    return 0;
}

function fromWords(family: Family, words: readonly number[]): Address {
    return { family, words, text: formatWords(family, words) };
}

function sameBits(a: readonly number[], b: readonly number[], length: number): boolean {
    let left = length;
    for (let index = 0; left > 0; index++, left -= 32) {
        if ((((a[index] ?? 0) ^ (b[index] ?? 0)) & maskOf(left)) !== 0) return false;
    }
    return true;
}

function maskOf(length: number): number {
    if (length >= 32) return 0xffffffff;
    return length <= 0 ? 0 : ~((1 << (32 - length)) - 1);
}

function parseWords4(text: string): number[] {
    const octets = text.split(".");
    if (octets.length !== 4 || octets.some((octet) => !/^(0|[1-9]\d{0,2})$/.test(octet) || Number(octet) > 255)) {
        throw new Error(`"${text}" is no IPv4 address`);
    }
    return [octets.reduce((sum, octet) => sum * 256 + Number(octet), 0)];
}

function parseWords6(text: string): number[] {
    const halves = text.split("::");
    const left = groups(halves[0] ?? "");
    const right = groups(halves[1] ?? "");
    const missing = 8 - left.length - right.length;
    const all = halves.length === 1 ? left : [...left, ...Array<number>(Math.max(missing, 0)).fill(0), ...right];
    if (halves.length > 2 || all.length !== 8 || (halves.length === 2 && missing < 1) || all.some(Number.isNaN)) {
        throw new Error(`"${text}" is no IPv6 address`);
    }
    return [0, 2, 4, 6].map((index) => (all[index] ?? 0) * 65536 + (all[index + 1] ?? 0));
}

function groups(text: string): number[] {
    if (text === "") return [];
    return text.split(":").map((group) => (/^[0-9a-fA-F]{1,4}$/.test(group) ? Number.parseInt(group, 16) : Number.NaN));
}

function formatWords(family: Family, words: readonly number[]): string {
    if (family === 4) {
        const word = words[0] ?? 0;
        return `${word >>> 24}.${(word >>> 16) & 255}.${(word >>> 8) & 255}.${word & 255}`;
    }
    // RFC 5952 is not needed: any one-to-one text will do as long as people can read it.
    const text = words.flatMap((word) => [(word >>> 16).toString(16), (word & 0xffff).toString(16)]).join(":");
    return text.replace(/(^|:)0(:0)+(:|$)/, "::");
}
