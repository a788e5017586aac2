import { explain } from "../provider/planner";
import type { RouteEnd } from "../provider/planner/graph";
import type { HostPlan, InterfacePlan, PeerPlan, Plan, RoutePlan } from "../provider/planner/hostPlan";
import type { Packet } from "./expectation";

/**
 * A plan with its parts by name. Maps, not objects: Pulumi walks every plain object that an Output holds, once per
 * Output made from it, and a plan can be large.
 */
export class Planned {
    private readonly hosts: ReadonlyMap<string, HostPlan>;
    private readonly interfaces: ReadonlyMap<string, InterfacePlan>;
    private readonly peers: ReadonlyMap<string, PeerPlan>;
    private readonly routes: ReadonlyMap<string, RoutePlan>;

    // Really private: an enumerable property would be walked.
    readonly #plan: Plan;

    public constructor(plan: Plan) {
        this.#plan = plan;
        this.hosts = new Map(plan.hosts.map((host) => [host.name, host]));
        this.interfaces = new Map(plan.hosts.flatMap((host) => host.interfaces.map((one) => [one.name, one] as const)));
        this.peers = new Map(plan.peers.map((peer) => [peer.name, peer]));
        this.routes = new Map(plan.routes.map((route) => [route.name, route]));
    }

    /** The walk of a packet, as lines of text. */
    public explain(from: RouteEnd, to: RouteEnd, packet: Packet): string {
        return explain(this.#plan, from, to, packet).lines.join("\n");
    }

    public host(name: string): HostPlan {
        return found(this.hosts, name);
    }

    public interface(name: string): InterfacePlan {
        return found(this.interfaces, name);
    }

    public peer(name: string): PeerPlan {
        return found(this.peers, name);
    }

    public route(name: string): RoutePlan {
        return found(this.routes, name);
    }
}

function found<T>(parts: ReadonlyMap<string, T>, name: string): T {
    const part = parts.get(name);
    if (part === undefined) {
        throw new Error(`the plan has no "${name}": the planner left out a declaration`);
    }
    return part;
}
