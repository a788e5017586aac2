import type { Failure } from "../failure";
import type { Declarations } from "./declarations";
import { label } from "./labels";
import { fail, show } from "./text";

/** What one entry of `allow` lets through. No ports: all of them. */
export interface Allowed {
    readonly protocol: "tcp" | "udp" | "icmp";
    /** First and last port, inclusive. */
    readonly ports?: readonly [first: number, last: number];
}

const grammar = 'must be "tcp", "udp" or "icmp", or a port or range like "tcp/443" or "udp/8000-8100"';

/**
 * Reads one entry of `allow`, or says in one sentence why it cannot be read.
 *
 * @example parseAllow("tcp/8000-8100") // { protocol: "tcp", ports: [8000, 8100] }
 */
export function parseAllow(entry: string): Allowed | string {
    const [, protocol, rest] = /^(tcp|udp|icmp)(?:\/(.*))?$/.exec(entry) ?? [];
    if (protocol !== "tcp" && protocol !== "udp" && protocol !== "icmp") {
        return `${grammar}, got ${show(entry)}${meant(entry)}`;
    }
    if (rest === undefined) {
        return { protocol };
    }
    if (protocol === "icmp") {
        return `icmp has no ports, got ${show(entry)}; did you mean "icmp"?`;
    }
    const [, from, to = from] = /^(\d+)(?:-(\d+))?$/.exec(rest) ?? [];
    if (from === undefined || to === undefined) {
        return `${grammar}, got ${show(entry)}${meant(entry)}`;
    }
    const [first, last] = [Number(from), Number(to)];
    if (![first, last].every((port) => port >= 1 && port <= 65535)) {
        return `ports are from 1 to 65535, got ${show(entry)}`;
    }
    if (from.startsWith("0") || to.startsWith("0")) {
        return `ports have no leading zeros, got ${show(entry)}; did you mean "${protocol}/${first === last ? first : `${first}-${last}`}"?`;
    }
    if (first > last) {
        return `a range of ports begins with the smaller one, got ${show(entry)}; did you mean "${protocol}/${last}-${first}"?`;
    }
    return { protocol, ports: [first, last] };
}

/** Other tools' spellings of the same thing: docker's `443/tcp`, `tcp:443`, `TCP/443`, `icmpv6`. */
function meant(entry: string): string {
    const text = entry.slice(0, 40).toLowerCase().replace(/\s+/g, "");
    const port = String.raw`(\d{1,5}(?:[-:]\d{1,5})?)`;
    const [, before, portAfter] = new RegExp(`^(tcp|udp)[/:]?${port}$`).exec(text) ?? [];
    const [, portBefore, after] = new RegExp(`^${port}[/:]?(tcp|udp)$`).exec(text) ?? [];
    const protocol = before ?? after;
    const range = (portAfter ?? portBefore ?? "").replace(":", "-");
    const bare = /^(?:icmpv6|icmp6|icmpv4|ping|icmp)$/.test(text) ? "icmp" : text === "tcp" || text === "udp" ? text : undefined;
    const guess = protocol === undefined ? bare : `${protocol}/${range}`;
    // Only what reads back is suggested. It never recurses further: the guess has the canonical form.
    return guess !== undefined && guess !== entry && typeof parseAllow(guess) !== "string" ? `; did you mean "${guess}"?` : "";
}

/** Every entry of `allow` can be read, is given once, and there is at least one. */
export function readableAllow({ graph }: Declarations): Failure[] {
    return graph.routes.flatMap((route) => {
        const property = `${label(route.name)}.allow`;
        if (route.allow === undefined) {
            return [];
        }
        if (route.allow.length === 0) {
            return [fail(property, route, "an empty list would let nothing through; leave it out to allow everything")];
        }
        const first = new Map<string, number>();
        return route.allow.flatMap((entry, i) => {
            const parsed = parseAllow(entry);
            if (typeof parsed === "string") {
                return [fail(`${property}[${i}]`, route, parsed)];
            }
            const other = first.get(entry);
            first.set(entry, other ?? i);
            return other === undefined ? [] : [fail(`${property}[${i}]`, route, `${show(entry)} is already given at [${other}]`)];
        });
    });
}
