import { contains, type Family, hostOf, masked, type Prefix } from "./cidr";
import type { Lan, Route, RouteEnd } from "./graph";
import { disjoint, everything, families, ofFamily, subtract } from "./prefixes";
import { type Arc, known, type Node, type Port, sound, type Topology } from "./topology";

/** One end of a route, resolved: whose it is, and which addresses it means. */
export interface Place {
    readonly end: RouteEnd;
    /** The host that packets for it are sent to. */
    readonly node: Node;
    /** Sorted, disjoint, what the route excludes already cut out; the internet stays whole, see `excluded`. */
    readonly prefixes: Readonly<Record<Family, readonly Prefix[]>>;
    /** What the route excludes from the internet, sorted and disjoint; empty for other places. */
    readonly excluded: readonly Prefix[];
    /** The interface of an interface or network. */
    readonly port?: Port;
    /** The LAN of a LAN. */
    readonly lan?: Lan;
    readonly isInternet: boolean;
    /** True when the route excludes some of it. */
    readonly isCut: boolean;
}

/** A declared Route, resolved. */
export interface Flow {
    readonly route: Route;
    readonly from: readonly Place[];
    readonly to: readonly Place[];
    /** True when not everything between its ends may be opened from both sides. */
    readonly isNarrowed: boolean;
    /** True when one of its ends is the internet. */
    readonly isOutward: boolean;
    /** True when it leads to a LAN whose router knows no way back. */
    readonly isMasqueraded: boolean;
}

export function flowOf(route: Route, topology: Topology): Flow {
    const cut = (route.exclude ?? []).map(sound);
    const to = route.to.map((end) => placeOf(end, topology, cut));
    return {
        route,
        from: route.from.map((end) => placeOf(end, topology, [])),
        to,
        isOutward: to.some((place) => place.isInternet),
        isMasqueraded: to.some((place) => place.lan?.nat === true),
        isNarrowed: route.initiate === "from" || route.allow !== undefined,
    };
}

function placeOf(end: RouteEnd, topology: Topology, cut: readonly Prefix[]): Place {
    const isCut = cut.length > 0;
    switch (end.kind) {
        case "interface": {
            const port = known(topology.ports, end.interface);
            const prefixes = split(port.addresses.map(hostOf), cut);
            return { end, node: port.node, prefixes, excluded: [], port, isInternet: false, isCut };
        }
        case "network": {
            const port = known(topology.ports, end.interface);
            // The subnets of its addresses and nothing else: a member whose address lies outside is not reached by the network.
            return {
                end,
                node: port.node,
                prefixes: split(
                    port.addresses.map((address) => masked(address)),
                    cut,
                ),
                excluded: [],
                port,
                isInternet: false,
                isCut,
            };
        }
        case "lan": {
            const node = known(topology.node, end.host);
            const found = node.lans.find(({ lan }) => lan.prefix === end.prefix);
            const prefixes = split([sound(end.prefix)], cut);
            return {
                end,
                node,
                prefixes,
                excluded: [],
                isInternet: false,
                isCut,
                ...(found === undefined ? {} : { lan: found.lan }),
            };
        }
        case "internet": {
            const node = known(topology.node, end.host);
            const excluded = disjoint(cut);
            const left = families.map(everything).filter((whole) => subtract([whole], excluded).length > 0);
            return { end, node, prefixes: split(left, []), excluded, isInternet: true, isCut };
        }
        default: {
            const never: never = end;
            throw new Error(`unknown route end ${JSON.stringify(never)}`);
        }
    }
}

/** The members of a network in one family; nobody for other places. */
export function membersOf(place: Place, family: Family): readonly Arc[] {
    return place.end.kind === "network" && place.port !== undefined ? place.port.members[family] : [];
}

/** True when an address of the interface is one that the place means. */
export function isOf(port: Port, { prefixes }: Place, family: Family): boolean {
    return port.hosts.some((address) => prefixes[family].some((prefix) => contains(prefix, address)));
}

/** The interface of a network; undefined for other places. */
export function networkOf({ end, port }: Place): Port | undefined {
    return end.kind === "network" ? port : undefined;
}

function split(prefixes: readonly Prefix[], cut: readonly Prefix[]): Record<Family, readonly Prefix[]> {
    const kept = disjoint(cut.length === 0 ? prefixes : subtract(prefixes, cut));
    return { 4: ofFamily(kept, 4), 6: ofFamily(kept, 6) };
}
