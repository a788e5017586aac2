import { type Family, formatPrefix, type Prefix } from "./cidr";
import { claimsOf, directClaims, hasOnlyPeers, isSimple } from "./claims";
import { compare } from "./compare";
import { type Exits, pieces } from "./exitRules";
import type { Failure } from "./failure";
import { type FirewallSources, firewallOf, judges } from "./firewall";
import { FirewallRules } from "./firewallRules";
import { FlowsByHost } from "./flowsByHost";
import { forwardingOf } from "./forwarding";
import type { HostPlan, InterfacePlan, PeerSection } from "./hostPlan";
import { endpointOf, type NestedTunnels, type OuterWay } from "./nestedTunnels";
import type { Ownership } from "./ownership";
import { disjoint } from "./prefixes";
import type { Override } from "./symmetry";
import { peersTable, sortedPrefixes, type Table, tableOf } from "./table";
import { type Arc, type Node, opens, type Port, type Topology } from "./topology";

/** wg-quick's first choice for the mark and table of a full tunnel; set explicitly, so that all interfaces of the host can share it. */
const fullTunnelMark = 51820;

/** Seconds: what keeps a NAT's UDP mapping open (man wg, PersistentKeepalive). */
const defaultKeepalive = 25;

/** Plans one host after the other; what many of them have in common is made once. */
export class HostPlanner {
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
