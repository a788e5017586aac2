import type { Failure } from "./failure";
import type { Flow, Place } from "./place";
import { label } from "./rules/labels";
import { fail } from "./rules/text";

/** A failure of one end of a route. */
export function routeFailure(flow: Flow, side: "from" | "to", place: Place, reason: string): Failure {
    return fail(`${label(flow.route.name)}.${side}[${flow[side].indexOf(place)}]`, flow.route, reason);
}
