import { type Graph, InvalidGraphError, type Plan, plan } from "../../../provider/planner";
import { hostFiles } from "../../../provider/render";
import { presharedKeyFor, privateKeyFor, publicKeyFor } from "./keys";
import { underlayOf } from "./underlay";
import type { HostFiles } from "./world";

/** The planner under test, behind the only seam the oracle has to it: a graph goes in, files come out. */
export type Planned =
    | { readonly kind: "rejected"; readonly failures: readonly string[] }
    | { readonly kind: "planned"; readonly files: ReadonlyMap<string, HostFiles> };

export function planFiles(graph: Graph): Planned {
    try {
        return { kind: "planned", files: filesOf(graph, plan(graph)) };
    } catch (error) {
        if (error instanceof InvalidGraphError)
            return { kind: "rejected", failures: error.failures.map((failure) => JSON.stringify(failure)) };
        throw error;
    }
}

export function planOf(graph: Graph): Plan {
    return plan(graph);
}

/** Renders a plan with keys and endpoints of the test's own making. */
export function filesOf(graph: Graph, planned: Plan): ReadonlyMap<string, HostFiles> {
    const underlay = underlayOf(graph);
    const ports = new Map(graph.interfaces.map((iface) => [iface.name, iface.listenPort]));
    const values = {
        privateKey: privateKeyFor,
        publicKey: publicKeyFor,
        presharedKey: presharedKeyFor,
        endpoint: (name: string) => {
            const host = underlay.endpoint.get(name) ?? "nowhere.invalid";
            return `${host.includes(":") ? `[${host}]` : host}:${ports.get(name)}`;
        },
    };
    return new Map(planned.hosts.map((host) => [host.name, hostFiles(host, values)]));
}
