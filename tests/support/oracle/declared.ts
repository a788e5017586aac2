import type { Graph, Route, RouteEnd } from "../../../provider/planner/graph";
import { type Allows, allowsOf } from "./allow";
import type { Service } from "./flow";
import { type Address, bits, contains, type Family, type Prefix, parseAddressWithLength, parsePrefix, prefixOf } from "./ip";
import type { End, World } from "./world";

/** What the graph says about opening a flow. */
export type Ruling =
    /** It must work. */
    | "promised"
    /** Declared, but the far side cannot open flows through NAT (I14), so nothing is promised. */
    | "moot"
    | "undeclared";

interface Grant {
    readonly from: readonly Matcher[];
    readonly to: readonly Matcher[];
    /** Prefixes cut out of one side: `to` as declared, so `from` of the way back. */
    readonly excludedFrom: readonly Prefix[];
    readonly excludedTo: readonly Prefix[];
    readonly allows: Allows;
    readonly toInternet: boolean;
}

type Matcher = (end: End) => boolean;

/** The meaning of a graph's declarations, read straight from graph.ts: who may open which flow to whom. */
export class Declared {
    private readonly grants: readonly Grant[];
    private readonly links: ReadonlySet<string>;
    private readonly memo = new Map<End, Map<End, readonly Allows[]>>();
    /** Subnets that routes name as a network, with the host the route names them by. */
    readonly networks: readonly { readonly host: string; readonly subnet: Prefix }[];
    /** Networks and LANs that a route leaves a part out of. */
    readonly cuts: readonly Prefix[];
    /** What routes begin at that lead to a network and leave its own interface out: nobody may live in the rest of it yet. */
    readonly waiting: readonly Prefix[];

    constructor(private readonly world: World) {
        const { graph } = world;
        const routes = graph.routes ?? [];
        this.grants = routes.flatMap((route) => grantsOf(route, world));
        this.links = new Set(graph.peers.flatMap(({ between: [a, b] }) => [`${a} ${b}`, `${b} ${a}`]));
        this.cuts = routes
            .filter((route) => route.exclude !== undefined)
            .flatMap((route) => route.to)
            .flatMap((end) => {
                if (end.kind === "network") return networkOf(graph, world, end.interface).map(({ subnet }) => subnet);
                return end.kind === "lan" ? [parsePrefix(end.prefix)] : [];
            });
        this.waiting = routes
            .filter((route) => route.to.some((end) => end.kind === "network" && isCutFrom(end.interface, route, world)))
            .flatMap((route) => route.from)
            .flatMap((end) => prefixesOf(end, world));
        this.networks = routes
            .flatMap((route) => [...route.from, ...route.to])
            .flatMap((end) => (end.kind === "network" ? networkOf(graph, world, end.interface) : []));
    }

    /** True when some service of the pair is declared. */
    isDeclared(from: End, to: End): boolean {
        return this.between(from, to).length > 0;
    }

    ruling(from: End, to: End, service: Service): Ruling {
        if (!this.between(from, to).some((allows) => allows(service))) return "undeclared";
        return from.kind === "internet" || (from.kind === "lan" && this.isBehindNat(from)) ? "moot" : "promised";
    }

    /** True when replies come back to a masqueraded source. */
    masquerades(to: End): boolean {
        return to.kind === "internet" || (to.kind === "lan" && this.isBehindNat(to));
    }

    /** True when a route leads to the internet, so that prefixes of that family may stand for parts of it. */
    hasInternet(family: Family): boolean {
        return (
            this.world.ends.some((end) => end.kind === "internet" && end.address.family === family) &&
            this.grants.some((grant) => grant.toInternet)
        );
    }

    /** What each route to the internet leaves out of it. */
    get splits(): readonly (readonly Prefix[])[] {
        return this.grants.filter((grant) => grant.toInternet).map((grant) => grant.excludedTo);
    }

    /** What routes leave out of the internet, all together. */
    get internetExclusions(): readonly Prefix[] {
        return this.splits.flat();
    }

    /** True for an address outside of everything the graph names and excludes. */
    isInternet(address: Address): boolean {
        const named = [
            ...this.networks.map(({ subnet }) => subnet),
            ...(this.world.graph.lans ?? []).map((lan) => parsePrefix(lan.prefix)),
        ];
        return ![...named, ...this.internetExclusions].some((prefix) => contains(prefix, address));
    }

    private isBehindNat(end: End): boolean {
        return (this.world.graph.lans ?? []).some(
            (lan) =>
                end.kind === "lan" && lan.host === end.host && lan.nat === true && parsePrefix(lan.prefix).text === end.prefix,
        );
    }

    private between(from: End, to: End): readonly Allows[] {
        let row = this.memo.get(from);
        if (row === undefined) {
            row = new Map();
            this.memo.set(from, row);
        }
        let found = row.get(to);
        if (found === undefined) {
            found = this.find(from, to);
            row.set(to, found);
        }
        return found;
    }

    private find(from: End, to: End): Allows[] {
        const linked =
            from.kind === "interface" && to.kind === "interface" && this.links.has(`${from.interface} ${to.interface}`);
        const granted = this.grants.filter(
            (grant) =>
                grant.from.some((matches) => matches(from)) &&
                grant.to.some((matches) => matches(to)) &&
                !grant.excludedFrom.some((prefix) => contains(prefix, from.address)) &&
                !grant.excludedTo.some((prefix) => contains(prefix, to.address)),
        );
        return [...(linked ? [() => true] : []), ...granted.map((grant) => grant.allows)];
    }
}

function grantsOf(route: Route, world: World): Grant[] {
    const from = route.from.map((end) => matcherOf(end, world));
    const to = route.to.map((end) => matcherOf(end, world));
    const excluded = (route.exclude ?? []).map(parsePrefix);
    const shared = { allows: allowsOf(route.allow), toInternet: route.to.some((end) => end.kind === "internet") };
    const forth = { from, to, excludedFrom: [], excludedTo: excluded, ...shared };
    return route.initiate === "from"
        ? [forth]
        : [forth, { from: to, to: from, excludedFrom: excluded, excludedTo: [], ...shared }];
}

function matcherOf(end: RouteEnd, world: World): Matcher {
    switch (end.kind) {
        case "interface":
            return (other) => other.kind === "interface" && other.interface === end.interface;
        case "network": {
            const subnets = networkOf(world.graph, world, end.interface).map(({ subnet }) => subnet);
            return (other) => other.kind === "interface" && subnets.some((subnet) => contains(subnet, other.address));
        }
        case "lan": {
            const { text } = parsePrefix(end.prefix);
            return (other) => other.kind === "lan" && other.host === end.host && other.prefix === text;
        }
        case "internet": {
            // An exit offers the families its own interfaces have: without an address in the mesh it could not even answer.
            const own = world.ends.filter((other) => other.kind === "interface" && other.host === end.host);
            const families = new Set(own.map((other) => other.address.family));
            return (other) => other.kind === "internet" && families.has(other.address.family);
        }
        default: {
            const never: never = end;
            throw new Error(`unknown route end ${JSON.stringify(never)}`);
        }
    }
}

/** True when a route excludes an address of the interface whose network it leads to. */
function isCutFrom(name: string, route: Route, world: World): boolean {
    const excluded = (route.exclude ?? []).map(parsePrefix);
    return world.ends.some(
        (end) => end.kind === "interface" && end.interface === name && excluded.some((prefix) => contains(prefix, end.address)),
    );
}

function prefixesOf(end: RouteEnd, world: World): readonly Prefix[] {
    switch (end.kind) {
        case "interface":
            return world.ends.flatMap((other) =>
                other.kind === "interface" && other.interface === end.interface
                    ? [prefixOf(other.address, bits(other.address.family))]
                    : [],
            );
        case "network":
            return networkOf(world.graph, world, end.interface).map(({ subnet }) => subnet);
        case "lan":
            return [parsePrefix(end.prefix)];
        case "internet":
            return [];
        default: {
            const never: never = end;
            throw new Error(`unknown route end ${JSON.stringify(never)}`);
        }
    }
}

function networkOf(graph: Graph, world: World, name: string): { readonly host: string; readonly subnet: Prefix }[] {
    const iface = graph.interfaces.find((each) => each.name === name);
    if (iface === undefined) return [];
    const own =
        iface.addresses?.map(parseAddressWithLength) ??
        world.boxes.get(iface.host)?.tunnels.get(iface.interfaceName)?.conf.addresses ??
        [];
    return own.map(({ address, length }) => ({ host: iface.host, subnet: prefixOf(address, length) }));
}
