import type { ConfPeer } from "./conf";
import type { Address } from "./ip";
import type { Packet } from "./packet";
import type { Port } from "./port";
import type { Tunnel } from "./tunnel";

/** Where a packet ended up. */
export type Arrival =
    | { readonly kind: "host"; readonly host: string; readonly device: string | undefined }
    | { readonly kind: "lan"; readonly host: string; readonly port: Port }
    | { readonly kind: "internet"; readonly host: string };

/** One host on the way; `peer` is set when the packet left through a tunnel. */
export interface Hop {
    readonly host: string;
    readonly input: string | undefined;
    readonly output: string | undefined;
    readonly tunnel?: Tunnel;
    /** What the packet had as its source when it left through that tunnel. */
    readonly source?: Address;
    readonly peer?: ConfPeer;
}

export type Walk =
    | { readonly ok: true; readonly arrival: Arrival; readonly packet: Packet; readonly hops: readonly Hop[] }
    | { readonly ok: false; readonly at: string; readonly reason: string; readonly hops: readonly Hop[] };

/** A packet that stands at a host: made there (`input` unset) or just arrived through a device. */
export interface Standing {
    readonly host: string;
    readonly input: string | undefined;
    readonly packet: Packet;
    /** Firewall mark of a packet made by the host itself. */
    readonly mark?: number;
}
