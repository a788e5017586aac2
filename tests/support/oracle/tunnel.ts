import type { Conf, ConfAddress, ConfPeer } from "./conf";
import { type Address, contains, type Prefix, prefixOf } from "./ip";

/** One AllowedIPs entry as the kernel keeps it. */
export interface Entry {
    readonly prefix: Prefix;
    readonly peer: ConfPeer;
}

/** A WireGuard interface that is up: its file and its cryptokey routing table. */
export class Tunnel {
    private readonly entries: Entry[];
    private readonly cache = new Map<string, Entry | undefined>();
    /** What `wg show NAME fwmark` prints, 0 for off. */
    fwMark: number;

    constructor(
        readonly host: string,
        readonly device: string,
        readonly conf: Conf,
    ) {
        this.fwMark = conf.fwMark;
        // The kernel keeps one owner per exact prefix, and the last peer that names it takes it (wireguard.md 1.8).
        const owners = new Map<string, Entry>();
        for (const peer of conf.peers) for (const prefix of peer.allowedIPs) owners.set(prefix.text, { prefix, peer });
        this.entries = [...owners.values()].sort((a, b) => b.prefix.length - a.prefix.length);
    }

    /** What `wg show NAME allowed-ips` lists, longest prefix first. */
    get allowedIPs(): readonly Prefix[] {
        return this.entries.map((entry) => entry.prefix);
    }

    /** The owner of the longest prefix that contains the address (allowedips.c find_node). */
    peerFor(address: Address): ConfPeer | undefined {
        return this.entryFor(address)?.peer;
    }

    entryFor(address: Address): Entry | undefined {
        if (this.cache.has(address.text)) return this.cache.get(address.text);
        const found = this.entries.find((entry) => contains(entry.prefix, address));
        this.cache.set(address.text, found);
        return found;
    }

    /** Prefixes that more than one peer names: the silent trap of wireguard.md 1.8. */
    get sharedPrefixes(): readonly string[] {
        const counts = new Map<string, number>();
        for (const peer of this.conf.peers) {
            for (const text of new Set(peer.allowedIPs.map((prefix) => prefix.text)))
                counts.set(text, (counts.get(text) ?? 0) + 1);
        }
        return [...counts].filter(([, count]) => count > 1).map(([text]) => text);
    }

    /** Which own address the kernel sends from, as `ip route get` says: IPv4 by the connected subnet, IPv6 by RFC 6724 rule 8. */
    sourceFor(destination: Address): Address | undefined {
        const own = this.conf.addresses.filter(({ address }) => address.family === destination.family);
        const fitting = own.filter((each) => contains(prefixOf(each.address, each.length), destination));
        if (destination.family === 4) return (mostBy(fitting, ({ length }) => length) ?? own[0])?.address;
        // Of equals the kernel takes the one that was added last.
        return mostBy([...own].reverse(), (each) => commonBits(each, destination))?.address;
    }
}

function commonBits({ address, length }: ConfAddress, destination: Address): number {
    let common = 0;
    while (common < length && contains(prefixOf(address, common + 1), destination)) common++;
    return common;
}

/** The first of those with the greatest value. */
function mostBy<T>(items: readonly T[], value: (item: T) => number): T | undefined {
    const most = Math.max(...items.map(value));
    return items.find((item) => value(item) === most);
}
