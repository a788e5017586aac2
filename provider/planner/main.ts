import { checkDeclarations } from "./check";
import { unmetExpectations } from "./expectations";
import { type Failure, InvalidGraphError, uniqueFailures } from "./failure";
import type { Graph } from "./graph";
import type { Plan } from "./hostPlan";
import { makePlan } from "./plan";

/**
 * What is wrong with a graph: everything its declarations contradict, all at once; when they are sound, what a plan of it would, of the
 * first kind there is anything of; and when it can be planned, every expectation that it does not fulfil.
 *
 * @example check(graph) // [{ property: "clients.to[0]", reason: "no path from ..." }]; [] when it can be planned
 */
export function check(graph: Graph): Failure[] {
    const declarations = checkDeclarations(graph);
    return declarations.length > 0 ? declarations : uniqueFailures(attempt(graph).failures);
}

/**
 * What follows from a graph: per host every `.conf`, forwarding and firewall. The same graph gives the same bytes, in whatever order
 * things were declared.
 *
 * @example plan(graph).hosts[0].interfaces[0].peers[0].allowedIPs // ["10.0.0.1/32", "10.0.1.0/24"]
 * @throws InvalidGraphError with all failures when there are any.
 */
export function plan(graph: Graph): Plan {
    const declarations = checkDeclarations(graph);
    if (declarations.length > 0) {
        throw new InvalidGraphError(declarations);
    }
    const made = attempt(graph);
    if (made.failures.length > 0) {
        throw new InvalidGraphError(uniqueFailures(made.failures));
    }
    return made.plan;
}

/** Expectations are about a graph that can be planned; with other failures they would only repeat them. */
function attempt(graph: Graph): { readonly plan: Plan; readonly failures: readonly Failure[] } {
    const made = makePlan(graph);
    return made.failures.length > 0 ? made : { plan: made.plan, failures: unmetExpectations(graph, made.plan) };
}
