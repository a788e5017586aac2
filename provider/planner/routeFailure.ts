import type { Failure } from "./failure";
import type { Flow, Place } from "./place";
import { endLabel, label } from "./rules/labels";
import { declaredAt, fail } from "./rules/text";

/** A failure of one end of a route. */
export function routeFailure(flow: Flow, side: "from" | "to", place: Place, reason: string): Failure {
    return fail(`${label(flow.route.name)}.${side}[${flow[side].indexOf(place)}]`, flow.route, reason);
}

/** An end as the culprit, with the place of what it is an end of: `hub-wg0.network (index.ts:9)`. */
export function endCulprit({ end, lan, port, node }: Place): string {
    return endLabel(end) + declaredAt(lan ?? port?.declared ?? node.host);
}
