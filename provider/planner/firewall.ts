import { contains, type Family, formatAddress, formatPrefix, hostOf, masked, type Prefix } from "./cidr";
import type { Exits } from "./exitRules";
import type { Firewall, FirewallInterface, FirewallRule, InternetRule, MasqueradeRule } from "./hostPlan";
import { isSimple, type Leg } from "./ownership";
import type { Flow, Place } from "./place";
import { disjoint, families, ofFamily, subtract } from "./prefixes";
import type { Table } from "./table";
import { compare, hasFamily, type Node, type Port, sound } from "./topology";

/** The part of a flow that one host has to do with: of many ends, those whose paths touch it. */
export interface FlowPart {
    readonly flow: Flow;
    readonly from: Set<Place>;
    readonly to: Set<Place>;
}

type Parts = Map<Flow, FlowPart>;

/** Which flows pass, begin or end at a host. */
export class FlowsByHost {
    private readonly own = new Map<Node, Parts>();
    private readonly members = new Map<Port, Parts>();
    /** Networks with a narrowed flow: all their managed members have to judge. */
    private readonly narrowed = new Set<Port>();
    /** Hosts whose LANs or uplink carry a flow: what comes from there has not been through a tunnel. */
    readonly gateways = new Set<Node>();

    constructor(legs: readonly Leg[]) {
        for (const leg of legs) {
            const { flow, from, to, chain } = leg;
            addLeg(this.own, from.node, leg);
            for (const arc of chain) {
                addLeg(this.own, arc.other.node, leg);
            }
            for (const place of [from, to]) {
                if (place.lan !== undefined || place.isInternet) {
                    this.gateways.add(place.node);
                }
                if (place.end.kind === "network" && place.port !== undefined) {
                    addLeg(this.members, place.port, leg);
                    if (flow.isNarrowed || to.isInternet) {
                        this.narrowed.add(place.port);
                    }
                }
            }
        }
    }

    /** Sorted by the route's name. */
    at(node: Node): readonly FlowPart[] {
        const found: Parts = new Map(this.own.get(node) ?? []);
        for (const port of this.networksOf(node)) {
            for (const [flow, part] of this.members.get(port) ?? []) {
                const known = found.get(flow);
                found.set(flow, known === undefined ? part : union(known, part));
            }
        }
        return [...found.values()].sort((a, b) => compare(a.flow.route.name, b.flow.route.name));
    }

    hasNarrowed(node: Node): boolean {
        const own = this.own.get(node);
        return (
            (own !== undefined && [...own.keys()].some((flow) => flow.isNarrowed || flow.isOutward)) ||
            this.networksOf(node).some((port) => this.narrowed.has(port))
        );
    }

    private networksOf(node: Node): Port[] {
        return node.arcs.filter((arc) => arc.joins.length > 0).map((arc) => arc.other);
    }
}

function addLeg<K>(map: Map<K, Parts>, key: K, { flow, from, to }: Leg): void {
    const parts: Parts = map.get(key) ?? new Map();
    map.set(key, parts);
    const part = parts.get(flow);
    if (part === undefined) {
        parts.set(flow, { flow, from: new Set([from]), to: new Set([to]) });
    } else {
        part.from.add(from);
        part.to.add(to);
    }
}

function union(a: FlowPart, b: FlowPart): FlowPart {
    return { flow: a.flow, from: new Set([...a.from, ...b.from]), to: new Set([...a.to, ...b.to]) };
}

/**
 * True for hosts that get a table: all managed ones but a spoke that nobody can open a tunnel to and whose only Peer is a
 * managed host. That host judges everything between the spoke and the rest, and a table on the spoke would only hide what
 * its user tries from the counters of the one who has to know. A spoke does judge when a route of its own is narrowed: then even its
 * hub is held to it. Whether the hub has other Peers does not matter, or the second member would change the first one's table.
 */
export function judges(node: Node, flows: FlowsByHost): boolean {
    const [arc] = node.arcs;
    if (!node.host.managed || arc === undefined) {
        return false;
    }
    const isLeaf = isSimple(node) && !arc.own.reachable && arc.other.node.host.managed;
    return !isLeaf || flows.hasNarrowed(node);
}

interface MadeRules {
    readonly rules: readonly FirewallRule[];
    readonly sources: Readonly<Record<Family, readonly Prefix[]>>;
}

/** What the hosts of one plan have in common: the rules of a whole flow are made once. */
export class FirewallRules {
    private readonly made = new Map<Flow, MadeRules>();

    of({ flow, from, to }: FlowPart): MadeRules {
        if (from.size < flow.from.length || to.size < flow.to.length) {
            return makeRules(flow, [...from], [...to]);
        }
        const made = this.made.get(flow) ?? makeRules(flow, flow.from, flow.to);
        this.made.set(flow, made);
        return made;
    }
}

/** Every address of `from` may talk to every address of `to`, so two sets say it all, however many ends there are. */
function makeRules(flow: Flow, from: readonly Place[], to: readonly Place[]): MadeRules {
    const sources = allPrefixes(from);
    const targets = allPrefixes(to.filter((place) => !place.isInternet));
    return { rules: families.flatMap((family) => pairRules(flow, family, sources[family], targets[family])), sources };
}

function allPrefixes(places: readonly Place[]): Record<Family, readonly Prefix[]> {
    const all = (family: Family) => disjoint(places.flatMap((place) => place.prefixes[family]));
    return { 4: all(4), 6: all(6) };
}

function pairRules(flow: Flow, family: Family, from: readonly Prefix[], to: readonly Prefix[]): FirewallRule[] {
    if (from.length === 0 || to.length === 0) {
        return [];
    }
    const shared = { route: flow.route.name, family, allow: [...new Set(flow.route.allow ?? [])].sort(compare) };
    const [sources, destinations] = [from.map(formatPrefix), to.map(formatPrefix)];
    const forth: FirewallRule = { ...shared, back: false, sources, destinations };
    const isSame = sources.length === destinations.length && sources.every((text, i) => text === destinations[i]);
    return flow.route.initiate === "from" || isSame
        ? [forth]
        : [forth, { ...shared, back: true, sources: destinations, destinations: sources }];
}

export function firewallOf(
    node: Node,
    table: Table,
    flows: readonly FlowPart[],
    exits: Exits,
    mark: number,
    rules: FirewallRules,
    mesh: string,
    isGateway: boolean,
): Firewall {
    const interfaces = [...node.ports].sort((a, b) => compare(a.declared.interfaceName, b.declared.interfaceName));
    const { overlay } = table;
    const lans = node.lans.map(({ prefix }) => prefix);
    const own = node.ports.flatMap((port) => port.addresses.map((address) => masked(address)));
    const mesh4and6 = disjoint([...overlay, ...own, ...lans]);
    return {
        table: tableName(mesh),
        interfaces: interfaces.map((port) =>
            interfaceOf(port, table, [
                ...elsewhere(port, node, table, exits.tunnels.get(node) === port ? (exits.excluded.get(node) ?? []) : []),
                ...ownIn(port, node, table),
            ]),
        ),
        overlay: overlay.map(formatPrefix),
        lans: exits.tunnels.has(node) ? disjoint(lans).map(formatPrefix) : [],
        ownSources: exits.tunnels.has(node)
            ? disjoint([...node.ports.flatMap((port) => port.addresses.map(hostOf)), ...lans]).map(formatPrefix)
            : [],
        rules: flows.flatMap((part) => rules.of(part).rules),
        internet: flows.filter(({ flow }) => flow.isOutward).flatMap((part) => internetRules(part, node, mesh4and6, rules)),
        masquerade: flows.filter(({ flow }) => flow.isMasqueraded).flatMap((part) => masqueradeRules(part, node, rules)),
        ...(exits.tunnels.has(node) ? { bypassMark: mark } : {}),
        clampMss: isGateway ? interfaces.map((port) => port.declared.interfaceName) : [],
    };
}

/** The table of a mesh. The names a mesh may have are legal nft identifiers; anything else is made one (wireguard.md 1.7). */
export function tableName(mesh: string): string {
    return `wireguard_${mesh.replace(/[^a-zA-Z0-9_-]/g, "_")}`;
}

function interfaceOf(port: Port, table: Table, others: readonly Prefix[]): FirewallInterface {
    const peers = port.arcs.flatMap((arc) => arc.other.addresses.filter((address) => hasFamily(port, address.family)));
    return {
        interfaceName: port.declared.interfaceName,
        addresses: disjoint(port.addresses.map(hostOf)).map(formatAddress),
        peers: disjoint(peers.map(hostOf)).map(formatAddress),
        sources: disjoint(sourcesOf(port, table)).map(formatPrefix),
        elsewhere: disjoint(others).map(formatPrefix),
    };
}

/** Own addresses inside the port's sources. For IPv4 the kernel drops them as martians; for IPv6 it does not. */
function ownIn(port: Port, node: Node, table: Table): Prefix[] {
    const sources = sourcesOf(port, table);
    return node.ports
        .flatMap((other) => other.addresses.map(hostOf))
        .filter((address) => sources.some((source) => contains(source, address)));
}

function sourcesOf(port: Port, table: Table): Prefix[] {
    return port.arcs.flatMap((arc) => table.kept.get(arc) ?? []);
}

/**
 * What lies inside the port's sources and belongs behind another port, on a LAN or outside of the full tunnel, without what is the
 * port's own again inside that.
 */
function elsewhere(port: Port, node: Node, table: Table, excluded: readonly Prefix[]): readonly Prefix[] {
    if (!table.isNested && excluded.length === 0) {
        return [];
    }
    const own = sourcesOf(port, table);
    const others = node.ports.filter((other) => other !== port);
    const foreign = [
        ...others.flatMap((other) => [...sourcesOf(other, table), ...other.addresses.map((address) => masked(address))]),
        ...node.lans.map(({ prefix }) => prefix),
        ...excluded,
    ].filter((prefix) => own.some((source) => contains(source, prefix)));
    return disjoint(
        subtract(
            disjoint(foreign),
            own.filter((source) => foreign.some((prefix) => contains(prefix, source))),
        ),
    );
}

function internetRules(part: FlowPart, node: Node, known: readonly Prefix[], rules: FirewallRules): InternetRule[] {
    const { flow } = part;
    const place = [...part.to].find((one) => one.isInternet);
    if (place === undefined) {
        return [];
    }
    const cut = (flow.route.exclude ?? []).map(sound);
    const { sources } = rules.of(part);
    return families
        .filter((family) => sources[family].length > 0 && place.node.ports.some((port) => hasFamily(port, family)))
        .map((family) => ({
            route: flow.route.name,
            family,
            sources: sources[family].map(formatPrefix),
            except: ofFamily(disjoint([...known, ...cut]), family).map(formatPrefix),
            allow: [...new Set(flow.route.allow ?? [])].sort(compare),
            masquerade: flow.to.some((one) => one.isInternet && one.node === node),
        }));
}

function masqueradeRules(part: FlowPart, node: Node, rules: FirewallRules): MasqueradeRule[] {
    const { flow } = part;
    const lans = [...part.to].filter((place) => place.lan?.nat === true && place.node === node);
    return families.flatMap((family) => {
        const destinations = disjoint(lans.flatMap((place) => place.prefixes[family]));
        const sources = rules.of(part).sources[family];
        return destinations.length === 0 || sources.length === 0
            ? []
            : [
                  {
                      route: flow.route.name,
                      family,
                      sources: sources.map(formatPrefix),
                      destinations: destinations.map(formatPrefix),
                  },
              ];
    });
}
