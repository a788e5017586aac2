import type { Graph } from "../../provider/planner/graph";
import { badGraphs } from "../planner/badGraphs";

/** Every third wrong graph that a program can write down: a preview takes seconds, the table itself is tested without Pulumi. */
export const sampledBadGraphs = badGraphs.filter(({ graph }) => namesResolve(graph)).filter((_row, i) => i % 3 === 0);

/** True when a program can say it: it has objects, not names, and the same `host.lan()` again is the same LAN. */
function namesResolve(graph: Graph): boolean {
    const hosts = new Set(graph.hosts.map((one) => one.name));
    const interfaces = new Set(graph.interfaces.map((one) => one.name));
    const ends = [...(graph.routes ?? []).flatMap((one) => [...one.from, ...one.to])];
    return (
        !JSON.stringify(graph).includes("declaredAt") && // of two culprits the later one is named, and here all are declared in one loop
        (graph.expectations ?? []).length === 0 &&
        [...hosts, ...interfaces].every((name) => name !== "") && // Pulumi itself says that a resource needs a name
        graph.interfaces.every((one) => hosts.has(one.host)) &&
        graph.allocations === undefined && // remembered by Pulumi's state
        graph.interfaces.every(({ name, endpoint = false }) => isSayable(name, endpoint, interfaces)) &&
        graph.peers.every((one) => one.between.every((name) => interfaces.has(name))) &&
        (graph.lans ?? []).every((one) => hosts.has(one.host)) &&
        new Set((graph.lans ?? []).map((one) => `${one.host} ${one.prefix}`)).size === (graph.lans ?? []).length &&
        ends.every((end) => ("interface" in end ? interfaces.has(end.interface) : hosts.has(end.host))) &&
        (graph.routes ?? []).every((one) => one.from.length + one.to.length > 0)
    );
}

/** An endpoint is a value or another interface that is there; which of them is inside which is tested without Pulumi. */
function isSayable(name: string, endpoint: unknown, interfaces: ReadonlySet<string>): boolean {
    return typeof endpoint === "boolean" || (typeof endpoint === "string" && endpoint !== name && interfaces.has(endpoint));
}
