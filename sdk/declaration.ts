import type * as graph from "../provider/planner/graph";
import type { Host } from "./host";
import type { Peer } from "./peer";
import type { WireGuardInterface } from "./wireGuardInterface";

/** One thing the user declared: its place in the graph, and the resource that carries its values. */
export type Declaration =
    | { readonly kind: "host"; readonly graph: graph.Host; readonly resource: Host }
    | { readonly kind: "interface"; readonly graph: graph.Interface; readonly resource: WireGuardInterface }
    | { readonly kind: "peer"; readonly graph: graph.Peer; readonly resource: Peer }
    | { readonly kind: "lan"; readonly graph: graph.Lan }
    | { readonly kind: "route"; readonly graph: graph.Route }
    | { readonly kind: "expectation"; readonly graph: graph.Expectation };

/** The declarations of one kind. */
export function ofKind<K extends Declaration["kind"]>(
    declarations: readonly Declaration[],
    kind: K,
): Extract<Declaration, { kind: K }>[] {
    return declarations.filter((one): one is Extract<Declaration, { kind: K }> => one.kind === kind);
}

/** The graph that the declarations make together. */
export function graphOf(mesh: string, declarations: readonly Declaration[]): graph.Graph {
    return {
        mesh,
        hosts: ofKind(declarations, "host").map((one) => one.graph),
        interfaces: ofKind(declarations, "interface").map((one) => one.graph),
        peers: ofKind(declarations, "peer").map((one) => one.graph),
        lans: ofKind(declarations, "lan").map((one) => one.graph),
        routes: ofKind(declarations, "route").map((one) => one.graph),
        expectations: ofKind(declarations, "expectation").map((one) => one.graph),
    };
}
