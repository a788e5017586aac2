import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Graph } from "../../../provider/planner/graph";
import { repository } from "../engine/engine";
import type { Connection, Host } from "./host";
import type { Lab } from "./lab";
import type { Stack } from "./stack";

/** What the program reads: a graph, and the values that a graph does not carry. */
export interface DeclaredInLab {
    readonly graph: Graph;
    /** By host; a managed host without one gets a connection that nobody answers. */
    readonly connections: Readonly<
        Record<string, Partial<Connection> & { readonly dialErrorLimit?: number; readonly perDialTimeout?: number }>
    >;
    readonly endpoints: Readonly<Record<string, string>>;
}

const program = `
const { readFileSync } = require("node:fs");
const { declareGraph } = require(${JSON.stringify(join(repository, "dist/tests/support/declareGraph.js"))});
const { graph, connections, endpoints } = JSON.parse(readFileSync(__dirname + "/mesh.json", "utf8"));
const { mesh } = declareGraph(require("pulumi-wireguard"), graph, { connection: (host) => connections[host], endpoint: (host) => endpoints[host] });
mesh.deploy();
`;

/** A stack whose program declares a graph through the library; {@link declare} changes it. */
export async function meshStack(lab: Lab, name: string, declared: DeclaredInLab): Promise<Stack> {
    const stack = await lab.stack({ name, program: { text: program } });
    declare(stack, declared);
    return stack;
}

/** Writes what the next run of the program declares. */
export function declare(stack: Stack, declared: DeclaredInLab): void {
    writeFileSync(join(stack.folder, "mesh.json"), JSON.stringify(declared));
}

/** Connections and endpoints of booted hosts, by name. */
export function reachable(hosts: readonly Host[]): Pick<DeclaredInLab, "connections" | "endpoints"> {
    return {
        connections: Object.fromEntries(hosts.map((host) => [host.name, host.connection()])),
        endpoints: Object.fromEntries(hosts.map((host) => [host.name, host.address])),
    };
}
