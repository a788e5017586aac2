/**
 * The declared graph: what a user wrote, before anything is derived from it.
 *
 * Plain JSON, so that a mesh can be unit-tested without Pulumi. Only structure lives here. Values that do not shape the
 * plan (keys, endpoint addresses, credentials) are carried beside it and joined when files are rendered.
 */
export interface Graph {
    /** Name of the mesh, e.g. `office`. It names the firewall table and the folder of owned files on every host. */
    readonly mesh: string;
    /** The machines, e.g. `[{ name: "hub", managed: true, endpoint: true }]`. The order of no list matters. */
    readonly hosts: readonly Host[];
    /** Their WireGuard interfaces. */
    readonly interfaces: readonly Interface[];
    /** The tunnels between them. */
    readonly peers: readonly Peer[];
    /** Networks behind hosts. Unset: none. */
    readonly lans?: readonly Lan[];
    /** Declared flows. Unset: none, so that only the two ends of each Peer talk. */
    readonly routes?: readonly Route[];
    /** Policy tests. Unset: none. */
    readonly expectations?: readonly Expectation[];
    /** Addresses handed out earlier to interfaces that declare none, by interface name: `{ "ann-wg0": ["10.0.0.2/24"] }`. */
    readonly allocations?: Readonly<Record<string, readonly string[]>>;
}

/** Where a declaration stands in the user's program, e.g. `index.ts:12`. Only ever used in failure texts. */
export interface Declared {
    /** File and line, with the column or without. Unset: failures say no place. */
    readonly declaredAt?: string;
}

/** A machine. */
export interface Host extends Declared {
    /** Name of the declaration, unique in the mesh, 1-63 of `a-zA-Z0-9._-`, e.g. `hub`. */
    readonly name: string;
    /** True when the library pushes to it over SSH; false for a device that gets its config as an output. */
    readonly managed: boolean;
    /** True when other hosts can reach it at a public name or address; its value is carried beside the graph. */
    readonly endpoint: boolean;
    /** MTU of the link towards the internet in bytes, 576-65535. @default 1500 */
    readonly uplinkMtu?: number;
}

/** A WireGuard interface on a host. */
export interface Interface extends Declared {
    /** Name of the declaration, unique in the mesh, e.g. `hub-wg0`. */
    readonly name: string;
    /** Name of the host it is on. */
    readonly host: string;
    /** Name of the device on the host, e.g. `wg0`. */
    readonly interfaceName: string;
    /** Own addresses with prefix length, e.g. `["10.0.0.1/24"]`. Unset: assigned from the pool of the interface it peers with. */
    readonly addresses?: readonly string[];
    /** Pool for members that declare no addresses, e.g. `10.0.0.0/24`. */
    readonly allocate?: string;
    /** UDP port, 1-65535. Unset: a random port chosen by the kernel. */
    readonly listenPort?: number;
    /**
     * True when this interface has an endpoint of its own that overrides the host's (a port forward, a second uplink). The name of another
     * interface of the same host, e.g. `hub-wg0`: others reach this one at an address of that one, through the tunnels that lead there, and
     * its Peers never travel outside of them. Unset: the host's endpoint counts.
     */
    readonly endpoint?: boolean | string;
    /**
     * Bytes, 1280-65535 (576 without IPv6). Unset: what the smallest uplink among all interfaces it exchanges packets with leaves, less 80;
     * inside other tunnels, what the smallest of those leaves, less 80.
     * A declared value counts for those interfaces too; one that is larger than theirs is rejected.
     */
    readonly mtu?: number;
    /** Take over a `.conf` or unit that exists on the host and is not owned by the library. @default false */
    readonly adopt?: boolean;
}

/** A tunnel between exactly two interfaces: one `[Peer]` section on each side. */
export interface Peer extends Declared {
    /** Name of the declaration, unique among Peers, e.g. `ann`. */
    readonly name: string;
    /** Names of the two interfaces. */
    readonly between: readonly [string, string];
    /** Weight when routes choose between paths, 1-1000000; the smallest sum wins. @default 1 */
    readonly cost?: number;
    /** Seconds, 1-65535, 0 for off. Unset: 25 on the side without an endpoint. */
    readonly persistentKeepalive?: number;
    /** True when a preshared key is carried beside the graph. */
    readonly presharedKey?: boolean;
}

/** A network behind a host, e.g. `192.168.10.0/24`. */
export interface Lan extends Declared {
    /** Name of the host it is behind, e.g. `berlin`. */
    readonly host: string;
    /** The network, without host bits, e.g. `192.168.10.0/24`. */
    readonly prefix: string;
    /**
     * True when the LAN's router knows no way back, so the host masquerades towards it. Its machines can then be reached but cannot open
     * flows, so routes lead only `to` it and with `initiate: "from"`. @default false
     */
    readonly nat?: boolean;
}

/**
 * One end of a route: one interface; a network, which is the subnets of an interface's addresses; a LAN declared behind a host; or the
 * internet behind a host, e.g. `{ kind: "internet", host: "hub" }`.
 */
export type RouteEnd =
    | { readonly kind: "interface"; readonly interface: string }
    | { readonly kind: "network"; readonly interface: string }
    | { readonly kind: "lan"; readonly host: string; readonly prefix: string }
    | { readonly kind: "internet"; readonly host: string };

/**
 * A declared flow. Replies always come back; both ends may start one unless `initiate` is `from`. What a managed host with an address in
 * one end sends without choosing a source gets that address, whichever interface it leaves by; of several the first route by name decides.
 */
export interface Route extends Declared {
    /** Name of the declaration, unique among routes, e.g. `clients`; the rules of firewalls carry it. */
    readonly name: string;
    /** Where flows start, at least one end, e.g. `[{ kind: "network", interface: "hub-wg0" }]`. */
    readonly from: readonly RouteEnd[];
    /** Where they go, at least one end, e.g. `[{ kind: "lan", host: "berlin", prefix: "192.168.10.0/24" }]`. */
    readonly to: readonly RouteEnd[];
    /**
     * Who may open a flow. The internet never can. A route between two interfaces that peer with each other cannot be narrowed by this or
     * by `allow`: a Peer lets its two interfaces talk. @default "both"
     */
    readonly initiate?: "both" | "from";
    /** Protocols and ports, e.g. `["tcp/443", "udp/53", "tcp/8000-8100", "icmp"]`. Unset: everything. */
    readonly allow?: readonly string[];
    /**
     * Prefixes cut out of `to`, e.g. `["10.0.0.128/25"]` out of a network. Unset: nothing. Beside `host.internet` it makes a split tunnel:
     * what is excluded leaves by the host's other routes, e.g. `["172.16.0.0/12"]`; routes that send one host there exclude the same. A
     * device gets the rest of 0.0.0.0/0 as allowed IPs, for the WireGuard apps: with wg-quick on Linux it needs a connection. A device with
     * a full or split tunnel has no other interface. A full tunnel leaves out by itself whatever the host has a more specific route to, such
     * as its own LAN.
     */
    readonly exclude?: readonly string[];
}

/** A policy test: planning fails with the explanation when the graph does not fulfil it. */
export interface Expectation extends Declared {
    /** `reach`: everything asked about must pass, and be answered. `deny`: nothing of it may arrive. */
    readonly kind: "reach" | "deny";
    /** Where the flow starts, e.g. `{ kind: "interface", interface: "ann-wg0" }`. All machines it stands for are meant. */
    readonly from: RouteEnd;
    /** Where it goes. */
    readonly to: RouteEnd;
    /** Unset: every protocol has to pass, or none. */
    readonly protocol?: "tcp" | "udp" | "icmp";
    /** Destination port of tcp or udp, 1-65535, e.g. `443`. Unset: every port. */
    readonly port?: number;
}
