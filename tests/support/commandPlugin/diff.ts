import * as messages from "@pulumi/pulumi/proto/provider_pb";
import { inputNames } from "./commandInputs";
import { differences, type Properties } from "./wire";

/** The inputs among a state's properties, without those the engine adds for itself. */
export function onlyInputs(properties: Properties): Properties {
    return Object.fromEntries(Object.entries(properties).filter(([name]) => inputNames.includes(name)));
}

/** New inputs in which ignored ones keep their old value. */
export function withIgnored(ignored: readonly string[], olds: Properties, news: Properties): Properties {
    const kept = ignored.flatMap((name) => {
        const old = olds[name];
        return old === undefined ? [] : [[name, old] as const];
    });
    return { ...news, ...Object.fromEntries(kept) };
}

/** What the engine is told about a change: every path, and that only `triggers` replaces (replaceOnChanges is the engine's own affair). */
export function diffResponse(olds: Properties, news: Properties): messages.DiffResponse {
    const response = new messages.DiffResponse();
    const { ADD, ADD_REPLACE, DELETE, DELETE_REPLACE, UPDATE, UPDATE_REPLACE } = messages.PropertyDiff.Kind;
    const kinds = { add: [ADD, ADD_REPLACE], delete: [DELETE, DELETE_REPLACE], update: [UPDATE, UPDATE_REPLACE] } as const;
    const changed = new Set<string>();
    const replacing = new Set<string>();
    for (const [path, kind] of differences(olds, news)) {
        const property = path.replace(/[.[].*/, "");
        const replaces = property === "triggers";
        const difference = new messages.PropertyDiff();
        difference.setKind(kinds[kind][replaces ? 1 : 0]);
        response.getDetaileddiffMap().set(path, difference);
        changed.add(property);
        if (replaces) {
            replacing.add(property);
        }
    }
    response.setHasdetaileddiff(true);
    response.setDiffsList([...changed]);
    response.setReplacesList([...replacing]);
    const { DIFF_NONE, DIFF_SOME } = messages.DiffResponse.DiffChanges;
    response.setChanges(changed.size === 0 ? DIFF_NONE : DIFF_SOME);
    return response;
}
