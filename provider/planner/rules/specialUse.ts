import { contains, overlaps, type Prefix, parsePrefix } from "../cidr";

/** Ranges that no interface, pool or LAN can have addresses of (IANA special-purpose registries, RFC 6890). */
const ranges: readonly { readonly prefix: Prefix; readonly use: string }[] = [
    ["0.0.0.0/8", "unspecified"],
    ["127.0.0.0/8", "loopback"],
    ["169.254.0.0/16", "link-local"],
    ["224.0.0.0/4", "multicast"],
    ["240.0.0.0/4", "reserved"],
    ["::/128", "unspecified"],
    ["::1/128", "loopback"],
    ["::ffff:0:0/96", "IPv4-mapped"],
    ["fe80::/10", "link-local"],
    ["ff00::/8", "multicast"],
].flatMap(([text = "", use = ""]) => {
    const prefix = parsePrefix(text);
    return prefix === undefined ? [] : [{ prefix, use }];
});

/** What a single address is reserved for, e.g. `loopback`; undefined for an ordinary one. */
export function specialUse(address: Prefix): string | undefined {
    return ranges.find(({ prefix }) => prefix.family === address.family && contains(prefix, address))?.use;
}

/** The reserved range a whole prefix runs into, with its use. */
export function specialRange(prefix: Prefix): { readonly prefix: Prefix; readonly use: string } | undefined {
    return ranges.find((range) => overlaps(range.prefix, prefix));
}

/**
 * What an exit host does not pass on to its uplink for others, because it is not the internet: the private networks of its own site, the
 * link-local addresses where clouds hand out credentials (169.254.169.254), and everything reserved. A private network that others may
 * reach there is declared as a LAN.
 */
export const notInternet: readonly Prefix[] = [
    ...ranges.map(({ prefix }) => prefix),
    // RFC 1918, RFC 6598, RFC 4193.
    ...["10.0.0.0/8", "100.64.0.0/10", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7"].flatMap((text) => parsePrefix(text) ?? []),
];
