/**
 * The bits of addresses to text and back: IPv4 bits are a number, IPv6 bits a bigint (see cidr.ts).
 */

/** Four octets without leading zeros, as wg reads them. */
export function parseBits4(text: string): number | undefined {
    let bits = 0;
    let octets = 0;
    let octet = -1; // no digit yet
    for (let i = 0; i <= text.length; i++) {
        const digit = text.charCodeAt(i) - 48;
        if (i === text.length || text[i] === ".") {
            if (octet < 0) {
                return undefined;
            }
            bits = bits * 256 + octet;
            octets++;
            octet = -1;
        } else if (octet === 0 || !(digit >= 0 && digit <= 9)) {
            return undefined;
        } else {
            octet = octet < 0 ? digit : octet * 10 + digit;
            if (octet > 255) {
                return undefined;
            }
        }
    }
    return octets === 4 ? bits : undefined;
}

/** RFC 4291 text, with one `::` and an optional dotted tail; no zone. */
export function parseBits6(text: string): bigint | undefined {
    const halves = text.split("::");
    if (halves.length > 2) {
        return undefined;
    }
    const head = groups6(halves[0] ?? "", halves.length === 1);
    const tail = halves.length === 2 ? groups6(halves[1] ?? "", true) : [];
    if (head === undefined || tail === undefined) {
        return undefined;
    }
    const missing = 8 - head.length - tail.length;
    // "::" stands for at least one group.
    if (halves.length === 1 ? missing !== 0 : missing < 1) {
        return undefined;
    }
    return [...head, ...new Array<number>(missing).fill(0), ...tail].reduce((bits, group) => (bits << 16n) | BigInt(group), 0n);
}

function groups6(text: string, mayEndDotted: boolean): number[] | undefined {
    if (text === "") {
        return [];
    }
    const parts = text.split(":");
    const groups: number[] = [];
    for (const [index, part] of parts.entries()) {
        if (part.includes(".")) {
            const bits = mayEndDotted && index === parts.length - 1 ? parseBits4(part) : undefined;
            if (bits === undefined) {
                return undefined;
            }
            groups.push(bits >>> 16, bits & 0xffff);
        } else if (/^[0-9a-fA-F]{1,4}$/.test(part)) {
            groups.push(Number.parseInt(part, 16));
        } else {
            return undefined;
        }
    }
    return groups;
}

/** RFC 5952: lower case, no leading zeros, the longest run of two or more zero groups (the first of equals) as `::`. */
export function formatBits6(bits: bigint): string {
    const groups: number[] = [];
    for (let shift = 112n; shift >= 0n; shift -= 16n) {
        groups.push(Number((bits >> shift) & 0xffffn));
    }
    let start = -1;
    let count = 1;
    for (let i = 0; i < 8; i++) {
        let run = 0;
        while (i + run < 8 && groups[i + run] === 0) {
            run++;
        }
        if (run > count) {
            start = i;
            count = run;
        }
        i += run;
    }
    const text = (list: number[]) => list.map((group) => group.toString(16)).join(":");
    return start < 0 ? text(groups) : `${text(groups.slice(0, start))}::${text(groups.slice(start + count))}`;
}
