import type { Address } from "./ip";

export type Protocol = "tcp" | "udp" | "icmp";

/** Conntrack's view of a packet at one host; `untracked` before conntrack has seen it. */
export type CtState = "new" | "established" | "related" | "invalid";

/** A packet on its way. ICMP means ICMPv6 for IPv6 addresses. */
export interface Packet {
    readonly source: Address;
    readonly destination: Address;
    readonly protocol: Protocol;
    /** 0 for ICMP. */
    readonly sourcePort: number;
    readonly destinationPort: number;
    /** What leg of a conversation this is; `error` is an ICMP error about a packet that went the other way. */
    readonly leg: "request" | "reply" | "more" | "error";
}

/** A packet as one hook of one host sees it. */
export interface Seen {
    readonly packet: Packet;
    /** Unset in the output hook and for packets of the host itself. */
    readonly inputDevice: string | undefined;
    /** Unset in prerouting and input. */
    readonly outputDevice: string | undefined;
    readonly state: CtState;
    readonly isLocal: (address: Address) => boolean;
    /** Unset: both are 0 and nobody may set them. */
    readonly marks?: Marks;
}

/** Firewall mark of the packet and mark of its connection at this host; rules change them. */
export interface Marks {
    packet: number;
    connection: number;
}

export function protocolName(packet: Packet): string {
    return packet.protocol === "icmp" && packet.source.family === 6 ? "icmpv6" : packet.protocol;
}
