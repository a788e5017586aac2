import { allocate, withAddresses } from "./allocate";
import { circles } from "./circles";
import { twoOwners } from "./claimFailure";
import { compare } from "./compare";
import { exits } from "./exitRules";
import type { Failure } from "./failure";
import { flowFailures } from "./flowRules";
import type { Graph } from "./graph";
import { groupBy } from "./groupBy";
import type { Plan } from "./hostPlan";
import { HostPlanner } from "./hostPlanner";
import { mtus } from "./mtu";
import { blockedTunnels, nestedTunnels } from "./nestedTunnels";
import { ownership } from "./ownership";
import { Paths } from "./paths";
import { flowOf } from "./place";
import { routePlan } from "./routePlan";
import { asymmetries } from "./symmetry";
import { topology } from "./topology";

/** Plans a graph whose declarations are sound. A plan with failures is for explanations only and must not reach a host. */
export function makePlan(declared: Graph): { readonly plan: Plan; readonly failures: readonly Failure[] } {
    const allocation = allocate(declared);
    if (allocation.failures.length > 0) {
        return { plan: { mesh: declared.mesh, hosts: [], routes: [] }, failures: allocation.failures };
    }
    const graph = withAddresses(declared, allocation);
    const top = topology(graph);
    const flows = [...(graph.routes ?? [])].sort((a, b) => compare(a.name, b.name)).map((route) => flowOf(route, top));
    const owned = ownership(top, flows, new Paths(top));
    const routed = flowFailures(top, flows, owned);
    const exit = exits(owned.legs);
    const nested = nestedTunnels(top, owned);
    const { mtu, failures: sizes } = mtus(top, owned.legs, nested);
    const planner = new HostPlanner(top, owned, exit, mtu, nested);
    const hosts = top.nodes.map((node) => planner.host(node));
    const legsOf = groupBy(owned.legs, ({ flow }) => flow);
    const routes = flows.map((flow) => routePlan(flow, legsOf.get(flow) ?? []));
    const plan = { mesh: graph.mesh, hosts, routes };
    return { plan, failures: firstCauses() };

    /** All failures of the first kind there are any of: a route without a path or a disputed prefix makes its tables wrong, too. */
    function firstCauses(): readonly Failure[] {
        const stages = [
            () => [...routed, ...exit.failures, ...sizes],
            () => owned.disputes.map(twoOwners),
            () => [...nested.failures, ...circles(top, flows, owned)],
            () => [...planner.overlaps.values(), ...planner.failures],
            () => asymmetries(top, owned, planner.overrides),
            () => blockedTunnels(plan, nested),
        ];
        for (const stage of stages) {
            const failures = stage();
            if (failures.length > 0) {
                return failures;
            }
        }
        return [];
    }
}
