import type { Graph } from "../../provider/planner/graph";
import { badGraphs } from "../planner/badGraphs";
import { expectationFailures } from "../planner/expectationFailures";
import { badPlans } from "../planner/planFailures";

const sayable = (rows: typeof badPlans) => rows.filter(({ graph }) => namesResolve(graph));

/**
 * Wrong graphs that a program can write down: every broken expectation, and of the others every few, because a preview takes seconds and
 * the tables themselves are tested without Pulumi.
 */
export const sampledBadGraphs = [
    ...sayable(badGraphs).filter((_row, i) => i % 5 === 0),
    ...sayable(badPlans).filter((row, i) => i % 5 === 0 && !expectationFailures.includes(row)),
    ...sayable(expectationFailures),
];

/** True when a program can say it: it has objects, not names, and the same `host.lan()` again is the same LAN. */
function namesResolve(graph: Graph): boolean {
    const hosts = new Set(graph.hosts.map((one) => one.name));
    const interfaces = new Map(graph.interfaces.map((one) => [one.name, one.endpoint] as const));
    const ends = [
        ...(graph.routes ?? []).flatMap((one) => [...one.from, ...one.to]),
        ...(graph.expectations ?? []).flatMap((one) => [one.from, one.to]),
    ];
    return (
        !JSON.stringify(graph).includes("declaredAt") && // of two culprits the later one is named, and here all are declared in one loop
        [...hosts, ...interfaces.keys()].every((name) => name !== "") && // Pulumi itself says that a resource needs a name
        graph.interfaces.every((one) => hosts.has(one.host)) &&
        graph.allocations === undefined && // remembered by Pulumi's state
        graph.interfaces.every(({ name, endpoint }) => isSayable(name, endpoint, interfaces)) &&
        graph.peers.every((one) => one.between.every((name) => interfaces.has(name))) &&
        (graph.lans ?? []).every((one) => hosts.has(one.host)) &&
        new Set((graph.lans ?? []).map((one) => `${one.host} ${one.prefix}`)).size === (graph.lans ?? []).length &&
        ends.every((end) => ("interface" in end ? interfaces.has(end.interface) : hosts.has(end.host))) &&
        (graph.routes ?? []).every((one) => one.from.length + one.to.length > 0)
    );
}

/** An endpoint is a value, or another interface that can be declared before this one. */
function isSayable(name: string, endpoint: unknown, interfaces: ReadonlyMap<string, unknown>): boolean {
    const within = new Set([name]);
    let outer = endpoint;
    while (typeof outer === "string" && interfaces.has(outer) && !within.has(outer)) {
        within.add(outer);
        outer = interfaces.get(outer);
    }
    return outer === undefined || typeof outer === "boolean";
}
