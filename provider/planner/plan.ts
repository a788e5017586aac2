import { allocate, withAddresses } from "./allocate";
import { type Family, formatPrefix, type Prefix } from "./cidr";
import { type Exits, exits, pieces } from "./exitRules";
import type { Failure } from "./failure";
import { type FirewallSources, firewallOf, judges } from "./firewall";
import { FirewallRules } from "./firewallRules";
import { flowFailures, twoOwners } from "./flowRules";
import { FlowsByHost } from "./flowsByHost";
import type { Graph } from "./graph";
import type { HostPlan, InterfacePlan, PeerSection, Plan, RoutePlan } from "./hostPlan";
import { mtus } from "./mtu";
import { blockedTunnels, endpointOf, type NestedTunnels, nestedTunnels, type OuterWay } from "./nestedTunnels";
import { claimsOf, directClaims, hasOnlyPeers, isSimple, type Leg, type Ownership, ownership } from "./ownership";
import { Paths } from "./paths";
import { type Flow, flowOf, membersOf, type Place } from "./place";
import { disjoint, families, ofFamily, subtract } from "./prefixes";
import { asymmetries, type Override } from "./symmetry";
import { peersTable, sortedPrefixes, type Table, tableOf } from "./table";
import { type Arc, compare, type Node, opens, type Port, type Topology, topology } from "./topology";

/** wg-quick's first choice for the mark and table of a full tunnel; set explicitly, so that all interfaces of the host can share it. */
const fullTunnelMark = 51820;

/** Seconds: what keeps a NAT's UDP mapping open (man wg, PersistentKeepalive). */
const defaultKeepalive = 25;

/** Plans a graph whose declarations are sound. A plan with failures is for explanations only and must not reach a host. */
export function makePlan(declared: Graph): { readonly plan: Plan; readonly failures: readonly Failure[] } {
    const allocation = allocate(declared);
    if (allocation.failures.length > 0) {
        return { plan: { mesh: declared.mesh, hosts: [], routes: [] }, failures: allocation.failures };
    }
    const graph = withAddresses(declared, allocation);
    const top = topology(graph);
    const flows = [...(graph.routes ?? [])].sort((a, b) => compare(a.name, b.name)).map((route) => flowOf(route, top));
    const owned = ownership(top, flows, new Paths(top));
    const routed = flowFailures(top, flows, owned);
    const exit = exits(owned.legs);
    const nested = nestedTunnels(top, owned);
    const { mtu, failures: sizes } = mtus(top, owned.legs, nested);
    const planner = new HostPlanner(top, owned, exit, mtu, nested);
    const hosts = top.nodes.map((node) => planner.host(node));
    const legsOf = byFlow(owned.legs);
    const routes = flows.map((flow) => routePlan(flow, legsOf.get(flow) ?? []));
    const plan = { mesh: graph.mesh, hosts, routes };
    return { plan, failures: firstCauses() };

    /** All failures of the first kind there are any of: a route without a path or a disputed prefix makes its tables wrong, too. */
    function firstCauses(): readonly Failure[] {
        const stages = [
            () => [...routed, ...exit.failures, ...sizes],
            () => owned.disputes.map(twoOwners),
            () => nested.failures,
            () => [...planner.overlaps.values(), ...planner.failures],
            () => asymmetries(top, owned, planner.overrides),
            () => blockedTunnels(plan, nested),
        ];
        for (const stage of stages) {
            const failures = stage();
            if (failures.length > 0) {
                return failures;
            }
        }
        return [];
    }
}

class HostPlanner {
    readonly failures: Failure[] = [];
    readonly overlaps = new Map<string, Failure>();
    readonly overrides: Override[] = [];
    private readonly flows: FlowsByHost;
    private readonly firewall: FirewallSources;
    private readonly forwards: ReadonlyMap<Node, ReadonlySet<Family>>;
    /** The addresses of an interface alone, by its index. */
    private readonly hostTexts: (readonly string[])[] = [];
    /** What plain members of a network hold, by the network's interface and their families: the same list object for all of them. */
    private readonly lists = new Map<Port, Map<string, readonly string[]>>();

    constructor(
        top: Topology,
        private readonly owned: Ownership,
        private readonly exit: Exits,
        private readonly mtu: ReadonlyMap<Port, number>,
        private readonly nested: NestedTunnels,
    ) {
        this.flows = new FlowsByHost(owned.legs);
        this.firewall = {
            mesh: top.graph.mesh,
            flows: this.flows,
            rules: new FirewallRules(),
            exits: exit,
            mark: fullTunnelMark,
        };
        this.forwards = forwardingOf(owned.legs);
    }

    host(node: Node): HostPlan {
        const isJudge = judges(node, this.flows);
        const shared = isSimple(node) && !isJudge ? this.sharedList(node) : undefined;
        const isPlain = shared !== undefined || (!isJudge && hasOnlyPeers(node, this.owned));
        const table = isPlain ? undefined : this.table(node);
        const firewall = isJudge && table !== undefined ? firewallOf(node, table, this.firewall) : undefined;
        return {
            name: node.host.name,
            managed: node.host.managed,
            interfaces: node.ports
                .map((port) => this.interface(port, (arc) => shared ?? this.allowedIPs(arc, table)))
                .sort((a, b) => compare(a.interfaceName, b.interfaceName)),
            lans: node.lans.map(({ lan }) => ({ prefix: lan.prefix, nat: lan.nat === true })),
            forward: { ipv4: this.forwards.get(node)?.has(4) === true, ipv6: this.forwards.get(node)?.has(6) === true },
            ...(firewall === undefined ? {} : { firewall }),
        };
    }

    private allowedIPs(arc: Arc, table: Table | undefined): readonly string[] {
        if (table === undefined) {
            return this.texts(arc, sortedPrefixes(arc));
        }
        const excluded = this.exit.excluded.get(arc.own.node) ?? [];
        const isSplit = !arc.own.node.host.managed && excluded.length > 0;
        return isSplit ? disjoint(pieces(arc, excluded, table)).map(formatPrefix) : this.texts(arc, table.kept.get(arc) ?? []);
    }

    private interface(port: Port, allowedIPs: (arc: Arc) => readonly string[]): InterfacePlan {
        const { declared, node } = port;
        const isTunnel = this.exit.tunnels.get(node) === port;
        const excluded = isTunnel && node.host.managed ? (this.exit.excluded.get(node) ?? []) : [];
        return {
            name: declared.name,
            host: declared.host,
            interfaceName: declared.interfaceName,
            addresses: port.addresses.map(formatPrefix),
            ...(declared.listenPort === undefined ? {} : { listenPort: declared.listenPort }),
            ...(node.host.managed && this.exit.tunnels.has(node) ? { fwMark: fullTunnelMark } : {}),
            ...(excluded.length > 0 ? { excluded: excluded.map(formatPrefix) } : {}),
            ...(node.host.managed ? {} : { isForApp: true }),
            mtu: this.mtu.get(port) ?? 1420,
            adopt: declared.adopt === true,
            peers: port.arcs
                .map((arc) => section(arc, allowedIPs(arc), this.nested.ways.get(arc)))
                .sort((a, b) => compare(a.remote, b.remote)),
        };
    }

    /** Where a Peer gives all addresses of the other side and nothing else, the list is the same object for all who peer with it. */
    private texts({ other }: Arc, prefixes: readonly Prefix[]): readonly string[] {
        if (prefixes !== other.hosts) {
            return prefixes.map(formatPrefix);
        }
        let texts = this.hostTexts[other.index];
        if (texts === undefined) {
            texts = prefixes.map(formatPrefix);
            this.hostTexts[other.index] = texts;
        }
        return texts;
    }

    private table(node: Node): Table {
        if (hasOnlyPeers(node, this.owned)) {
            return peersTable(node);
        }
        const table = tableOf(node, claimsOf(node, this.owned), this.nested.targets.get(node));
        this.failures.push(...table.failures);
        for (const [pair, failure] of table.overlaps) {
            this.overlaps.set(pair, this.overlaps.get(pair) ?? failure);
        }
        this.overrides.push(...table.overrides);
        return table;
    }

    /** The allowed IPs of a plain spoke, made once for all members of its network that have nothing of their own. */
    private sharedList(node: Node): readonly string[] | undefined {
        const [arc] = node.arcs;
        const hasOwn = this.exit.excluded.has(node) || this.owned.claims.has(node);
        if (arc === undefined || hasOwn || this.owned.excepted.get(arc.other)?.has(node) === true) {
            return undefined;
        }
        const lists = this.lists.get(arc.other) ?? new Map<string, readonly string[]>();
        this.lists.set(arc.other, lists);
        const key = `${arc.own.families.join()} ${arc.joins.join()}`;
        let list = lists.get(key);
        if (list === undefined) {
            const shared = (this.owned.shared.get(arc.other)?.entries() ?? []).filter(({ prefix }) =>
                arc.joins.includes(prefix.family),
            );
            list = disjoint([...directClaims(arc), ...shared].map(({ prefix }) => prefix)).map(formatPrefix);
            lists.set(key, list);
        }
        return list;
    }
}

function section(arc: Arc, allowedIPs: readonly string[], way: OuterWay | undefined): PeerSection {
    const { peer } = arc.link;
    const keepalive = keepaliveOf(arc);
    const { name: remote, host: remoteHost } = arc.other.declared;
    const endpoint = way === undefined ? opens(arc) : endpointOf(way);
    const presharedKey = peer.presharedKey === true;
    // Spelt out twice: spreading an optional field into every one of ten thousands of sections takes longer than all the rest of it.
    return keepalive === 0
        ? { peer: peer.name, remote, remoteHost, allowedIPs, endpoint, presharedKey }
        : { peer: peer.name, remote, remoteHost, allowedIPs, endpoint, persistentKeepalive: keepalive, presharedKey };
}

/**
 * Keepalive is for the side that nobody can reach, towards the side it can: it opens the NAT's mapping and starts the tunnel without a
 * ping (S8). A declared value goes to that side; when both are reachable nobody needs one, so a declared value goes to both.
 */
function keepaliveOf(arc: Arc): number {
    const declared = arc.link.peer.persistentKeepalive;
    if (!opens(arc)) {
        return 0;
    }
    return opens(arc.back) ? (declared ?? 0) : (declared ?? defaultKeepalive);
}

/** Families in which hosts pass packets on: between the ends of a path, and at its ends when the traffic is not the host's own. */
function forwardingOf(legs: readonly Leg[]): Map<Node, Set<Family>> {
    const found = new Map<Node, Set<Family>>();
    const add = (node: Node, family: Family) => {
        const set = found.get(node);
        if (set === undefined) {
            found.set(node, new Set([family]));
        } else {
            set.add(family);
        }
    };
    for (const { from, to, chain, families: used } of legs) {
        for (const family of used) {
            for (const arc of chain.slice(1)) {
                add(arc.own.node, family);
            }
            const [behindFrom, behindTo] = [isBehind(from, family), isBehind(to, family)];
            if (behindFrom && (chain.length > 0 || behindTo)) {
                add(from.node, family);
            }
            if (behindTo && (chain.length > 0 || behindFrom)) {
                add(to.node, family);
            }
        }
    }
    return found;
}

/** True when packets for the place go on behind its owner. */
function isBehind(place: Place, family: Family): boolean {
    return place.end.kind === "lan" || place.isInternet || membersOf(place, family).length > 0;
}

function byFlow(legs: readonly Leg[]): Map<Flow, Leg[]> {
    const found = new Map<Flow, Leg[]>();
    for (const leg of legs) {
        const list = found.get(leg.flow);
        if (list === undefined) {
            found.set(leg.flow, [leg]);
        } else {
            list.push(leg);
        }
    }
    return found;
}

function routePlan(flow: Flow, legs: readonly Leg[]): RoutePlan {
    // A family that only one of the ends has is not part of the route.
    const used = families.filter((family) => legs.some((leg) => leg.families.includes(family)));
    const texts = (places: readonly Place[]) =>
        disjoint(
            places.flatMap((place) =>
                used.flatMap((family) => subtract(place.prefixes[family], ofFamily(place.excluded, family))),
            ),
        ).map(formatPrefix);
    return {
        name: flow.route.name,
        from: texts(flow.from),
        to: texts(flow.to),
        path: [...new Set(legs.map(pathText))].filter((line) => line !== "").sort(compare),
        initiate: flow.route.initiate ?? "both",
        allow: [...new Set(flow.route.allow ?? [])].sort(compare),
    };
}

/** `hub: wg0 -> wg2, hub-b: wg0 -> wg1`: the hosts that pass a packet on, with where it comes in and goes out. */
function pathText({ from, to, chain }: Leg): string {
    const nodes = [from.node, ...chain.map((arc) => arc.other.node)];
    const name = (port: Port | undefined) => port?.declared.interfaceName;
    return nodes
        .flatMap((node, i) => {
            const entry = i === 0 ? doorOf(from) : name(chain[i - 1]?.other);
            const exit = i === nodes.length - 1 ? doorOf(to) : name(chain[i]?.own);
            return entry === undefined || exit === undefined ? [] : [`${node.host.name}: ${entry} -> ${exit}`];
        })
        .join(", ");
}

/** Where packets of a place come into its owner; undefined when they are the owner's own. */
function doorOf(place: Place): string | undefined {
    switch (place.end.kind) {
        case "interface":
            return undefined;
        case "network":
            return place.port?.declared.interfaceName;
        case "lan":
            return place.end.prefix;
        case "internet":
            return "internet";
        default: {
            const never: never = place.end;
            throw new Error(`unknown route end ${JSON.stringify(never)}`);
        }
    }
}
