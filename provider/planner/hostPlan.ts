/**
 * What follows from a graph, per host. Plain JSON, sorted, same graph = same bytes.
 * Values (keys, endpoint addresses) are still names here; render joins them.
 */
export interface Plan {
    /** Name of the mesh, e.g. `office`. */
    readonly mesh: string;
    /** Sorted by name. */
    readonly hosts: readonly HostPlan[];
    /** One per declared Route, sorted by name. */
    readonly routes: readonly RoutePlan[];
}

/** What one host needs. */
export interface HostPlan {
    /** Name of the host, e.g. `hub`. */
    readonly name: string;
    /** True when the plan is pushed to it; false for a device, which gets files only. */
    readonly managed: boolean;
    /** Sorted by interface name (`wg0`, `wg1`). */
    readonly interfaces: readonly InterfacePlan[];
    /** LANs declared behind this host, sorted. */
    readonly lans: readonly { readonly prefix: string; readonly nat: boolean }[];
    /** Address families in which this host passes packets on. */
    readonly forward: { readonly ipv4: boolean; readonly ipv6: boolean };
    /** The nftables table of this mesh on this host. Unset: nothing to judge. */
    readonly firewall?: Firewall;
}

/** Everything that ends up in one `.conf`. */
export interface InterfacePlan {
    /** Name of the declaration, e.g. `hub-wg0`. */
    readonly name: string;
    /** Name of the host it is on. */
    readonly host: string;
    /** Device name, e.g. `wg0`. */
    readonly interfaceName: string;
    /** Own addresses with prefix length, declared or assigned, e.g. `["10.0.0.1/24"]`. */
    readonly addresses: readonly string[];
    /** UDP port, 1-65535. Unset: a random port chosen by the kernel. */
    readonly listenPort?: number;
    /** Set on every interface of a host that has a full tunnel, so that no tunnel's own packets enter another. wg-quick uses it as its table. */
    readonly fwMark?: number;
    /** Canonical prefixes that the full tunnel of this interface leaves to the host's other routes. Unset: none. Only beside `fwMark`. */
    readonly excluded?: readonly string[];
    /** True on devices, whose apps reject what wg-quick(8) adds to the file. Unset: a file for wg-quick. */
    readonly isForApp?: boolean;
    /** Bytes, always explicit. */
    readonly mtu: number;
    /** True when a file or unit of that name that the library does not own is taken over. */
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
    /** Name of the host that the remote interface is on. */
    readonly remoteHost: string;
    /** Canonical prefixes, sorted by family, address, length. */
    readonly allowedIPs: readonly string[];
    /**
     * True when the remote side is reachable, so that its carried value is written as `Endpoint`. A text, e.g. `10.0.0.1:51821`: the
     * `Endpoint` itself, inside another tunnel of the mesh.
     */
    readonly endpoint: boolean | string;
    /** Seconds. Unset: off. */
    readonly persistentKeepalive?: number;
    /** True when a preshared key is carried beside the graph; both sides get it. */
    readonly presharedKey: boolean;
}

/** One declared Route as a preview shows it. Must not mention members of a network, or adding one would change every route. */
export interface RoutePlan {
    /** Name of the declared Route. */
    readonly name: string;
    /** Prefixes that may talk, canonical and sorted. */
    readonly from: readonly string[];
    /** Prefixes they may talk to, canonical and sorted; for the internet 0.0.0.0/0 and ::/0 without what the route excludes. */
    readonly to: readonly string[];
    /** The hosts a flow is forwarded by, in order from `from` to `to`, as one line per path, e.g. `hub: wg0 -> wg1`. */
    readonly path: readonly string[];
    /** Who may open a flow. */
    readonly initiate: "both" | "from";
    /** As declared, sorted, e.g. `["tcp/443"]`; empty: everything. */
    readonly allow: readonly string[];
}

/**
 * The nftables table of one mesh on one host, as data; render/nftables turns it into text.
 *
 * Every verdict is about a pair of addresses, not about a pair of interfaces: the antispoof sets tie each source to the
 * interface it may enter by, and the routes tie each destination to the one it leaves by. So one list of declared pairs
 * serves what is forwarded, what arrives at the host itself and what the host sends.
 */
export interface Firewall {
    /** Name of the table in family inet, e.g. `wireguard_office`. */
    readonly table: string;
    /** The interfaces of the mesh on this host, sorted by device name. Traffic of no other interface is judged. */
    readonly interfaces: readonly FirewallInterface[];
    /** Prefixes that live behind the interfaces: as a source they may not enter anywhere else. Without 0.0.0.0/0 and ::/0. */
    readonly overlay: readonly string[];
    /** LANs of a host that has a full tunnel: what is not on them must not go back into the tunnel, or it would circle. */
    readonly lans: readonly string[];
    /**
     * Own addresses and LANs of a host that has a full tunnel. What it sends from any other address, as when somebody on the internet
     * talks to its public one, is not of the mesh even when it leaves by the tunnel.
     */
    readonly ownSources: readonly string[];
    /** Declared pairs in the order they are rendered: by route, direction, family. */
    readonly rules: readonly FirewallRule[];
    /** What the host itself sends with an address that no route declares, in the order it is asked. */
    readonly rewrites: readonly RewriteRule[];
    /** Flows to the internet through this host. */
    readonly internet: readonly InternetRule[];
    /** Flows towards a LAN whose router knows no way back. */
    readonly masquerade: readonly MasqueradeRule[];
    /**
     * Set on a host that has a full tunnel: the mark that keeps packets out of it, which connections from outside get, so that
     * their answers leave the way they came. The same as `fwMark` of its interfaces.
     */
    readonly bypassMark?: number;
    /** Device names: TCP connections forwarded out of them get the segment size that the MTU there leaves. All of a host that passes packets on, else none. */
    readonly clampMss: readonly string[];
}

/** One interface of the mesh as the table sees it. */
export interface FirewallInterface {
    /** Device name, e.g. `wg0`. */
    readonly interfaceName: string;
    /** Own addresses without length. */
    readonly addresses: readonly string[];
    /** Addresses of the interfaces it peers with: each pair with an own address may talk, because a Peer says so. */
    readonly peers: readonly string[];
    /** Sources that may enter by it: the allowed IPs of all its peers, canonical and disjoint. */
    readonly sources: readonly string[];
    /** Prefixes inside those that live behind another interface of the host. A full tunnel's 0.0.0.0/0 has many. */
    readonly elsewhere: readonly string[];
}

/** One direction of one Route in one family. */
export interface FirewallRule {
    /** Name of the declared Route. */
    readonly route: string;
    /** True for flows that `to` opens towards `from`. */
    readonly back: boolean;
    /** Of its addresses; a route in both families has rules for each. */
    readonly family: 4 | 6;
    /** Canonical, sorted, disjoint. */
    readonly sources: readonly string[];
    /** Canonical, sorted, disjoint. */
    readonly destinations: readonly string[];
    /** As declared, sorted; empty: everything. */
    readonly allow: readonly string[];
}

/**
 * Packets of the host itself whose source the kernel chose among the addresses of the interface they leave by. The first rule that fits
 * counts.
 */
export interface RewriteRule {
    /** Name of the declared Route. */
    readonly route: string;
    /** True for flows that `to` opens towards `from`. */
    readonly back: boolean;
    /** Of its addresses. */
    readonly family: 4 | 6;
    /** Device name. */
    readonly output: string;
    /**
     * Addresses of the host, without length: those of that device. Empty: every address of the host, as the device has none of the family
     * and the kernel takes one of another device.
     */
    readonly sources: readonly string[];
    /** Canonical, sorted, disjoint. */
    readonly destinations: readonly string[];
    /** What is left out of them; canonical and disjoint. */
    readonly except: readonly string[];
    /** As declared, sorted; empty: everything. */
    readonly allow: readonly string[];
    /** The address of the host, without length, that the route declares. Unset: the packets may leave as they are. */
    readonly to?: string;
}

/**
 * Sources that may go anywhere but to the mesh itself. What is not of the mesh leaves the exit host through an interface that is
 * not of the mesh, masqueraded; on the way there the rule is the same.
 */
export interface InternetRule {
    /** Name of the declared Route. */
    readonly route: string;
    /** Of its addresses. */
    readonly family: 4 | 6;
    /** Canonical, sorted, disjoint. */
    readonly sources: readonly string[];
    /** Everything of the mesh that this host knows, what the route excludes, and what is not the internet; canonical and disjoint. */
    readonly except: readonly string[];
    /** As declared, sorted; empty: everything. */
    readonly allow: readonly string[];
    /** True on the exit host. */
    readonly masquerade: boolean;
}

/** Flows whose source becomes an address of the host, because the LAN they go to knows no way back. */
export interface MasqueradeRule {
    /** Name of the declared Route. */
    readonly route: string;
    /** Of its addresses. */
    readonly family: 4 | 6;
    /** Canonical, sorted, disjoint. */
    readonly sources: readonly string[];
    /** The LANs, canonical, sorted, disjoint. */
    readonly destinations: readonly string[];
}
