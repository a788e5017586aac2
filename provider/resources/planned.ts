import { type Crud, changedInputs, type Properties } from "./crud";

/** How one kind of planned resource differs from the others. */
export interface PlannedKind {
    /** Identity in the state, e.g. `hub/wg0`. Unique within a kind and a mesh. */
    id(inputs: Properties): string;
    /** Inputs whose change makes it another thing. */
    readonly identity: readonly string[];
    /** What a change does to the traffic, one sentence for the preview's diagnostics; undefined: nothing worth saying. */
    interruption?(olds: Properties, news: Properties): string | undefined;
}

/**
 * CRUD of a resource that holds planned facts and no effect of its own: hosts are changed by the push alone.
 *
 * All facts are inputs, because outputs that are not inputs are unknown in a preview.
 */
export function planned(kind: PlannedKind): Crud {
    return {
        check: async (_olds, news) => ({ inputs: { ...news } }),
        diff: async (_id, olds, news) => {
            const changed = changedInputs(olds, news);
            if (changed.length === 0) {
                return { changes: false };
            }
            const note = kind.interruption?.(olds, news);
            if (note !== undefined) {
                console.log(note); // the engine shows a dynamic provider's stdout among the resource's diagnostics
            }
            // `changes` stays undefined on purpose: the engine then computes a per-property diff for the preview.
            return { replaces: changed.filter((name) => kind.identity.includes(name)) };
        },
        create: async (inputs) => ({ id: kind.id(inputs), outs: { ...inputs } }),
        read: async (id, props) => ({ id, props: { ...props } }),
        update: async (_id, _olds, news) => ({ outs: { ...news } }),
        delete: async () => {},
    };
}

/** The text of one property; what is missing or unknown reads as empty. */
export function text(properties: Properties, name: string): string {
    const value = properties[name];
    return typeof value === "string" ? value : "";
}
