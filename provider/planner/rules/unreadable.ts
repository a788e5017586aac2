import { parsePrefix } from "../cidr";
import { show } from "./text";

/**
 * Why a text is not an address with prefix length, said as precisely as it can be told from the text. Only called when it does not
 * parse, so the order of the questions is from certain to vague.
 */
export function unreadable(text: string, what: "address" | "prefix"): string {
    const example = what === "address" ? '"10.0.0.1/24"' : '"192.168.10.0/24"';
    const got = `got ${show(text)}`;
    if (text.trim() === "") {
        return `must be an ${what}, e.g. ${example}, got an empty text`.replace("an prefix", "a prefix");
    }
    if (text.includes(",") || /\S\s+\S/.test(text)) {
        return `must be one ${what} per element of the list, ${got}`;
    }
    if (/\s/.test(text)) {
        return `must have no white space, ${got}${meant(text.trim())}`;
    }
    if (text.includes("%")) {
        return `must have no zone, because an interface has its own, ${got}${meant(text.replace(/%[^/]*/, ""))}`;
    }
    const slash = text.indexOf("/");
    const address = slash < 0 ? text : text.slice(0, slash);
    const length = slash < 0 ? undefined : text.slice(slash + 1);
    return addressProblem(address, length, got) ?? lengthProblem(address, length, what, got);
}

/** What is wrong before the slash. */
function addressProblem(address: string, length: string | undefined, got: string): string | undefined {
    if (address.includes(":")) {
        return parsePrefix(`${address}/128`) === undefined ? `is not an IPv6 address, e.g. "fd00::1/64", ${got}` : undefined;
    }
    const octets = address.split(".");
    if (!octets.every((octet) => /^\d+$/.test(octet))) {
        return `is not an address: it is written in digits, e.g. "10.0.0.1/24" or "fd00::1/64", ${got}`;
    }
    if (octets.length !== 4) {
        return `an IPv4 address has four octets, ${got}`;
    }
    if (octets.some((octet) => Number(octet) > 255)) {
        return `the octets of an IPv4 address are from 0 to 255, ${got}`;
    }
    if (octets.some((octet) => octet.length > 1 && octet.startsWith("0"))) {
        // Some tools read 010 as eight: no suggestion is certain enough to be more than a question.
        const plain = octets.map((octet) => String(Number(octet))).join(".");
        return `octets have no leading zeros, which some tools read as octal, ${got}${meant(`${plain}/${length ?? "32"}`)}`;
    }
    return undefined;
}

/** What is wrong after the slash, when the address is fine. */
function lengthProblem(address: string, length: string | undefined, what: "address" | "prefix", got: string): string {
    const [bits, usual] = address.includes(":") ? ([128, 64] as const) : ([32, 24] as const);
    if (length === undefined || length === "") {
        const why = what === "address" ? "which says how large its network is" : "which says how large it is";
        return `needs a prefix length, ${why}, e.g. "${address}/${usual}", ${got}`;
    }
    const mask = /^\d+\.\d+\.\d+\.\d+$/.test(length) ? maskLength(length) : undefined;
    if (mask !== undefined) {
        return `needs a prefix length, not a netmask, ${got}${meant(`${address}/${mask}`)}`;
    }
    if (/^0\d+$/.test(length)) {
        return `a prefix length has no leading zeros, ${got}${meant(`${address}/${Number(length)}`)}`;
    }
    return `a prefix length of ${bits === 32 ? "IPv4" : "IPv6"} is from 0 to ${bits}, ${got}`;
}

/** `255.255.255.0` is 24; undefined for what is no netmask. */
function maskLength(mask: string): number | undefined {
    const binary = mask
        .split(".")
        .map((octet) => Number(octet).toString(2).padStart(8, "0"))
        .join("");
    return /^1*0*$/.test(binary) && binary.length === 32 ? binary.replace(/0/g, "").length : undefined;
}

function meant(guess: string): string {
    return parsePrefix(guess) === undefined ? "" : `; did you mean "${guess}"?`;
}
