import type { Declared, Graph, Host, Interface, Lan } from "../graph";
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
    /** Every end of every route and expectation. */
    readonly ends: readonly PlacedEnd[];
    /** Every declared interface address that is sound, by interface name. */
    readonly addressesOf: ReadonlyMap<string, readonly OwnAddress[]>;
}

function compare(a: string, b: string): number {
    return a < b ? -1 : a > b ? 1 : 0;
}

const nowhere = ["", 0, 0] as const;

/** A place in the program as values that sort: `index.ts:9` before `index.ts:12`. */
function place({ declaredAt }: Declared): readonly [file: string, line: number, column: number] {
    if (declaredAt === undefined) {
        return nowhere;
    }
    const [, file = declaredAt, line = "0", column = "0"] = /^(.*?):(\d+)(?::(\d+))?$/.exec(declaredAt) ?? [];
    return [file, Number(line), Number(column)];
}

/** By place in the program, so that of two culprits the later one is blamed; then by name; then, for duplicates only, by all they say. */
export function sorted<T extends Declared>(list: readonly T[], nameOf: (one: T) => string): T[] {
    return list
        .map((one) => ({ one, name: nameOf(one), place: place(one) }))
        .sort(
            (a, b) =>
                compare(a.place[0], b.place[0]) ||
                a.place[1] - b.place[1] ||
                a.place[2] - b.place[2] ||
                compare(a.name, b.name) ||
                compare(JSON.stringify(a.one), JSON.stringify(b.one)),
        )
        .map(({ one }) => one);
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

function groupBy<T>(list: readonly T[], key: (one: T) => string): Map<string, T[]> {
    const groups = new Map<string, T[]>();
    for (const one of list) {
        const group = groups.get(key(one));
        if (group === undefined) {
            groups.set(key(one), [one]);
        } else {
            group.push(one);
        }
    }
    return groups;
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
        ends: placedEnds(graph),
        addressesOf: readNetworks([...interfaces.values()]),
    };
}
