/**
 * What follows from a graph, per host. Plain JSON, sorted, same graph = same bytes.
 * Values (keys, endpoint addresses) are still names here; render joins them.
 */
export interface Plan {
    readonly mesh: string;
    /** Sorted by name. */
    readonly hosts: readonly HostPlan[];
    /** One per declared Peer, sorted by name. */
    readonly peers: readonly PeerPlan[];
    /** One per declared Route, sorted by name. */
    readonly routes: readonly RoutePlan[];
}

export interface HostPlan {
    readonly name: string;
    readonly managed: boolean;
    /** Sorted by interface name (`wg0`, `wg1`). */
    readonly interfaces: readonly InterfacePlan[];
    /** Address families in which this host passes packets on. */
    readonly forward: { readonly ipv4: boolean; readonly ipv6: boolean };
    /** The nftables table of this mesh on this host. Unset: nothing to judge. */
    readonly firewall?: Firewall;
}

/** Everything that ends up in one `.conf`. */
export interface InterfacePlan {
    /** Name of the declaration, e.g. `hub-wg0`. */
    readonly name: string;
    readonly host: string;
    /** Device name, e.g. `wg0`. */
    readonly interfaceName: string;
    readonly addresses: readonly string[];
    readonly listenPort?: number;
    /** Bytes, always explicit. */
    readonly mtu: number;
    readonly adopt: boolean;
    /** Sorted by the remote interface's name. */
    readonly peers: readonly PeerSection[];
}

/** One `[Peer]` section. */
export interface PeerSection {
    /** Name of the declared Peer. */
    readonly peer: string;
    /** Name of the remote interface's declaration; its public key goes here. */
    readonly remote: string;
    readonly remoteHost: string;
    /** Canonical prefixes, sorted by family, address, length. */
    readonly allowedIPs: readonly string[];
    /** True when the remote side is reachable, so that `Endpoint` is written. */
    readonly endpoint: boolean;
    /** Seconds. Unset: off. */
    readonly persistentKeepalive?: number;
    readonly presharedKey: boolean;
}

/** One declared Peer as a preview shows it: both sides at once. */
export interface PeerPlan {
    readonly name: string;
    readonly between: readonly [string, string];
    /** Allowed IPs by the interface that holds them: `{ "hub-wg0": ["10.0.0.2/32"], "ann-wg0": ["10.0.0.1/32", "10.0.1.0/24"] }`. */
    readonly allowedIPs: Readonly<Record<string, readonly string[]>>;
    /** Seconds by the interface that sends them. */
    readonly persistentKeepalive: Readonly<Record<string, number>>;
}

/** One declared Route as a preview shows it. Must not mention members of a network, or adding one would change every route. */
export interface RoutePlan {
    readonly name: string;
    /** Prefixes that may talk, canonical and sorted. */
    readonly from: readonly string[];
    readonly to: readonly string[];
    /** The hosts a flow is forwarded by, in order from `from` to `to`, as one line per path, e.g. `hub: wg0 -> wg1`. */
    readonly path: readonly string[];
    readonly initiate: "both" | "from";
    readonly allow: readonly string[];
}

/** The table of one mesh on one host, as data. render/nftables turns it into text. */
export interface Firewall {
    readonly table: string;
    // The planner's author completes this type (issue: forwarding and isolation).
}
