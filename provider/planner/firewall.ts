import { contains, formatAddress, formatPrefix, hostOf, masked, type Prefix } from "./cidr";
import { isSimple } from "./claims";
import { compare } from "./compare";
import type { Exits } from "./exitRules";
import type { FirewallRules } from "./firewallRules";
import type { FlowPart, FlowsByHost } from "./flowsByHost";
import type { Firewall, FirewallInterface, InternetRule, MasqueradeRule } from "./hostPlan";
import { disjoint, families, ofFamily, subtract } from "./prefixes";
import { rewritesOf } from "./rewrites";
import { notInternet } from "./rules/specialUse";
import type { Table } from "./table";
import { hasFamily, type Node, type Port, sound } from "./topology";

/**
 * True for hosts that get a table: all managed ones but a spoke that nobody can open a tunnel to and whose only Peer is a
 * managed host. That host judges everything between the spoke and the rest, and a table on the spoke would only hide what
 * its user tries from the counters of the one who has to know. A spoke does judge when a route of its own is narrowed: then even its
 * hub is held to it; and when it has two addresses of one family, because a route may lead to only one of them. Whether the hub has
 * other Peers does not matter, or the second member would change the first one's table.
 */
export function judges(node: Node, flows: FlowsByHost): boolean {
    const [arc] = node.arcs;
    if (!node.host.managed || arc === undefined) {
        return false;
    }
    const hasOneAddress = arc.own.hosts.length === arc.own.families.length;
    const isLeaf = isSimple(node) && hasOneAddress && !arc.own.reachable && arc.other.node.host.managed;
    return !isLeaf || flows.hasNarrowed(node);
}

/** What the tables of all hosts of one plan are made from. */
export interface FirewallSources {
    readonly mesh: string;
    readonly flows: FlowsByHost;
    readonly rules: FirewallRules;
    readonly exits: Exits;
    /** Mark of packets that stay out of a full tunnel. */
    readonly mark: number;
}

export function firewallOf(node: Node, table: Table, { mesh, flows: all, rules, exits, mark }: FirewallSources): Firewall {
    const flows = all.at(node);
    const interfaces = [...node.ports].sort((a, b) => compare(a.declared.interfaceName, b.declared.interfaceName));
    const { overlay } = table;
    const lans = node.lans.map(({ prefix }) => prefix);
    const own = node.ports.flatMap((port) => port.addresses.map((address) => masked(address)));
    const declared = flows.flatMap((part) => rules.of(part).rules);
    const mesh4and6 = disjoint([...overlay, ...own, ...lans]);
    const internet = flows.filter(({ flow }) => flow.isOutward).flatMap((part) => internetRules(part, node, mesh4and6, rules));
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
        rules: declared,
        rewrites: rewritesOf(node, table, declared, internet),
        internet,
        masquerade: flows.filter(({ flow }) => flow.isMasqueraded).flatMap((part) => masqueradeRules(part, node, rules)),
        ...(exits.tunnels.has(node) ? { bypassMark: mark } : {}),
        clampMss: all.gateways.has(node) ? interfaces.map((port) => port.declared.interfaceName) : [],
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
            except: ofFamily(disjoint([...known, ...cut, ...notInternet]), family).map(formatPrefix),
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
