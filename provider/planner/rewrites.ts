import { contains, equals, type Family, formatAddress, formatPrefix, type Prefix } from "./cidr";
import { compare } from "./compare";
import type { FirewallRule, InternetRule, RewriteRule } from "./hostPlan";
import { isWider, type OwnFlow, ownFlowsOf, touches } from "./ownFlows";
import { disjoint, families, ofFamily } from "./prefixes";
import { PrefixMap } from "./prefixMap";
import type { Table } from "./table";
import { hasFamily, type Node, type Port } from "./topology";

/** Which interfaces of a host lead where, besides to their peers, whom their own addresses may talk to anyway. */
interface Ways {
    /** The interface behind each allowed IP; undefined for a peer's own address. */
    readonly owners: PrefixMap<Port | undefined>;
    readonly routed: ReadonlyMap<Port, readonly Prefix[]>;
}

/** A rule in the making: own addresses of an interface that the table does not let open the flow. */
interface Rewrite {
    readonly flow: OwnFlow;
    readonly sources: readonly Prefix[];
}

/**
 * A program that chooses no source gets an address of the interface its packets leave by, and between two hubs that is one of their link,
 * which no Route names. Where another address of the same host may open the flow, the packet leaves with that one (wireguard.md I9), so
 * that `ping` works as `ping -I` does. The first route by name whose service fits decides; a source that is declared itself stays.
 *
 * Rejected: `ip route change ... src ADDRESS` in a hook. The address is one of another interface, which at boot may come up later, and
 * the kernel takes no route whose source it does not have; with both hooks each unit would need the other one first. One table is
 * loaded before all of them.
 */
export function rewritesOf(
    node: Node,
    table: Table,
    rules: readonly FirewallRule[],
    internet: readonly InternetRule[],
): RewriteRule[] {
    return families.flatMap((family) => {
        const own = node.ports.flatMap((port) => ofFamily(port.hosts, family));
        // With a single address on a single interface there is nothing to choose from.
        const flows = own.length < 2 && node.ports.length < 2 ? [] : ownFlowsOf(own, family, rules, internet);
        if (flows.length === 0) {
            return [];
        }
        const ways = waysOf(node, table);
        return [...node.ports]
            .sort((a, b) => compare(a.declared.interfaceName, b.declared.interfaceName))
            .flatMap((port) => portRewrites(port, family, flows, ways));
    });
}

function waysOf(node: Node, table: Table): Ways {
    const owners = new PrefixMap<Port | undefined>();
    const routed = new Map<Port, Prefix[]>(node.ports.map((port) => [port, []]));
    for (const arc of node.arcs) {
        for (const prefix of table.kept.get(arc) ?? []) {
            const isPeer = hasFamily(arc.own, prefix.family) && arc.other.hosts.some((host) => equals(host, prefix));
            owners.set(prefix, isPeer ? undefined : arc.own);
            if (!isPeer) {
                routed.get(arc.own)?.push(prefix);
            }
        }
    }
    return { owners, routed };
}

function leads(port: Port, { destinations }: OwnFlow, { owners, routed }: Ways): boolean {
    return destinations.some(
        (destination) =>
            owners.longest(destination)?.value === port ||
            routed.get(port)?.some((prefix) => contains(destination, prefix)) === true,
    );
}

function portRewrites(port: Port, family: Family, flows: readonly OwnFlow[], ways: Ways): RewriteRule[] {
    const addresses = ofFamily(port.hosts, family);
    // IPv4 then takes the first address of the first device, IPv6 whichever address of the host fits best (tried): not the planner's to know.
    const isAny = addresses.length === 0;
    const made: Rewrite[] = [];
    // By destination: a hub of a hundred has hundreds of flows, and hardly one is wider than another.
    const byDestination = new PrefixMap<Rewrite[]>();
    const declaring = new Map(addresses.map((address) => [address, flows.filter(({ own }) => own.includes(address))] as const));
    for (const flow of flows) {
        const wider = aroundOf(byDestination, flow.destinations[0]).filter((other) => isWider(other.flow, flow));
        const sources = addresses.filter(
            (address) =>
                declaring.get(address)?.some((other) => isWider(other, flow)) !== true &&
                !wider.some((other) => other.sources.includes(address)),
        );
        if ((isAny ? wider.length === 0 : sources.length > 0) && leads(port, flow, ways)) {
            const rewrite = { flow, sources };
            made.push(rewrite);
            for (const destination of flow.destinations) {
                byDestination.set(destination, [...(byDestination.get(destination) ?? []), rewrite]);
            }
        }
    }
    const rule = ({ rule: { route, back, allow }, destinations, except }: OwnFlow, sources: readonly Prefix[]) => ({
        route,
        back,
        family,
        output: port.declared.interfaceName,
        sources: sources.map(formatAddress),
        destinations: destinations.map(formatPrefix),
        except: except.map(formatPrefix),
        allow,
    });
    const wouldRewrite = (address: Prefix, { destinations }: OwnFlow) =>
        made.some(
            ({ flow, sources }) => (isAny || sources.includes(address)) && destinations.some((prefix) => touches(flow, prefix)),
        );
    const kept = [peersOf(port, family, byDestination), ...flows].flatMap((flow) => {
        const sources = flow.own.filter((address) => (isAny || addresses.includes(address)) && wouldRewrite(address, flow));
        return sources.length === 0 ? [] : [rule(flow, sources)];
    });
    const changed = made.flatMap(({ flow, sources }) =>
        flow.own.slice(0, 1).map((to) => ({ ...rule(flow, sources), to: formatAddress(to) })),
    );
    return [...kept, ...changed];
}

/** What Peers let the addresses of an interface do, as far as it would be rewritten. */
function peersOf(port: Port, family: Family, made: PrefixMap<Rewrite[]>): OwnFlow {
    const hosts = port.arcs.flatMap((arc) => ofFamily(arc.other.hosts, family));
    const destinations = disjoint(hosts.filter((host) => aroundOf(made, host).some(({ flow }) => touches(flow, host))));
    const rule = { route: `peers of ${port.declared.interfaceName}`, back: false, allow: [] };
    return { rule, own: ofFamily(port.hosts, family), destinations, except: [] };
}

/** What goes to a destination around the prefix. */
function aroundOf(made: PrefixMap<Rewrite[]>, prefix: Prefix | undefined): Rewrite[] {
    const found: Rewrite[] = [];
    for (let held = prefix && made.longest(prefix); held !== undefined; held = made.around(held.prefix)) {
        found.push(...held.value);
    }
    return found;
}
