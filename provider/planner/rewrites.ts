import { contains, equals, type Family, formatAddress, formatPrefix, overlaps, type Prefix } from "./cidr";
import type { FirewallRule, InternetRule, RewriteRule } from "./hostPlan";
import { disjoint, everything, families, ofFamily } from "./prefixes";
import { PrefixMap } from "./prefixMap";
import type { Table } from "./table";
import { compare, hasFamily, type Node, type Port, sound } from "./topology";

/** What the table of a host declares, as far as own addresses of the host may open it. */
interface Declared {
    readonly rule: Pick<RewriteRule, "route" | "back" | "allow">;
    /** Own addresses among its sources, in the order of interfaces and declarations. */
    readonly own: readonly Prefix[];
    readonly destinations: readonly Prefix[];
    readonly except: readonly Prefix[];
}

/** A rule in the making: own addresses of an interface that are not declared for it. */
interface Made {
    readonly one: Declared;
    readonly sources: readonly Prefix[];
}

/** Which interfaces of a host lead where, besides to their peers, whom their own addresses may talk to anyway. */
interface Ways {
    /** The interface behind each allowed IP; undefined for a peer's own address. */
    readonly owners: PrefixMap<Port | undefined>;
    readonly routed: ReadonlyMap<Port, readonly Prefix[]>;
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
        const own = node.ports.flatMap((port) => port.hosts.filter((host) => host.family === family));
        // With a single address on a single interface there is nothing to choose from.
        const declared = own.length < 2 && node.ports.length < 2 ? [] : declaredOf(own, family, rules, internet);
        if (declared.length === 0) {
            return [];
        }
        const ways = waysOf(node, table);
        return [...node.ports]
            .sort((a, b) => compare(a.declared.interfaceName, b.declared.interfaceName))
            .flatMap((port) => portRewrites(port, family, declared, ways));
    });
}

function declaredOf(
    own: readonly Prefix[],
    family: Family,
    rules: readonly FirewallRule[],
    internet: readonly InternetRule[],
): Declared[] {
    const ownIn = (sources: readonly string[]) => {
        const prefixes = sources.map(sound);
        return own.filter((address) => prefixes.some((prefix) => contains(prefix, address)));
    };
    return [
        ...rules
            .filter((rule) => rule.family === family)
            .map((rule) => ({ rule, own: ownIn(rule.sources), destinations: rule.destinations.map(sound), except: [] })),
        ...internet
            .filter((rule) => rule.family === family && !rule.masquerade)
            .map((rule) => ({
                rule: { ...rule, back: false },
                own: ownIn(rule.sources),
                destinations: [everything(family)],
                except: rule.except.map(sound),
            })),
    ].filter((one) => one.own.length > 0);
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

function leads(port: Port, { destinations }: Declared, { owners, routed }: Ways): boolean {
    return destinations.some(
        (destination) =>
            owners.longest(destination)?.value === port ||
            routed.get(port)?.some((prefix) => contains(destination, prefix)) === true,
    );
}

function portRewrites(port: Port, family: Family, declared: readonly Declared[], ways: Ways): RewriteRule[] {
    const addresses = port.hosts.filter((host) => host.family === family);
    // IPv4 then takes the first address of the first device, IPv6 whichever address of the host fits best (tried): not the planner's to know.
    const isAny = addresses.length === 0;
    const made: Made[] = [];
    for (const one of declared) {
        const known = made.filter((other) => isWider(other.one, one));
        const sources = addresses.filter(
            (address) =>
                !declared.some((other) => other.own.includes(address) && isWider(other, one)) &&
                !known.some((other) => other.sources.includes(address)),
        );
        if ((isAny ? known.length === 0 : sources.length > 0) && leads(port, one, ways)) {
            made.push({ one, sources });
        }
    }
    const rule = ({ rule: { route, back, allow }, destinations, except }: Declared, sources: readonly Prefix[]) => ({
        route,
        back,
        family,
        output: port.declared.interfaceName,
        sources: sources.map(formatAddress),
        destinations: destinations.map(formatPrefix),
        except: except.map(formatPrefix),
        allow,
    });
    const isMade = (address: Prefix, { destinations }: Declared) =>
        made.some(
            ({ one, sources }) => (isAny || sources.includes(address)) && destinations.some((prefix) => touches(one, prefix)),
        );
    const kept = [peersOf(port, family, made), ...declared].flatMap((one) => {
        const sources = one.own.filter((address) => (isAny || addresses.includes(address)) && isMade(address, one));
        return sources.length === 0 ? [] : [rule(one, sources)];
    });
    return [
        ...kept,
        ...made.flatMap(({ one, sources }) =>
            one.own.slice(0, 1).map((to) => ({ ...rule(one, sources), to: formatAddress(to) })),
        ),
    ];
}

/** What Peers let the addresses of an interface do, as far as it would be rewritten. */
function peersOf(port: Port, family: Family, made: readonly Made[]): Declared {
    const hosts = port.arcs.flatMap((arc) => ofFamily(arc.other.hosts, family));
    const destinations = disjoint(hosts.filter((host) => made.some(({ one }) => touches(one, host))));
    const rule = { route: `peers of ${port.declared.interfaceName}`, back: false, allow: [] };
    return { rule, own: ofFamily(port.hosts, family), destinations, except: [] };
}

/** True when some of the prefix is among the destinations. */
function touches({ destinations, except }: Declared, prefix: Prefix): boolean {
    return destinations.some((one) => overlaps(one, prefix)) && !except.some((hole) => contains(hole, prefix));
}

/** True when the first says yes to everything that the second does, as far as their texts tell. */
function isWider(a: Declared, b: Declared): boolean {
    const allows =
        a.rule.allow.length === 0 || (b.rule.allow.length > 0 && b.rule.allow.every((item) => a.rule.allow.includes(item)));
    return (
        allows &&
        b.destinations.every((inner) => a.destinations.some((outer) => contains(outer, inner))) &&
        a.except.every(
            (hole) => b.except.some((outer) => contains(outer, hole)) || !b.destinations.some((inner) => overlaps(inner, hole)),
        )
    );
}
