import { compare } from "../compare";
import type { Declared, Graph, Host, Interface, Lan, Peer } from "../graph";
import { groupBy } from "../groupBy";
import { type OwnAddress, readNetworks } from "./networks";
import { type PlacedEnd, placedEnds } from "./placedEnds";
import type { Shape } from "./shape";

/** A graph in canonical order, with the look-ups the rules share. Built once, so that no rule searches a list inside a loop. */
export interface Declarations {
    /** Lists are sorted: a rule that names "the other one" names the same one in whatever order things were declared. */
    readonly graph: Required<Graph>;
    /** False when parts were left out because their kind was wrong; see {@link Shape}. */
    readonly complete: boolean;
    readonly hosts: ReadonlyMap<string, Host>;
    readonly interfaces: ReadonlyMap<string, Interface>;
    /** By host name; also of hosts that do not exist. */
    readonly interfacesOf: ReadonlyMap<string, readonly Interface[]>;
    readonly lansOf: ReadonlyMap<string, readonly Lan[]>;
    /** Every Peer whose two interfaces are declared, in the order of Peers. */
    readonly tunnels: readonly Tunnel[];
    /** Every end of every route and expectation. */
    readonly ends: readonly PlacedEnd[];
    /** Every declared interface address that is sound, by interface name. */
    readonly addressesOf: ReadonlyMap<string, readonly OwnAddress[]>;
}

/** A Peer with its two interfaces. */
export interface Tunnel {
    readonly peer: Peer;
    readonly one: Interface;
    readonly other: Interface;
}

type Place = readonly [file: string, line: number, column: number];

const nowhere: Place = ["", 0, 0];

/** A place in the program as values that sort: `index.ts:9` before `index.ts:12`. */
function place(declaredAt: string | undefined): Place {
    if (declaredAt === undefined) {
        return nowhere;
    }
    const [, file = declaredAt, line = "0", column = "0"] = /^(.*?):(\d+)(?::(\d+))?$/.exec(declaredAt) ?? [];
    return [file, Number(line), Number(column)];
}

function comparePlaces(one: Place, other: Place): number {
    return compare(one[0], other[0]) || one[1] - other[1] || one[2] - other[2];
}

/** By place in the program, so that of two culprits the later one is blamed; then by name; then, for duplicates only, by all they say. */
export function sorted<T extends Declared>(list: readonly T[], nameOf: (one: T) => string): T[] {
    // A loop of the program declares thousands in one place, so each place is read once.
    const texts = new Set(list.map(({ declaredAt }) => declaredAt));
    const read = new Map([...texts].map((text) => [text, place(text)] as const));
    const placeOf = ({ declaredAt }: Declared) => read.get(declaredAt) ?? nowhere;
    return [...list].sort(
        (a, b) =>
            (a.declaredAt === b.declaredAt ? 0 : comparePlaces(placeOf(a), placeOf(b))) ||
            compare(nameOf(a), nameOf(b)) ||
            compare(JSON.stringify(a), JSON.stringify(b)),
    );
}

/** The first of each key; duplicates are reported by a rule of their own. */
function firstBy<T>(list: readonly T[], key: (one: T) => string): Map<string, T> {
    const found = new Map<string, T>();
    for (const one of list) {
        const name = key(one);
        if (!found.has(name)) {
            found.set(name, one);
        }
    }
    return found;
}

/** Sorts and indexes what {@link readShape} let through. */
export function declarations(shape: Shape): Declarations {
    const graph = {
        mesh: shape.graph.mesh,
        hosts: sorted(shape.graph.hosts, (host) => host.name),
        interfaces: sorted(shape.graph.interfaces, (one) => one.name),
        peers: sorted(shape.graph.peers, (peer) => peer.name),
        lans: sorted(shape.graph.lans ?? [], (lan) => `${lan.host} ${lan.prefix}`),
        routes: sorted(shape.graph.routes ?? [], (route) => route.name),
        expectations: sorted(shape.graph.expectations ?? [], (expectation) => JSON.stringify([expectation.from, expectation.to])),
        allocations: shape.graph.allocations ?? {},
    };
    const interfaces = firstBy(graph.interfaces, (one) => one.name);
    return {
        graph,
        complete: shape.complete,
        hosts: firstBy(graph.hosts, (host) => host.name),
        interfaces,
        interfacesOf: groupBy(graph.interfaces, (one) => one.host),
        lansOf: groupBy(graph.lans, (lan) => lan.host),
        tunnels: tunnelsOf(graph.peers, interfaces),
        ends: placedEnds(graph),
        addressesOf: readNetworks([...interfaces.values()]),
    };
}

function tunnelsOf(peers: readonly Peer[], interfaces: ReadonlyMap<string, Interface>): Tunnel[] {
    const tunnels: Tunnel[] = [];
    for (const peer of peers) {
        const one = interfaces.get(peer.between[0]);
        const other = interfaces.get(peer.between[1]);
        if (one !== undefined && other !== undefined) {
            tunnels.push({ peer, one, other });
        }
    }
    return tunnels;
}
