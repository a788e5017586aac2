import type { Address } from "./ip";
import type { CtState, Packet } from "./packet";

/** Conntrack's entry for one conversation at one host. */
export interface Tracked {
    readonly source: Address;
    readonly destination: Address;
    /** The source after masquerade, equal to `source` without. */
    readonly seenSource: Address;
    replied: boolean;
}

/** How conntrack classifies a packet, given the entry its conversation has here. */
export function stateOf(entry: Tracked | undefined, packet: Packet): CtState {
    if (packet.leg === "request" || entry === undefined) {
        // Without an entry, conntrack calls a SYN-ACK, an echo reply or an ICMP error invalid; an odd UDP or later TCP packet is new.
        const odd = packet.leg === "error" || (packet.leg === "reply" && packet.protocol !== "udp");
        return odd ? "invalid" : "new";
    }
    if (packet.leg === "error") return "related";
    if (packet.leg === "more") return entry.replied ? "established" : "new";
    const matches = packet.destination.text === entry.seenSource.text || packet.destination.text === entry.source.text;
    if (matches && packet.source.text === entry.destination.text) return "established";
    return packet.protocol === "udp" ? "new" : "invalid";
}

/** Replies and errors to a masqueraded source get their old destination back at the dstnat priority. */
export function translateBack(entry: Tracked | undefined, packet: Packet): Packet {
    if (entry === undefined || (packet.leg !== "reply" && packet.leg !== "error")) return packet;
    if (entry.seenSource.text === entry.source.text || packet.destination.text !== entry.seenSource.text) return packet;
    return { ...packet, destination: entry.source };
}

/** Remembers the first packet of a conversation once it has passed, and that a reply came. */
export function track(tracked: Map<string, Tracked>, host: string, packet: Packet, seenSource: Address): void {
    const known = tracked.get(host);
    if (packet.leg === "request" && known === undefined) {
        tracked.set(host, { source: packet.source, destination: packet.destination, seenSource, replied: false });
    } else if (packet.leg === "reply" && known !== undefined) known.replied = true;
}
