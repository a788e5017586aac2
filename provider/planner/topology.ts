import { contains, type Family, hostOf, type Prefix, parsePrefix } from "./cidr";
import { compare } from "./compare";
import type { Graph, Host, Interface, Lan, Peer } from "./graph";
import { familySet } from "./prefixes";

/**
 * The graph with its names resolved: hosts are nodes, Peers are edges. Everything is sorted by name, so that nothing derived from it
 * depends on the order of declarations.
 */
export interface Topology {
    readonly graph: Graph;
    readonly nodes: readonly Node[];
    readonly node: ReadonlyMap<string, Node>;
    readonly ports: ReadonlyMap<string, Port>;
    readonly links: readonly Link[];
}

/** A host. */
export interface Node {
    /** Place of its name in the sorted list of all. */
    readonly index: number;
    readonly host: Host;
    readonly ports: Port[];
    /** One for every Peer of any of its interfaces, sorted by the Peer's name. */
    readonly arcs: Arc[];
    readonly lans: { readonly lan: Lan; readonly prefix: Prefix }[];
}

/** A WireGuard interface. */
export interface Port {
    readonly declared: Interface;
    readonly node: Node;
    /** With their lengths. */
    readonly addresses: readonly Prefix[];
    /** The same addresses alone, as /32 and /128. */
    readonly hosts: readonly Prefix[];
    /** Families in which it has an address. */
    readonly families: readonly Family[];
    /** Place of its name in the sorted list of all. */
    readonly index: number;
    readonly arcs: Arc[];
    /** The other members of its network, per family: its peers with an address in its subnets. */
    readonly members: Readonly<Record<Family, readonly Arc[]>>;
    /** True when others can open a tunnel to it. */
    readonly reachable: boolean;
}

/** A Peer. */
export interface Link {
    readonly peer: Peer;
    readonly cost: number;
    /** Place of the Peer's name in the sorted list of all. */
    readonly rank: number;
    readonly arcs: readonly [Arc, Arc];
}

/** A Peer seen from one of its sides: one `[Peer]` section. */
export interface Arc {
    readonly link: Link;
    readonly own: Port;
    readonly other: Port;
    /** The same Peer from the other side. */
    readonly back: Arc;
    /** Families in which `own` is a member of the network of `other`. */
    readonly joins: readonly Family[];
}

/** Resolves a graph whose declarations are sound and whose interfaces all have addresses. */
export function topology(graph: Graph): Topology {
    const node = new Map<string, Node>();
    for (const host of [...graph.hosts].sort(byName)) {
        node.set(host.name, { index: node.size, host, ports: [], arcs: [], lans: [] });
    }
    for (const lan of graph.lans ?? []) {
        known(node, lan.host).lans.push({ lan, prefix: sound(lan.prefix) });
    }
    for (const { lans } of node.values()) {
        lans.sort((a, b) => compare(a.lan.prefix, b.lan.prefix));
    }
    const ports = new Map<string, Port>();
    for (const declared of [...graph.interfaces].sort(byName)) {
        const owner = known(node, declared.host);
        const addresses = (declared.addresses ?? []).map(sound);
        const port = new TiedPort(declared, owner, addresses, ports.size);
        owner.ports.push(port);
        ports.set(declared.name, port);
    }
    const links = [...graph.peers].sort(byName).map((peer, rank) => connect(peer, rank, ports));
    return { graph, nodes: [...node.values()], node, ports, links };
}

function connect(peer: Peer, rank: number, ports: ReadonlyMap<string, Port>): Link {
    const link = new TiedLink(peer, rank, known(ports, peer.between[0]), known(ports, peer.between[1]));
    const [there, back] = link.arcs;
    attach(there);
    attach(back);
    return link;
}

function attach(arc: Arc): void {
    arc.own.arcs.push(arc);
    arc.own.node.arcs.push(arc);
}

/** Who is a member of what is found out when somebody asks: a full mesh without routes has thousands of pairs, and nobody does. */
class TiedPort implements Port {
    readonly hosts: readonly Prefix[];
    readonly families: readonly Family[];
    readonly reachable: boolean;
    readonly arcs: Arc[] = [];
    private found: Port["members"] | undefined;

    constructor(
        readonly declared: Interface,
        readonly node: Node,
        readonly addresses: readonly Prefix[],
        readonly index: number,
    ) {
        this.hosts = addresses.map(hostOf);
        this.families = familySet(
            addresses.some(({ family }) => family === 4),
            addresses.some(({ family }) => family === 6),
        );
        this.reachable = (node.host.endpoint || (declared.endpoint ?? false) !== false) && declared.listenPort !== undefined;
    }

    get members(): Port["members"] {
        this.found ??= { 4: this.joining(4), 6: this.joining(6) };
        return this.found;
    }

    private joining(family: Family): readonly Arc[] {
        return this.arcs.filter(({ back }) => back.joins.includes(family));
    }
}

/** The link and its two arcs refer to each other, so they are made together. */
class TiedLink implements Link {
    readonly cost: number;
    readonly arcs: readonly [Arc, Arc];

    constructor(
        readonly peer: Peer,
        readonly rank: number,
        a: Port,
        b: Port,
    ) {
        this.cost = peer.cost ?? 1;
        const there = new TiedArc(this, a, b);
        this.arcs = [there, there.back];
    }
}

class TiedArc implements Arc {
    readonly back: Arc;
    private joined: readonly Family[] | undefined;

    constructor(
        readonly link: Link,
        readonly own: Port,
        readonly other: Port,
        back?: Arc,
    ) {
        this.back = back ?? new TiedArc(link, other, own, this);
        this.joined = undefined;
    }

    get joins(): readonly Family[] {
        this.joined ??= familySet(isMember(this.own, this.other, 4), isMember(this.own, this.other, 6));
        return this.joined;
    }
}

/** True when `own` has an address of the family in a subnet of `other`. Loops, no closures: asked twice for every side of every Peer. */
export function isMember(own: Port, other: Port, family: Family): boolean {
    for (const host of own.hosts) {
        if (host.family === family) {
            for (const subnet of other.addresses) {
                if (contains(subnet, host)) {
                    return true;
                }
            }
        }
    }
    return false;
}

/** The same path the other way. */
export function turned(chain: readonly Arc[]): readonly Arc[] {
    return chain.map((arc) => arc.back).reverse();
}

/** True for an interface that others reach inside another tunnel. */
export function isNested({ declared }: Port): boolean {
    return typeof declared.endpoint === "string";
}

/**
 * True when `own` can open the tunnel: the other side is reachable. A nested interface sends to nobody's public endpoint, or the tunnel would
 * roam out of the one it was declared to be in; it waits for those that reach it, or knows them by a nested endpoint of their own.
 */
export function opens({ own, other }: Arc): boolean {
    return other.reachable && (!isNested(own) || isNested(other));
}

/** Families in which a port has an address. */
export function hasFamily(port: Port, family: Family): boolean {
    return port.families.includes(family);
}

function byName(a: { readonly name: string }, b: { readonly name: string }): number {
    return compare(a.name, b.name);
}

export function known<T>(map: ReadonlyMap<string, T>, name: string): T {
    const found = map.get(name);
    if (found === undefined) {
        throw new Error(`"${name}" is not declared, which the declaration rules should have said`);
    }
    return found;
}

export function sound(text: string): Prefix {
    const prefix = parsePrefix(text);
    if (prefix === undefined) {
        throw new Error(`"${text}" is not a prefix, which the declaration rules should have said`);
    }
    return prefix;
}
