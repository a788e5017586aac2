import { allocate } from "../planner/allocate";
import type { Graph } from "../planner/graph";
import { type Crud, changedInputs, type Properties } from "./crud";

/**
 * CRUD of a mesh's assigned addresses: the memory that keeps a member's address when others come and go.
 *
 * `check` sees what was assigned before and adds what is assigned now to the inputs, because only inputs are known in a preview.
 */
export const allocation: Crud = {
    check: async (olds, news) => ({ inputs: { ...news, addresses: allocate(graphOf(olds, news)).allocations } }),
    diff: async (_id, olds, news) => (changedInputs(olds, news).length === 0 ? { changes: false } : {}),
    create: async (inputs) => ({ id: "allocation", outs: { ...inputs } }),
    read: async (id, props) => ({ id, props: { ...props } }),
    update: async (_id, _olds, news) => ({ outs: { ...news } }),
    delete: async () => {},
};

/** Pools and their members as a graph, with what is remembered. The inputs come from sdk/allocation.ts of the same release. */
function graphOf(olds: Properties, news: Properties): Graph {
    const declared = news as Pick<Graph, "interfaces" | "peers">;
    const remembered = olds["addresses"] as Graph["allocations"];
    return {
        mesh: "",
        hosts: [],
        interfaces: declared.interfaces,
        peers: declared.peers,
        ...(remembered === undefined ? {} : { allocations: remembered }),
    };
}
