import { parseAddress } from "../cidr";
import { specialUse } from "./specialUse";
import { show } from "./text";

/** One label of a host name; with `_`, which RFC 1123 has not but real zones do. */
const dnsLabel = /^[a-zA-Z0-9_](?:[a-zA-Z0-9_-]{0,61}[a-zA-Z0-9_])?$/;

/** Why a text is neither a DNS name nor an address; undefined when it is one. Ports and brackets are not part of it; `ofPort` says whose the port is. */
export function hostReason(host: string, ofPort = ""): string | undefined {
    const rule = 'must be a DNS name or an address, e.g. "vpn.example.com" or "203.0.113.7"';
    if (host === "") {
        return `${rule}, got an empty text`;
    }
    if (host.includes("@")) {
        // Not repeated: a password may stand in front of it.
        return `${rule}, without a user (the text before "@" is not shown)${meant(host.slice(host.lastIndexOf("@") + 1))}`;
    }
    const scheme = /^[a-z][a-z0-9+.-]*:\/\/([^/:@[\]]+)/i.exec(host);
    if (scheme !== null) {
        return `${rule}, without a scheme, got ${show(host)}${meant(scheme[1])}`;
    }
    if (host.trim() !== host) {
        return `${rule}, without white space, got ${show(host)}${meant(host.trim())}`;
    }
    if (host.includes("/")) {
        return `${rule}, without a prefix length or path, got ${show(host)}${meant(host.slice(0, host.indexOf("/")))}`;
    }
    if (host.startsWith("[") && host.endsWith("]")) {
        return `${rule}, without brackets, got ${show(host)}${meant(host.slice(1, -1))}`;
    }
    if (host.includes("%")) {
        return `${rule}, without a zone, which means something on one host only, got ${show(host)}`;
    }
    if (parseAddress(host) !== undefined) {
        return undefined;
    }
    const withPort = /^(?:\[([^\]]*)\]|([^:]*)):\d+$/.exec(host);
    if (withPort !== null) {
        return `${rule}, without a port${ofPort}, got ${show(host)}${meant(withPort[1] ?? withPort[2])}`;
    }
    return isName(host) ? undefined : `${rule}, got ${show(host)}`;
}

/** A name of at most 253 characters whose last label is not a number: `10.0.0` and `300.1.1.1` are broken addresses, not names. */
function isName(host: string): boolean {
    const labels = host.replace(/\.$/, "").split(".");
    return host.length <= 253 && labels.every((text) => dnsLabel.test(text)) && !/^\d+$/.test(labels.at(-1) ?? "");
}

function meant(host: string | undefined): string {
    return host !== undefined && host !== "" && hostReason(host) === undefined ? `; did you mean ${show(host)}?` : "";
}

/** Why a text cannot be the endpoint of a host (never with a port) or of an interface (with one or without). */
export function endpointReason(value: string, of: "host" | "interface"): string | undefined {
    const [, bracketed, bare, port] = /^(?:\[([^\]]*)\]|([^:[\]/]+))(?::(\d*))?$/.exec(value) ?? [];
    if (of === "host" || (bracketed === undefined && port === undefined)) {
        return hostReason(value, of === "host" ? ", which is the listenPort of the interface" : "") ?? elsewhere(value, value);
    }
    if (bracketed !== undefined && !(parseAddress(bracketed) !== undefined && bracketed.includes(":"))) {
        return `brackets are for an IPv6 address, e.g. "[2001:db8::7]:51820", got ${show(value)}`;
    }
    if (port !== undefined && !(/^[1-9]\d{0,4}$/.test(port) && Number(port) <= 65535)) {
        return `the port of an endpoint must be from 1 to 65535, got ${show(value)}`;
    }
    const host = bracketed ?? bare ?? "";
    return hostReason(host) ?? elsewhere(host, value);
}

/** Addresses that others cannot send to. */
function elsewhere(host: string, value: string): string | undefined {
    const address = parseAddress(host);
    const use = /^localhost\.?$/i.test(host) ? "loopback" : address === undefined ? undefined : specialUse(address);
    return use === undefined ? undefined : `must be where other hosts can reach it, but ${show(value)} is ${use}`;
}
