import type { Expectation, Graph, Host, Interface, Lan, Peer, Route, RouteEnd } from "../../provider/planner/graph";

type Draft<T> = { -readonly [K in keyof T]: Draft<T[K]> };

/**
 * A valid graph to make one mistake in (the one of S1): two clients on two interfaces of a hub, one route between the networks.
 * `hub` and `ann` are managed, `bob` is a device, only `hub` can be reached.
 */
export interface SmallGraph {
    readonly graph: Draft<Required<Omit<Graph, "allocations">>> & { allocations?: Record<string, string[]> };
    readonly hub: Draft<Host>;
    readonly ann: Draft<Host>;
    readonly bob: Draft<Host>;
    readonly hubWg0: Draft<Interface>;
    readonly hubWg1: Draft<Interface>;
    readonly annWg: Draft<Interface>;
    readonly bobWg: Draft<Interface>;
    readonly annPeer: Draft<Peer>;
    readonly bobPeer: Draft<Peer>;
    readonly clients: Draft<Route>;
}

/** A graph, how it is called in test output, and the exact text of everything wrong with it: `property: reason`, sorted. */
export interface BadGraph {
    readonly name: string;
    readonly graph: Graph;
    readonly failures: readonly string[];
}

/** The accepting twin of a bad graph: as near to it as the rule allows. */
export interface GoodGraph {
    readonly name: string;
    readonly graph: Graph;
}

/** A fresh copy every time, so that a row can change what it likes. */
export function smallGraph(): SmallGraph {
    const hub: Draft<Host> = { name: "hub", managed: true, endpoint: true };
    const ann: Draft<Host> = { name: "ann", managed: true, endpoint: false };
    const bob: Draft<Host> = { name: "bob", managed: false, endpoint: false };
    const hubWg0: Draft<Interface> = {
        name: "hub-wg0",
        host: "hub",
        interfaceName: "wg0",
        addresses: ["10.0.0.1/24"],
        listenPort: 51820,
    };
    const hubWg1: Draft<Interface> = {
        name: "hub-wg1",
        host: "hub",
        interfaceName: "wg1",
        addresses: ["10.0.1.1/24"],
        listenPort: 51821,
    };
    const annWg: Draft<Interface> = { name: "ann-wg0", host: "ann", interfaceName: "wg0", addresses: ["10.0.0.2/24"] };
    const bobWg: Draft<Interface> = { name: "bob-wg0", host: "bob", interfaceName: "wg0", addresses: ["10.0.1.2/24"] };
    const annPeer: Draft<Peer> = { name: "ann", between: ["hub-wg0", "ann-wg0"] };
    const bobPeer: Draft<Peer> = { name: "bob", between: ["hub-wg1", "bob-wg0"] };
    const clients: Draft<Route> = { name: "clients", from: [network("hub-wg0")], to: [network("hub-wg1")] };
    const graph = {
        mesh: "office",
        hosts: [hub, ann, bob],
        interfaces: [hubWg0, hubWg1, annWg, bobWg],
        peers: [annPeer, bobPeer],
        lans: [],
        routes: [clients],
        expectations: [],
    };
    return { graph, hub, ann, bob, hubWg0, hubWg1, annWg, bobWg, annPeer, bobPeer, clients };
}

function end(name: string): Draft<RouteEnd> {
    return { kind: "interface", interface: name };
}

function network(name: string): Draft<RouteEnd> {
    return { kind: "network", interface: name };
}

function lanOf(host: string, prefix: string): Draft<RouteEnd> {
    return { kind: "lan", host, prefix };
}

function internet(host: string): Draft<RouteEnd> {
    return { kind: "internet", host };
}

/** One more host with one interface, `eve` and `eve-wg0`, connected to nothing. */
function addEve({ graph }: SmallGraph, host: Partial<Host> = {}, wireguard: Partial<Interface> = {}): void {
    graph.hosts.push({ name: "eve", managed: true, endpoint: false, ...host });
    const one: Interface = { name: "eve-wg0", host: "eve", interfaceName: "wg0", addresses: ["10.0.2.2/24"], ...wireguard };
    graph.interfaces.push(structuredClone(one) as Draft<Interface>);
}

function addLan({ graph }: SmallGraph, host: string, prefix: string, more: Partial<Lan> = {}): void {
    graph.lans.push({ host, prefix, ...more });
}

function addPeer({ graph }: SmallGraph, name: string, a: string, b: string): void {
    graph.peers.push({ name, between: [a, b] });
}

function expect(
    { graph }: SmallGraph,
    kind: Expectation["kind"],
    from: RouteEnd,
    to: RouteEnd,
    more: Partial<Expectation> = {},
): void {
    graph.expectations.push({ kind, from: { ...from }, to: { ...to }, ...more });
}

function changed(change: (small: SmallGraph) => void): Graph {
    const small = smallGraph();
    change(small);
    return small.graph;
}

function bad(name: string, change: (small: SmallGraph) => void, failures: readonly string[]): BadGraph {
    return { name, graph: changed(change), failures };
}

function good(name: string, change: (small: SmallGraph) => void): GoodGraph {
    return { name, graph: changed(change) };
}

/** Graphs that can be declared in a program and must fail at preview, by the rules that need no plan. */
export const badGraphs: readonly BadGraph[] = [
    bad(
        "mesh name with a space",
        ({ graph }) => {
            graph.mesh = "head office";
        },
        ['mesh: must be 1-32 letters, digits, "_" or "-", the first a letter, got "head office"; did you mean "head-office"?'],
    ),
    bad(
        "mesh name too long",
        ({ graph }) => {
            graph.mesh = "m".repeat(33);
        },
        ['mesh: must be 1-32 letters, digits, "_" or "-", the first a letter, got "mmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmm"'],
    ),
    bad(
        "host name with a quote",
        ({ ann, annWg }) => {
            ann.name = 'ann"s';
            annWg.host = ann.name;
        },
        [
            '"ann\\"s".name: the name of a host must be 1-63 letters, digits, ".", "_" or "-", the first a letter or digit, got "ann\\"s"; did you mean "ann-s"?',
        ],
    ),
    bad(
        "empty host name",
        ({ ann, annWg }) => {
            ann.name = "";
            annWg.host = "";
        },
        ['"".name: the name of a host must be 1-63 letters, digits, ".", "_" or "-", the first a letter or digit, got ""'],
    ),
    bad(
        "interface name with a space",
        ({ annWg, annPeer }) => {
            annWg.name = "ann wg0";
            annPeer.between = ["hub-wg0", "ann wg0"];
        },
        [
            '"ann wg0".name: the name of an interface must be 1-63 letters, digits, ".", "_" or "-", the first a letter or digit, got "ann wg0"; did you mean "ann-wg0"?',
        ],
    ),
    bad(
        "peer name with a shell substitution",
        ({ annPeer }) => {
            annPeer.name = "$(reboot)";
        },
        [
            '"$(reboot)".name: the name of a peer must be 1-63 letters, digits, ".", "_" or "-", the first a letter or digit, got "$(reboot)"; did you mean "reboot"?',
        ],
    ),
    bad(
        "route name too long",
        ({ clients }) => {
            clients.name = "r".repeat(64);
        },
        [
            '"rrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrr".name: the name of a route must be 1-63 letters, digits, ".", "_" or "-", the first a letter or digit, got "rrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrr"',
        ],
    ),
    bad(
        "two hosts of one name",
        ({ graph, ann }) => {
            ann.declaredAt = "index.ts:9";
            graph.hosts.push({ ...ann, declaredAt: "index.ts:12" });
        },
        ['ann.name: "ann" is already the name of another host (index.ts:9); every host needs its own (index.ts:12)'],
    ),
    bad(
        "two interfaces of one name",
        ({ graph, annWg }) => {
            graph.interfaces.push({ ...annWg, interfaceName: "wg5", addresses: ["10.0.5.1/24"] });
        },
        ['ann-wg0.name: "ann-wg0" is already the name of another interface; every interface needs its own'],
    ),
    bad(
        "two peers of one name",
        (s) => {
            addEve(s);
            addPeer(s, "ann", "hub-wg0", "eve-wg0");
        },
        ['ann.name: "ann" is already the name of another peer; every peer needs its own'],
    ),
    bad(
        "two routes of one name",
        ({ graph, clients }) => {
            clients.declaredAt = "index.ts:30";
            graph.routes.push({ name: "clients", from: [end("ann-wg0")], to: [end("bob-wg0")], declaredAt: "index.ts:31" });
        },
        ['clients.name: "clients" is already the name of another route (index.ts:30); every route needs its own (index.ts:31)'],
    ),
    bad(
        "device name too long",
        ({ annWg }) => {
            annWg.interfaceName = "wireguard-office";
        },
        [
            'ann-wg0.interfaceName: the device name must be 1-15 letters, digits, "_" or "-", the first a letter, got "wireguard-office"',
        ],
    ),
    bad(
        "device name with a dot",
        ({ annWg }) => {
            annWg.interfaceName = "wg.0";
        },
        [
            'ann-wg0.interfaceName: the device name must be 1-15 letters, digits, "_" or "-", the first a letter, got "wg.0"; did you mean "wg-0"?',
        ],
    ),
    bad(
        "device name that begins with a digit",
        ({ annWg }) => {
            annWg.interfaceName = "0wg";
        },
        ['ann-wg0.interfaceName: the device name must be 1-15 letters, digits, "_" or "-", the first a letter, got "0wg"'],
    ),
    bad(
        "device name all",
        ({ annWg }) => {
            annWg.interfaceName = "all";
        },
        [
            'ann-wg0.interfaceName: "all" cannot be a device name, it is what "wg show all" and net.ipv4.conf.all mean by every interface; try "wg0"',
        ],
    ),
    bad(
        "device name lo",
        ({ annWg }) => {
            annWg.interfaceName = "lo";
        },
        ['ann-wg0.interfaceName: "lo" cannot be a device name, it is the loopback device; try "wg0"'],
    ),
    bad(
        "device name that is a keyword",
        ({ annWg }) => {
            annWg.interfaceName = "mtu";
        },
        ['ann-wg0.interfaceName: "mtu" cannot be a device name, it is a keyword of "ip link add"; try "wg0"'],
    ),
    bad(
        "device name that abbreviates a keyword",
        ({ annWg }) => {
            annWg.interfaceName = "br";
        },
        ['ann-wg0.interfaceName: "br" cannot be a device name, it is short for "broadcast" in "ip link add"; try "wg0"'],
    ),
    bad(
        "one device name twice on a host",
        ({ hubWg1 }) => {
            hubWg1.interfaceName = "wg0";
        },
        ['hub-wg1.interfaceName: "wg0" on host "hub" is already the device name of "hub-wg0"'],
    ),
    bad(
        "listen port too large",
        ({ hubWg0 }) => {
            hubWg0.listenPort = 70000;
        },
        ["hub-wg0.listenPort: must be a whole number from 1 to 65535, got 70000"],
    ),
    bad(
        "listen port zero",
        ({ hubWg0 }) => {
            hubWg0.listenPort = 0;
        },
        ["hub-wg0.listenPort: must be a whole number from 1 to 65535, got 0"],
    ),
    bad(
        "listen port with a fraction",
        ({ hubWg0 }) => {
            hubWg0.listenPort = 51820.5;
        },
        ["hub-wg0.listenPort: must be a whole number from 1 to 65535, got 51820.5"],
    ),
    bad(
        "one listen port twice on a host",
        ({ hubWg0, hubWg1 }) => {
            hubWg0.declaredAt = "index.ts:9";
            hubWg1.listenPort = 51820;
            hubWg1.declaredAt = "index.ts:10";
        },
        [
            'hub-wg1.listenPort: port 51820 of host "hub" is already used by "hub-wg0" (index.ts:9); every interface of a host needs its own (index.ts:10)',
        ],
    ),
    bad(
        "reachable host without a listen port",
        ({ hubWg0 }) => {
            delete hubWg0.listenPort;
        },
        [
            'hub-wg0.listenPort: must be set to a port from 1 to 65535, because host "hub" has an endpoint that others connect to, e.g. 51820',
        ],
    ),
    bad(
        "interface with an endpoint and without a listen port",
        ({ annWg }) => {
            annWg.endpoint = true;
        },
        [
            "ann-wg0.listenPort: must be set to a port from 1 to 65535, because it has an endpoint that others connect to, e.g. 51820",
        ],
    ),
    bad(
        "endpoint inside an interface that is not there",
        ({ hubWg1 }) => {
            hubWg1.endpoint = "hub-wgo";
        },
        ['hub-wg1.endpoint: no interface is named "hub-wgo" in this mesh; did you mean "hub-wg0"?'],
    ),
    bad(
        "endpoint inside an interface of another host",
        ({ hubWg1 }) => {
            hubWg1.endpoint = "ann-wg0";
        },
        ['hub-wg1.endpoint: must be another interface of host "hub", but "ann-wg0" is on host "ann"'],
    ),
    bad(
        "endpoint inside the interface itself",
        ({ hubWg1 }) => {
            hubWg1.endpoint = "hub-wg1";
        },
        ['hub-wg1.endpoint: must be another interface of host "hub", got the interface itself'],
    ),
    bad(
        "nested interface without a listen port",
        ({ hubWg1 }) => {
            hubWg1.endpoint = "hub-wg0";
            delete hubWg1.listenPort;
        },
        [
            "hub-wg1.listenPort: must be set to a port from 1 to 65535, because it has an endpoint that others connect to, e.g. 51820",
        ],
    ),
    bad(
        "endpoint of an unknown kind",
        ({ hubWg1 }) => {
            Object.assign(hubWg1, { endpoint: 51821 });
        },
        ["hub-wg1.endpoint: must be true, false or the name of another interface of its host, got 51821"],
    ),
    bad(
        "uplink MTU too small",
        ({ ann }) => {
            ann.uplinkMtu = 500;
        },
        ["ann.uplinkMtu: must be a whole number of bytes from 576 to 65535, got 500"],
    ),
    bad(
        "uplink MTU too large",
        ({ ann }) => {
            ann.uplinkMtu = 65536;
        },
        ["ann.uplinkMtu: must be a whole number of bytes from 576 to 65535, got 65536"],
    ),
    bad(
        "MTU too small",
        ({ annWg }) => {
            annWg.mtu = 575;
        },
        ["ann-wg0.mtu: must be a whole number of bytes from 576 to 65535, got 575"],
    ),
    bad(
        "MTU below 1280 with IPv6",
        ({ annWg }) => {
            annWg.addresses = ["10.0.0.2/24", "fd00::2/64"];
            annWg.mtu = 1279;
        },
        ['ann-wg0.mtu: must be at least 1280 bytes with the IPv6 address "fd00::2/64", got 1279'],
    ),
    bad(
        "MTU larger than the default uplink allows",
        ({ annWg }) => {
            annWg.mtu = 1441;
        },
        [
            'ann-wg0.mtu: must be at most 1440 bytes (uplinkMtu 1500 of host "ann", the default, less 60 for WireGuard over IPv4; over IPv6 it is 80), got 1441',
        ],
    ),
    bad(
        "MTU larger than a declared uplink allows",
        ({ ann, annWg }) => {
            ann.uplinkMtu = 1492;
            ann.declaredAt = "index.ts:5";
            annWg.mtu = 1440;
            annWg.declaredAt = "index.ts:12";
        },
        [
            'ann-wg0.mtu: must be at most 1432 bytes (uplinkMtu 1492 of host "ann" (index.ts:5), less 60 for WireGuard over IPv4; over IPv6 it is 80), got 1440 (index.ts:12)',
        ],
    ),
    bad(
        "cost zero",
        ({ annPeer }) => {
            annPeer.cost = 0;
        },
        ["ann.cost: must be a whole number from 1 to 1000000, got 0"],
    ),
    bad(
        "cost too large",
        ({ annPeer }) => {
            annPeer.cost = 1000001;
        },
        ["ann.cost: must be a whole number from 1 to 1000000, got 1000001"],
    ),
    bad(
        "keepalive negative",
        ({ annPeer }) => {
            annPeer.persistentKeepalive = -1;
        },
        ["ann.persistentKeepalive: must be 0 (off) or a whole number of seconds from 1 to 65535, got -1"],
    ),
    bad(
        "keepalive too long",
        ({ annPeer }) => {
            annPeer.persistentKeepalive = 65536;
        },
        ["ann.persistentKeepalive: must be 0 (off) or a whole number of seconds from 1 to 65535, got 65536"],
    ),
    bad(
        "network address as an interface address (S5)",
        ({ hubWg0 }) => {
            hubWg0.addresses = ["10.0.0.0/24"];
        },
        [
            'hub-wg0.addresses[0]: "10.0.0.0/24" is the network address of 10.0.0.0/24; an interface needs an address inside it, e.g. "10.0.0.1/24"',
        ],
    ),
    bad(
        "IPv6 network address as an interface address",
        ({ hubWg0 }) => {
            hubWg0.addresses = ["fd00::/64"];
        },
        [
            'hub-wg0.addresses[0]: "fd00::/64" is the network address of fd00::/64; an interface needs an address inside it, e.g. "fd00::1/64"',
        ],
    ),
    bad(
        "broadcast address",
        ({ annWg }) => {
            annWg.addresses = ["10.0.0.255/24"];
        },
        [
            'ann-wg0.addresses[0]: "10.0.0.255/24" is the broadcast address of 10.0.0.0/24; an interface needs an address inside it, e.g. "10.0.0.254/24"',
        ],
    ),
    bad(
        "address without a prefix length",
        ({ annWg }) => {
            annWg.addresses = ["10.0.0.2"];
        },
        ['ann-wg0.addresses[0]: needs a prefix length, which says how large its network is, e.g. "10.0.0.2/24", got "10.0.0.2"'],
    ),
    bad(
        "IPv6 address without a prefix length",
        ({ annWg }) => {
            annWg.addresses = ["fd00::2"];
        },
        ['ann-wg0.addresses[0]: needs a prefix length, which says how large its network is, e.g. "fd00::2/64", got "fd00::2"'],
    ),
    bad(
        "prefix length too long",
        ({ annWg }) => {
            annWg.addresses = ["10.0.0.2/33"];
        },
        ['ann-wg0.addresses[0]: a prefix length of IPv4 is from 0 to 32, got "10.0.0.2/33"'],
    ),
    bad(
        "prefix length zero",
        ({ annWg }) => {
            annWg.addresses = ["10.0.0.2/0"];
        },
        [
            'ann-wg0.addresses[0]: "10.0.0.2/0" makes the whole internet its own network; a prefix length is from 1 to 32, e.g. "10.0.0.2/24"',
        ],
    ),
    bad(
        "netmask for a prefix length",
        ({ annWg }) => {
            annWg.addresses = ["10.0.0.2/255.255.255.0"];
        },
        ['ann-wg0.addresses[0]: needs a prefix length, not a netmask, got "10.0.0.2/255.255.255.0"; did you mean "10.0.0.2/24"?'],
    ),
    bad(
        "octet too large",
        ({ annWg }) => {
            annWg.addresses = ["10.0.0.256/24"];
        },
        ['ann-wg0.addresses[0]: the octets of an IPv4 address are from 0 to 255, got "10.0.0.256/24"'],
    ),
    bad(
        "three octets",
        ({ annWg }) => {
            annWg.addresses = ["10.0.2/24"];
        },
        ['ann-wg0.addresses[0]: an IPv4 address has four octets, got "10.0.2/24"'],
    ),
    bad(
        "leading zeros",
        ({ annWg }) => {
            annWg.addresses = ["10.0.0.010/24"];
        },
        [
            'ann-wg0.addresses[0]: octets have no leading zeros, which some tools read as octal, got "10.0.0.010/24"; did you mean "10.0.0.10/24"?',
        ],
    ),
    bad(
        "broken IPv6 address",
        ({ annWg }) => {
            annWg.addresses = ["fd00:::2/64"];
        },
        ['ann-wg0.addresses[0]: is not an IPv6 address, e.g. "fd00::1/64", got "fd00:::2/64"'],
    ),
    bad(
        "host name for an address",
        ({ annWg }) => {
            annWg.addresses = ["ann.example.com/24"];
        },
        [
            'ann-wg0.addresses[0]: is not an address: it is written in digits, e.g. "10.0.0.1/24" or "fd00::1/64", got "ann.example.com/24"',
        ],
    ),
    bad(
        "two addresses in one text",
        ({ annWg }) => {
            annWg.addresses = ["10.0.0.2/24, fd00::2/64"];
        },
        ['ann-wg0.addresses[0]: must be one address per element of the list, got "10.0.0.2/24, fd00::2/64"'],
    ),
    bad(
        "white space around an address",
        ({ annWg }) => {
            annWg.addresses = [" 10.0.0.2/24"];
        },
        ['ann-wg0.addresses[0]: must have no white space, got " 10.0.0.2/24"; did you mean "10.0.0.2/24"?'],
    ),
    bad(
        "address with a zone",
        ({ annWg }) => {
            annWg.addresses = ["fd00::2%wg0/64"];
        },
        [
            'ann-wg0.addresses[0]: must have no zone, because an interface has its own, got "fd00::2%wg0/64"; did you mean "fd00::2/64"?',
        ],
    ),
    bad(
        "unspecified address",
        ({ annWg }) => {
            annWg.addresses = ["0.0.0.0/24"];
        },
        ['ann-wg0.addresses[0]: "0.0.0.0/24" is an unspecified address, which a WireGuard interface cannot have'],
    ),
    bad(
        "loopback address",
        ({ annWg }) => {
            annWg.addresses = ["127.0.0.2/8"];
        },
        ['ann-wg0.addresses[0]: "127.0.0.2/8" is a loopback address, which a WireGuard interface cannot have'],
    ),
    bad(
        "multicast address",
        ({ annWg }) => {
            annWg.addresses = ["224.0.0.5/24"];
        },
        ['ann-wg0.addresses[0]: "224.0.0.5/24" is a multicast address, which a WireGuard interface cannot have'],
    ),
    bad(
        "link-local address",
        ({ annWg }) => {
            annWg.addresses = ["fe80::2/64"];
        },
        ['ann-wg0.addresses[0]: "fe80::2/64" is a link-local address, which a WireGuard interface cannot have'],
    ),
    bad(
        "IPv4-mapped address",
        ({ annWg }) => {
            annWg.addresses = ["::ffff:10.0.0.2/120"];
        },
        [
            'ann-wg0.addresses[0]: "::ffff:10.0.0.2/120" is an IPv4-mapped address, which a WireGuard interface cannot have; did you mean "10.0.0.2/24"?',
        ],
    ),
    bad(
        "no address in the list",
        ({ annWg }) => {
            annWg.addresses = [];
        },
        ["ann-wg0.addresses: an empty list gives the interface no address; leave it out to have one assigned from a pool"],
    ),
    bad(
        "one address twice on an interface",
        ({ annWg }) => {
            annWg.addresses = ["10.0.0.2/24", "10.0.0.2/32"];
        },
        ['ann-wg0.addresses[1]: address "10.0.0.2" is already given at [0]'],
    ),
    bad(
        "one address on two interfaces",
        ({ hubWg0, annWg }) => {
            hubWg0.declaredAt = "index.ts:9";
            annWg.addresses = ["10.0.0.1/24"];
            annWg.declaredAt = "index.ts:12";
        },
        [
            'ann-wg0.addresses[0]: address "10.0.0.1" already belongs to "hub-wg0" (index.ts:9); an address has one owner in the mesh (index.ts:12)',
        ],
    ),
    bad(
        "one IPv6 address written in two ways",
        ({ hubWg0, annWg }) => {
            hubWg0.addresses = ["fd00::1/64"];
            annWg.addresses = ["FD00:0::1/64"];
        },
        ['hub-wg0.addresses[0]: address "fd00::1" already belongs to "ann-wg0"; an address has one owner in the mesh'],
    ),
    bad(
        "overlapping networks on one host",
        ({ hubWg1, bobWg }) => {
            hubWg1.addresses = ["10.0.0.129/25"];
            bobWg.addresses = ["10.0.0.130/25"];
        },
        [
            'hub-wg1.addresses[0]: network "10.0.0.128/25" overlaps network "10.0.0.0/24" of "hub-wg0" on the same host "hub"; give each interface a network of its own',
        ],
    ),
    bad(
        "equal networks on one host",
        ({ hubWg1, bobWg }) => {
            hubWg1.addresses = ["10.0.0.7/24"];
            bobWg.addresses = ["10.0.0.8/24"];
        },
        [
            'hub-wg1.addresses[0]: network "10.0.0.0/24" overlaps network "10.0.0.0/24" of "hub-wg0" on the same host "hub"; give each interface a network of its own',
        ],
    ),
    bad(
        "no address and no pool",
        ({ annWg }) => {
            delete annWg.addresses;
        },
        [
            'ann-wg0.addresses: must be set, because none of its peers has a pool ("hub-wg0"); give it addresses, e.g. ["10.0.0.2/24"], or set allocate on the interface it peers with',
        ],
    ),
    bad(
        "no address and no peer",
        (s) => {
            addEve(s, {});
            const eve = s.graph.interfaces.at(-1);
            if (eve !== undefined) {
                delete eve.addresses;
            }
        },
        [
            'eve-wg0.addresses: must be set, because no Peer connects it to an interface with a pool; give it addresses, e.g. ["10.0.0.2/24"], or set allocate on the interface it peers with',
        ],
    ),
    bad(
        "pool with host bits",
        ({ hubWg0 }) => {
            hubWg0.allocate = "10.0.0.1/24";
        },
        ['hub-wg0.allocate: prefix "10.0.0.1/24" has host bits set; did you mean "10.0.0.0/24"?'],
    ),
    bad(
        "pool around every address",
        ({ hubWg0 }) => {
            hubWg0.allocate = "0.0.0.0/0";
        },
        ['hub-wg0.allocate: "0.0.0.0/0" is every address there is, not a pool; name the network the members live in'],
    ),
    bad(
        "pool of multicast addresses",
        ({ hubWg0 }) => {
            hubWg0.allocate = "224.0.0.0/24";
        },
        ['hub-wg0.allocate: "224.0.0.0/24" contains multicast addresses (224.0.0.0/4), which a pool cannot have'],
    ),
    bad(
        "pool without room",
        ({ hubWg0 }) => {
            hubWg0.allocate = "10.0.0.0/31";
        },
        ['hub-wg0.allocate: must leave room for members: a prefix length up to 30, got "10.0.0.0/31"'],
    ),
    bad(
        "pool without its owner",
        ({ hubWg0 }) => {
            hubWg0.allocate = "10.0.7.0/24";
        },
        ['hub-wg0.allocate: the pool must contain an address of its owner, but "10.0.7.0/24" does not contain "10.0.0.1/24"'],
    ),
    bad(
        "owner of a pool without an address",
        ({ hubWg0 }) => {
            hubWg0.allocate = "10.0.0.0/24";
            delete hubWg0.addresses;
        },
        ['hub-wg0.allocate: the owner of a pool needs an address of its own in "10.0.0.0/24"; add addresses to "hub-wg0"'],
    ),
    bad(
        "overlapping pools",
        (s) => {
            s.hubWg0.allocate = "10.0.0.0/24";
            addEve(s, {}, { addresses: ["10.0.0.130/25"], allocate: "10.0.0.128/25" });
        },
        [
            'eve-wg0.allocate: pool "10.0.0.128/25" overlaps pool "10.0.0.0/24" of "hub-wg0"; both would hand out the same addresses',
        ],
    ),
    bad(
        "recorded allocation that is not an address",
        ({ graph }) => {
            graph.allocations = { "ann-wg0": ["10.0.0.0/24"] };
        },
        [
            'allocations.ann-wg0[0]: "10.0.0.0/24" is the network address of 10.0.0.0/24; an interface needs an address inside it, e.g. "10.0.0.1/24"',
        ],
    ),
    bad(
        "peer between an interface and itself",
        ({ annPeer }) => {
            annPeer.between = ["hub-wg0", "hub-wg0"];
        },
        ['ann.between: a tunnel connects two interfaces, got "hub-wg0" twice'],
    ),
    bad(
        "peer between two interfaces of one host",
        ({ annPeer }) => {
            annPeer.between = ["hub-wg0", "hub-wg1"];
        },
        [
            'ann.between: a tunnel connects two hosts, but "hub-wg0" and "hub-wg1" are both on host "hub"; packets between them need no tunnel',
        ],
    ),
    bad(
        "two peers between the same interfaces",
        (s) => {
            s.annPeer.declaredAt = "index.ts:20";
            s.graph.peers.push({ name: "ann-again", between: ["ann-wg0", "hub-wg0"], declaredAt: "index.ts:21" });
        },
        [
            'ann-again.between: "ann-wg0" and "hub-wg0" are already connected by peer "ann" (index.ts:20); declare one Peer per pair (index.ts:21)',
        ],
    ),
    bad(
        "peer with neither side reachable",
        (s) => {
            addPeer(s, "direct", "ann-wg0", "bob-wg0");
        },
        [
            'direct.between: one side of a tunnel must be reachable, but neither "ann-wg0" on "ann" nor "bob-wg0" on "bob" has an endpoint; set endpoint on one of the two hosts, or connect both to a hub that has one ("hub-wg0") and declare a Route',
        ],
    ),
    bad(
        "mesh where nobody is reachable",
        ({ hub }) => {
            hub.endpoint = false;
        },
        [
            'ann.between: one side of a tunnel must be reachable, but neither "hub-wg0" on "hub" nor "ann-wg0" on "ann" has an endpoint; set endpoint on one of the two hosts, or connect both to a hub that has an endpoint and declare a Route',
            'bob.between: one side of a tunnel must be reachable, but neither "hub-wg1" on "hub" nor "bob-wg0" on "bob" has an endpoint; set endpoint on one of the two hosts, or connect both to a hub that has an endpoint and declare a Route',
        ],
    ),
    bad(
        "LAN with host bits (S5)",
        (s) => {
            addLan(s, "ann", "192.168.10.1/24");
        },
        ['ann.lan("192.168.10.1/24"): prefix "192.168.10.1/24" has host bits set; did you mean "192.168.10.0/24"?'],
    ),
    bad(
        "LAN around every address",
        (s) => {
            addLan(s, "ann", "0.0.0.0/0");
        },
        [
            'ann.lan("0.0.0.0/0"): "0.0.0.0/0" is every address there is, not a LAN; for the internet use host.internet as the end of a Route',
        ],
    ),
    bad(
        "LAN without a prefix length",
        (s) => {
            addLan(s, "ann", "192.168.10.0");
        },
        [
            'ann.lan("192.168.10.0"): needs a prefix length, which says how large it is, e.g. "192.168.10.0/24", got "192.168.10.0"',
        ],
    ),
    bad(
        "LAN of loopback addresses",
        (s) => {
            addLan(s, "ann", "127.0.0.0/8");
        },
        ['ann.lan("127.0.0.0/8"): "127.0.0.0/8" contains loopback addresses (127.0.0.0/8), which a LAN cannot have'],
    ),
    bad(
        "LAN declared twice",
        (s) => {
            addLan(s, "ann", "192.168.10.0/24", { declaredAt: "index.ts:14" });
            addLan(s, "ann", "192.168.10.0/24", { declaredAt: "index.ts:15" });
        },
        [
            'ann.lan("192.168.10.0/24"): host "ann" declares "192.168.10.0/24" (index.ts:14) twice; use the first one for both (index.ts:15)',
        ],
    ),
    bad(
        "overlapping LANs of one host",
        (s) => {
            addLan(s, "ann", "192.168.0.0/16");
            addLan(s, "ann", "192.168.10.0/24");
        },
        [
            'ann.lan("192.168.10.0/24"): overlaps LAN "192.168.0.0/16" of the same host "ann"; declare the wider one only, or parts that do not overlap',
        ],
    ),
    bad(
        "LAN around a tunnel network",
        (s) => {
            addLan(s, "ann", "10.0.0.0/8");
        },
        ['ann.lan("10.0.0.0/8"): overlaps network "10.0.0.0/24" of "ann-wg0"; a LAN and the addresses of tunnels must be apart'],
    ),
    bad(
        "LAN inside a tunnel network",
        (s) => {
            addLan(s, "ann", "10.0.1.64/26");
        },
        [
            'ann.lan("10.0.1.64/26"): overlaps network "10.0.1.0/24" of "bob-wg0"; a LAN and the addresses of tunnels must be apart',
        ],
    ),
    bad(
        "LAN inside a pool",
        (s) => {
            s.hubWg0.addresses = ["10.0.0.1/32"];
            s.hubWg0.allocate = "10.0.0.0/24";
            s.annWg.addresses = ["10.0.0.2/32"];
            addLan(s, "bob", "10.0.0.64/26");
        },
        ['bob.lan("10.0.0.64/26"): overlaps pool "10.0.0.0/24" of "hub-wg0"; a LAN and the addresses of tunnels must be apart'],
    ),
    bad(
        "masquerading LAN of a device",
        (s) => {
            addLan(s, "bob", "192.168.10.0/24", { nat: true });
        },
        [
            'bob.lan("192.168.10.0/24"): nat needs a host the library sets up, but "bob" is a device; give it a connection or leave nat out',
        ],
    ),
    bad(
        "route from nowhere",
        ({ clients }) => {
            clients.from = [];
        },
        ["clients.from: must name at least one interface, network, LAN or host.internet, got an empty list"],
    ),
    bad(
        "route to nowhere",
        ({ clients }) => {
            clients.to = [];
        },
        ["clients.to: must name at least one interface, network, LAN or host.internet, got an empty list"],
    ),
    bad(
        "one end twice",
        ({ clients }) => {
            clients.to = [network("hub-wg1"), end("bob-wg0"), network("hub-wg1")];
        },
        ["clients.to[2]: hub-wg1.network is already given at [0]"],
    ),
    bad(
        "route from an interface to itself",
        ({ clients }) => {
            clients.from = [end("ann-wg0")];
            clients.to = [end("ann-wg0")];
        },
        ["clients.to[0]: a route leads to another place, but from and to are both ann-wg0"],
    ),
    bad(
        "route from a LAN to itself",
        (s) => {
            addLan(s, "ann", "192.168.10.0/24");
            s.clients.from = [lanOf("ann", "192.168.10.0/24")];
            s.clients.to = [lanOf("ann", "192.168.10.0/24")];
        },
        ['clients.to[0]: a route leads to another place, but from and to are both ann.lan("192.168.10.0/24")'],
    ),
    bad(
        "route from the internet",
        ({ clients }) => {
            clients.from = [internet("hub")];
        },
        [
            'clients.from[0]: hub.internet can only stand in "to": behind masquerading nothing on the internet can open a flow; swap from and to',
        ],
    ),
    bad(
        "internet of a device",
        ({ clients }) => {
            clients.to = [internet("bob")];
        },
        [
            'clients.to[0]: "bob" is a device, so nothing there can be set up to masquerade; give it a connection, or use the internet of a managed host',
        ],
    ),
    bad(
        "nothing allowed",
        ({ clients }) => {
            clients.allow = [];
        },
        ["clients.allow: an empty list would let nothing through; leave it out to allow everything"],
    ),
    bad(
        "port without a protocol",
        ({ clients }) => {
            clients.allow = ["443"];
        },
        ['clients.allow[0]: must be "tcp", "udp" or "icmp", or a port or range like "tcp/443" or "udp/8000-8100", got "443"'],
    ),
    bad(
        "docker's spelling of a port",
        ({ clients }) => {
            clients.allow = ["443/tcp"];
        },
        [
            'clients.allow[0]: must be "tcp", "udp" or "icmp", or a port or range like "tcp/443" or "udp/8000-8100", got "443/tcp"; did you mean "tcp/443"?',
        ],
    ),
    bad(
        "unknown protocol",
        ({ clients }) => {
            clients.allow = ["sctp/80"];
        },
        ['clients.allow[0]: must be "tcp", "udp" or "icmp", or a port or range like "tcp/443" or "udp/8000-8100", got "sctp/80"'],
    ),
    bad(
        "protocol in capitals",
        ({ clients }) => {
            clients.allow = ["TCP/443"];
        },
        [
            'clients.allow[0]: must be "tcp", "udp" or "icmp", or a port or range like "tcp/443" or "udp/8000-8100", got "TCP/443"; did you mean "tcp/443"?',
        ],
    ),
    bad(
        "port too large",
        ({ clients }) => {
            clients.allow = ["tcp/70000"];
        },
        ['clients.allow[0]: ports are from 1 to 65535, got "tcp/70000"'],
    ),
    bad(
        "port zero",
        ({ clients }) => {
            clients.allow = ["udp/0"];
        },
        ['clients.allow[0]: ports are from 1 to 65535, got "udp/0"'],
    ),
    bad(
        "reversed range of ports",
        ({ clients }) => {
            clients.allow = ["tcp/8100-8000"];
        },
        ['clients.allow[0]: a range of ports begins with the smaller one, got "tcp/8100-8000"; did you mean "tcp/8000-8100"?'],
    ),
    bad(
        "icmp with a port",
        ({ clients }) => {
            clients.allow = ["icmp/8"];
        },
        ['clients.allow[0]: icmp has no ports, got "icmp/8"; did you mean "icmp"?'],
    ),
    bad(
        "two ports in one text",
        ({ clients }) => {
            clients.allow = ["tcp/80,443"];
        },
        [
            'clients.allow[0]: must be "tcp", "udp" or "icmp", or a port or range like "tcp/443" or "udp/8000-8100", got "tcp/80,443"',
        ],
    ),
    bad(
        "one service twice",
        ({ clients }) => {
            clients.allow = ["tcp/443", "icmp", "tcp/443"];
        },
        ['clients.allow[2]: "tcp/443" is already given at [0]'],
    ),
    bad(
        "exclude with host bits",
        ({ clients }) => {
            clients.to = [internet("hub")];
            clients.exclude = ["10.0.0.1/8"];
        },
        ['clients.exclude[0]: prefix "10.0.0.1/8" has host bits set; did you mean "10.0.0.0/8"?'],
    ),
    bad(
        "exclude twice",
        ({ clients }) => {
            clients.to = [internet("hub")];
            clients.exclude = ["10.0.0.0/8", "10.0.0.0/8"];
        },
        ['clients.exclude[1]: "10.0.0.0/8" is already given at [0]'],
    ),
    bad(
        "exclude outside of the destination",
        ({ clients }) => {
            clients.exclude = ["192.168.0.0/16"];
        },
        ['clients.exclude[0]: "192.168.0.0/16" lies outside of hub-wg1.network, so there is nothing to cut out; leave it out'],
    ),
    bad(
        "exclude of the whole destination",
        ({ clients }) => {
            clients.exclude = ["10.0.1.0/25", "10.0.0.0/8"];
        },
        ['clients.exclude: "10.0.1.0/25" and "10.0.0.0/8" cut out everything that hub-wg1.network is; nothing would be left'],
    ),
    bad(
        "expected port without a protocol",
        (s) => {
            expect(s, "reach", end("ann-wg0"), end("bob-wg0"), { port: 443 });
        },
        ['expectReach(ann-wg0, bob-wg0).port: a port needs protocol "tcp" or "udp", but no protocol is given with port 443'],
    ),
    bad(
        "expected port of icmp",
        (s) => {
            expect(s, "deny", end("ann-wg0"), end("bob-wg0"), { protocol: "icmp", port: 8 });
        },
        ['expectDeny(ann-wg0, bob-wg0).port: a port needs protocol "tcp" or "udp", "icmp" has no ports; leave port 8 out'],
    ),
    bad(
        "expected port too large",
        (s) => {
            expect(s, "reach", end("ann-wg0"), end("bob-wg0"), { protocol: "tcp", port: 65536 });
        },
        ["expectReach(ann-wg0, bob-wg0).port: must be a whole number from 1 to 65535, got 65536"],
    ),
    bad(
        "expectation about one place",
        (s) => {
            expect(s, "deny", end("ann-wg0"), end("ann-wg0"));
        },
        ["expectDeny(ann-wg0, ann-wg0): from and to are both ann-wg0; name two places"],
    ),
    bad(
        "expectation from the internet",
        (s) => {
            expect(s, "deny", internet("hub"), end("ann-wg0"));
        },
        [
            'expectDeny(hub.internet, ann-wg0).from: hub.internet can only stand in "to": behind masquerading nothing on the internet can open a flow; swap from and to',
        ],
    ),
    bad(
        "contradicting expectations",
        (s) => {
            expect(s, "reach", end("ann-wg0"), end("bob-wg0"), { declaredAt: "index.ts:40" });
            expect(s, "deny", end("ann-wg0"), end("bob-wg0"), { declaredAt: "index.ts:41" });
        },
        [
            "expectDeny(ann-wg0, bob-wg0): contradicts expectReach(ann-wg0, bob-wg0) (index.ts:40): one flow cannot both pass and be dropped (index.ts:41)",
        ],
    ),
    bad(
        "three mistakes of three declarations",
        (s) => {
            s.hubWg0.listenPort = 70000;
            s.annWg.addresses = ["10.0.0.0/24"];
            addLan(s, "bob", "192.168.10.1/24");
        },
        [
            'ann-wg0.addresses[0]: "10.0.0.0/24" is the network address of 10.0.0.0/24; an interface needs an address inside it, e.g. "10.0.0.1/24"',
            'bob.lan("192.168.10.1/24"): prefix "192.168.10.1/24" has host bits set; did you mean "192.168.10.0/24"?',
            "hub-wg0.listenPort: must be a whole number from 1 to 65535, got 70000",
        ],
    ),
    bad(
        "three mistakes of one declaration",
        ({ annWg }) => {
            annWg.interfaceName = "wg.0";
            annWg.mtu = 9000;
            annWg.addresses = ["10.0.0.2"];
        },
        [
            'ann-wg0.addresses[0]: needs a prefix length, which says how large its network is, e.g. "10.0.0.2/24", got "10.0.0.2"',
            'ann-wg0.interfaceName: the device name must be 1-15 letters, digits, "_" or "-", the first a letter, got "wg.0"; did you mean "wg-0"?',
            'ann-wg0.mtu: must be at most 1440 bytes (uplinkMtu 1500 of host "ann", the default, less 60 for WireGuard over IPv4; over IPv6 it is 80), got 9000',
        ],
    ),
    bad(
        "one wrong address is not also a missing one",
        ({ hubWg0, annWg }) => {
            hubWg0.allocate = "10.0.0.0/24";
            hubWg0.addresses = ["10.0.0.1"];
            annWg.addresses = ["10.0.0.300/24"];
        },
        [
            'ann-wg0.addresses[0]: the octets of an IPv4 address are from 0 to 255, got "10.0.0.300/24"',
            'hub-wg0.addresses[0]: needs a prefix length, which says how large its network is, e.g. "10.0.0.1/24", got "10.0.0.1"',
        ],
    ),
    bad(
        "every kind of declaration at once",
        (s) => {
            s.graph.mesh = "1";
            s.ann.uplinkMtu = 1;
            s.hubWg1.listenPort = 51820;
            s.annPeer.cost = 1.5;
            addLan(s, "ann", "192.168.10.9/24");
            s.clients.allow = ["http"];
            expect(s, "reach", end("ann-wg0"), end("ann-wg0"));
        },
        [
            "ann.cost: must be a whole number from 1 to 1000000, got 1.5",
            'ann.lan("192.168.10.9/24"): prefix "192.168.10.9/24" has host bits set; did you mean "192.168.10.0/24"?',
            "ann.uplinkMtu: must be a whole number of bytes from 576 to 65535, got 1",
            'clients.allow[0]: must be "tcp", "udp" or "icmp", or a port or range like "tcp/443" or "udp/8000-8100", got "http"',
            "expectReach(ann-wg0, ann-wg0): from and to are both ann-wg0; name two places",
            'hub-wg1.listenPort: port 51820 of host "hub" is already used by "hub-wg0"; every interface of a host needs its own',
            'mesh: must be 1-32 letters, digits, "_" or "-", the first a letter, got "1"',
        ],
    ),
];

/** What only JSON or untyped JavaScript can say: wrong kinds of values, unknown fields, names of nothing. */
export const malformedGraphs: readonly BadGraph[] = [
    bad(
        "interface in the place of its host",
        (s) => {
            addLan(s, "ann-wg0", "192.168.10.0/24");
        },
        ['ann-wg0.lan("192.168.10.0/24"): no host is named "ann-wg0" in this mesh; did you mean "ann"?'],
    ),
    bad(
        "unknown host",
        ({ annWg }) => {
            annWg.host = "anne";
        },
        ['ann-wg0.host: no host is named "anne" in this mesh; did you mean "ann"?'],
    ),
    bad(
        "unknown interface of a peer",
        ({ annPeer }) => {
            annPeer.between = ["hub-wgo", "ann-wg0"];
        },
        ['ann.between[0]: no interface is named "hub-wgo" in this mesh; did you mean "hub-wg0"?'],
    ),
    bad(
        "unknown interface without a near miss",
        ({ annPeer }) => {
            annPeer.between = ["gateway", "ann-wg0"];
        },
        ['ann.between[0]: no interface is named "gateway" in this mesh'],
    ),
    bad(
        "unknown host of a LAN",
        (s) => {
            addLan(s, "branch", "192.168.10.0/24");
        },
        ['branch.lan("192.168.10.0/24"): no host is named "branch" in this mesh'],
    ),
    bad(
        "unknown interface of a route",
        ({ clients }) => {
            clients.to = [network("hub-wg2")];
            clients.declaredAt = "index.ts:30";
        },
        ['clients.to[0]: no interface is named "hub-wg2" in this mesh; did you mean "hub-wg0"? (index.ts:30)'],
    ),
    bad(
        "unknown host of the internet",
        ({ clients }) => {
            clients.to = [internet("hup")];
        },
        ['clients.to[0]: no host is named "hup" in this mesh; did you mean "hub"?'],
    ),
    bad(
        "unknown interface of an expectation",
        (s) => {
            expect(s, "reach", end("ann"), end("bob-wg0"));
        },
        ['expectReach(ann, bob-wg0).from: no interface is named "ann" in this mesh; did you mean "ann-wg0"?'],
    ),
    bad(
        "LAN that the host does not declare",
        (s) => {
            addLan(s, "ann", "192.168.10.0/24");
            s.clients.to = [lanOf("ann", "192.168.11.0/24")];
        },
        ['clients.to[0]: host "ann" declares no LAN "192.168.11.0/24"; did you mean "192.168.10.0/24"?'],
    ),
    bad(
        "LAN of a host that declares none",
        ({ clients }) => {
            clients.to = [lanOf("ann", "192.168.10.0/24")];
        },
        ['clients.to[0]: host "ann" declares no LAN "192.168.10.0/24"; it declares none'],
    ),
    bad(
        "listen port as a text",
        ({ hubWg0 }) => {
            Object.assign(hubWg0, { listenPort: "51820" });
        },
        ['hub-wg0.listenPort: must be a whole number from 1 to 65535, got "51820"'],
    ),
    bad(
        "addresses as a text",
        ({ annWg }) => {
            Object.assign(annWg, { addresses: "10.0.0.2/24" });
        },
        ['ann-wg0.addresses: must be a list of addresses with prefix length, e.g. ["10.0.0.1/24"], got "10.0.0.2/24"'],
    ),
    bad(
        "address that is a number",
        ({ annWg }) => {
            Object.assign(annWg, { addresses: ["10.0.0.2/24", 10] });
        },
        ['ann-wg0.addresses: must be a list of addresses with prefix length, e.g. ["10.0.0.1/24"], got 10 at [1]'],
    ),
    bad(
        "managed as a text",
        ({ ann }) => {
            Object.assign(ann, { managed: "yes" });
        },
        ['ann.managed: must be true or false, got "yes"'],
    ),
    bad(
        "null for a name",
        ({ ann }) => {
            Object.assign(ann, { name: null });
        },
        ["hosts[1].name: must be a name, got null"],
    ),
    bad(
        "interface without a host",
        ({ annWg }) => {
            Reflect.deleteProperty(annWg, "host");
        },
        ["ann-wg0.host: must be the name of a host, but is missing"],
    ),
    bad(
        "three-way peer",
        ({ annPeer }) => {
            Object.assign(annPeer, { between: ["hub-wg0", "ann-wg0", "bob-wg0"] });
        },
        ["ann.between: must be exactly two names of interfaces (one Peer per pair), got a list of 3"],
    ),
    bad(
        "preshared key in the graph",
        ({ annPeer }) => {
            Object.assign(annPeer, { presharedKey: "FpCyhws9cxwWoV4xELtfJvjJN+zQVRPISllRWgeopVE=" });
        },
        ["ann.presharedKey: must be true or false, got a string (not shown)"],
    ),
    bad(
        "misspelt field",
        ({ annWg }) => {
            Object.assign(annWg, { adresses: ["10.0.0.2/24"] });
        },
        ['ann-wg0.adresses: is not a field of an interface; did you mean "addresses"?'],
    ),
    bad(
        "field that does not exist, with a key in it",
        ({ annWg }) => {
            Object.assign(annWg, { secret: "FpCyhws9cxwWoV4xELtfJvjJN+zQVRPISllRWgeopVE=" });
        },
        [
            "ann-wg0.secret: is not a field of an interface; its fields are name, host, interfaceName, addresses, allocate, listenPort, endpoint, mtu, adopt, declaredAt",
        ],
    ),
    bad(
        "initiate that is neither",
        ({ clients }) => {
            Object.assign(clients, { initiate: "to" });
        },
        ['clients.initiate: must be "both" or "from", got "to"'],
    ),
    bad(
        "end of an unknown kind",
        ({ clients }) => {
            Object.assign(clients, { to: [{ kind: "subnet", interface: "hub-wg1" }] });
        },
        ['clients.to[0].kind: must be "interface", "network", "lan" or "internet", got "subnet"'],
    ),
    bad(
        "end that is a text",
        ({ clients }) => {
            Object.assign(clients, { to: ["hub-wg1"] });
        },
        ['clients.to[0]: must be an interface, a network, a LAN or host.internet, got "hub-wg1"'],
    ),
    bad(
        "sides that are not lists",
        ({ clients }) => {
            Object.assign(clients, { from: "hub-wg0", to: 5 });
        },
        [
            'clients.from: must be a list of interfaces, networks, LANs or host.internet, got "hub-wg0"',
            "clients.to: must be a list of interfaces, networks, LANs or host.internet, got 5",
        ],
    ),
    bad(
        "unknown protocol of an expectation",
        (s) => {
            expect(s, "reach", end("ann-wg0"), end("bob-wg0"));
            Object.assign(s.graph.expectations[0] ?? {}, { protocol: "sctp" });
        },
        ['expectReach(ann-wg0, bob-wg0).protocol: must be "tcp", "udp" or "icmp", got "sctp"'],
    ),
    bad(
        "hosts that are not a list",
        ({ graph }) => {
            Object.assign(graph, { hosts: { hub: true } });
        },
        ["hosts: must be a list, got an object"],
    ),
    bad(
        "no peers at all",
        ({ graph }) => {
            Reflect.deleteProperty(graph, "peers");
        },
        ["peers: must be a list, but is missing"],
    ),
    bad(
        "host that is a text",
        ({ graph }) => {
            Object.assign(graph, { hosts: [...graph.hosts, "eve"] });
        },
        ['hosts[3]: must be a host, got "eve"'],
    ),
    bad(
        "unknown list",
        ({ graph }) => {
            Object.assign(graph, { route: [] });
        },
        ['graph.route: is not a field of a graph; did you mean "routes"?'],
    ),
    bad(
        "mesh that is a number",
        ({ graph }) => {
            Object.assign(graph, { mesh: 7 });
        },
        ["mesh: must be a name, got 7"],
    ),
    bad(
        "allocations that are a list",
        ({ graph }) => {
            Object.assign(graph, { allocations: ["10.0.0.9/24"] });
        },
        ["allocations: must be an object of address lists by interface name, got a list of 1"],
    ),
    bad(
        "allocation that is a text",
        ({ graph }) => {
            Object.assign(graph, { allocations: { "ann-wg0": "10.0.0.9/24" } });
        },
        ['allocations.ann-wg0: must be a list of addresses, got "10.0.0.9/24"'],
    ),
];

/** The accepting twins: on the legal side of each rule, as near to its edge as possible. */
export const goodGraphs: readonly GoodGraph[] = [
    good("mesh name of 32 letters", ({ graph }) => {
        graph.mesh = "m".repeat(32);
    }),
    good("host name with every legal character", ({ ann, annWg }) => {
        ann.name = "7.Ann_s-Host";
        annWg.host = ann.name;
    }),
    good("route name of 63 letters", ({ clients }) => {
        clients.name = "r".repeat(63);
    }),
    good("a host, a peer and a route of one name", ({ clients }) => {
        clients.name = "ann";
    }),
    good("device name of 15 characters", ({ annWg }) => {
        annWg.interfaceName = "wireguard_offic";
    }),
    good("device name next to a keyword", ({ annWg }) => {
        annWg.interfaceName = "br0";
    }),
    good("one device name on two hosts", ({ bobWg }) => {
        bobWg.interfaceName = "wg0";
    }),
    good("listen ports at both ends", ({ hubWg0, hubWg1 }) => {
        hubWg0.listenPort = 1;
        hubWg1.listenPort = 65535;
    }),
    good("one listen port on two hosts", ({ annWg }) => {
        annWg.listenPort = 51820;
    }),
    good("interface with an endpoint and a listen port", ({ annWg }) => {
        annWg.endpoint = true;
        annWg.listenPort = 51820;
    }),
    good("interface inside another one of its host", ({ hubWg0, hubWg1, hub }) => {
        hub.endpoint = false;
        hubWg0.endpoint = true;
        hubWg1.endpoint = "hub-wg0";
    }),
    good("uplink MTUs at both ends", ({ ann, bob }) => {
        ann.uplinkMtu = 576;
        bob.uplinkMtu = 65535;
    }),
    good("least MTU of IPv4", ({ annWg }) => {
        annWg.mtu = 576;
    }),
    good("MTU 1280 with IPv6", ({ annWg }) => {
        annWg.addresses = ["10.0.0.2/24", "fd00::2/64"];
        annWg.mtu = 1280;
    }),
    good("MTU exactly as the uplink allows", ({ ann, annWg }) => {
        ann.uplinkMtu = 1492;
        annWg.mtu = 1432;
    }),
    good("costs at both ends", ({ annPeer, bobPeer }) => {
        annPeer.cost = 1;
        bobPeer.cost = 1000000;
    }),
    good("keepalives at both ends", ({ annPeer, bobPeer }) => {
        annPeer.persistentKeepalive = 0;
        bobPeer.persistentKeepalive = 65535;
    }),
    good("both addresses of a /31, and a /32", ({ hubWg0, hubWg1, annWg }) => {
        hubWg0.addresses = ["10.0.0.0/31"];
        annWg.addresses = ["10.0.0.1/31"];
        hubWg1.addresses = ["10.0.1.0/32"];
    }),
    good("dual stack", ({ hubWg0, annWg }) => {
        hubWg0.addresses = ["10.0.0.1/24", "fd00::1/64"];
        annWg.addresses = ["10.0.0.2/24", "fd00::2/64"];
    }),
    good("neighbouring networks on one host", ({ hubWg0, hubWg1 }) => {
        hubWg0.addresses = ["10.0.0.1/25"];
        hubWg1.addresses = ["10.0.0.129/25"];
    }),
    good("two addresses of one network on one interface", ({ annWg }) => {
        annWg.addresses = ["10.0.0.2/24", "10.0.0.3/24"];
    }),
    good("no address and a pool", ({ hubWg0, annWg }) => {
        hubWg0.allocate = "10.0.0.0/24";
        delete annWg.addresses;
    }),
    good("smallest pool", ({ hubWg0 }) => {
        hubWg0.allocate = "10.0.0.0/30";
    }),
    good("two pools apart", (s) => {
        s.hubWg0.allocate = "10.0.0.0/24";
        s.hubWg1.allocate = "10.0.1.0/24";
    }),
    good("recorded allocation of an interface that is gone", ({ graph }) => {
        graph.allocations = { "old-wg0": ["10.0.0.9/24"] };
    }),
    good("two peers between the same hosts", (s) => {
        s.graph.interfaces.push({ name: "ann-wg1", host: "ann", interfaceName: "wg1", addresses: ["10.0.1.3/24"] });
        addPeer(s, "ann-second", "hub-wg1", "ann-wg1");
    }),
    good("peer with one side reachable", (s) => {
        addEve(s);
        addPeer(s, "eve", "eve-wg0", "hub-wg0");
    }),
    good("the same LAN behind two hosts", (s) => {
        addLan(s, "ann", "192.168.10.0/24");
        addLan(s, "bob", "192.168.10.0/24");
    }),
    good("two LANs of one host", (s) => {
        addLan(s, "ann", "192.168.10.0/24");
        addLan(s, "ann", "192.168.11.0/24");
        addLan(s, "ann", "fd01::/64");
    }),
    good("LAN next to a tunnel network", (s) => {
        addLan(s, "ann", "10.0.2.0/24");
    }),
    good("masquerading LAN of a managed host", (s) => {
        addLan(s, "ann", "192.168.10.0/24", { nat: true });
    }),
    good("route within a network (S2)", ({ clients }) => {
        clients.to = [network("hub-wg0")];
    }),
    good("route between each and each", ({ clients }) => {
        clients.from = [end("ann-wg0"), end("bob-wg0")];
        clients.to = [end("ann-wg0"), end("bob-wg0")];
    }),
    good("route to the internet", ({ clients }) => {
        clients.to = [internet("hub")];
    }),
    good("every form of allow", ({ clients }) => {
        clients.allow = ["tcp/443", "udp/53", "tcp/8000-8100", "tcp/1", "udp/65535", "udp", "icmp"];
    }),
    good("split tunnel", ({ clients }) => {
        clients.to = [internet("hub")];
        clients.exclude = ["10.0.0.0/8", "224.0.0.0/4", "fc00::/7"];
    }),
    good("exclude of a part of a network", ({ clients }) => {
        clients.exclude = ["10.0.1.128/25"];
    }),
    good("expectations of different ports", (s) => {
        expect(s, "reach", end("ann-wg0"), end("bob-wg0"), { protocol: "tcp", port: 443 });
        expect(s, "deny", end("ann-wg0"), end("bob-wg0"), { protocol: "tcp", port: 80 });
    }),
    good("LAN that the host declares", (s) => {
        addLan(s, "ann", "192.168.10.0/24");
        s.clients.to = [lanOf("ann", "192.168.10.0/24")];
    }),
    good("one-way route", ({ clients }) => {
        clients.initiate = "from";
    }),
];
