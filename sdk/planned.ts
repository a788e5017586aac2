import { explain } from "../provider/planner";
import { compare } from "../provider/planner/compare";
import type { RouteEnd } from "../provider/planner/graph";
import type { HostPlan, InterfacePlan, Plan, RoutePlan } from "../provider/planner/hostPlan";
import type { Packet } from "./expectation";

/** One declared Peer as a preview shows it: both sides at once, each by the name of the interface that holds it. */
export interface PlannedPeer {
    readonly allowedIPs: Readonly<Record<string, readonly string[]>>;
    /** Seconds, of the side that sends them. */
    readonly persistentKeepalive: Readonly<Record<string, number>>;
}

/**
 * A plan with its parts by name. Maps, not objects: Pulumi walks every plain object that an Output holds, once per
 * Output made from it, and a plan can be large.
 */
export class Planned {
    private readonly hosts: ReadonlyMap<string, HostPlan>;
    private readonly interfaces: ReadonlyMap<string, InterfacePlan>;
    private readonly peers: ReadonlyMap<string, PlannedPeer>;
    private readonly routes: ReadonlyMap<string, RoutePlan>;

    // Really private: an enumerable property would be walked.
    readonly #plan: Plan;

    public constructor(plan: Plan) {
        this.#plan = plan;
        this.hosts = new Map(plan.hosts.map((host) => [host.name, host]));
        this.interfaces = new Map(plan.hosts.flatMap((host) => host.interfaces.map((one) => [one.name, one] as const)));
        this.peers = peersOf([...this.interfaces.values()].sort((a, b) => compare(a.name, b.name)));
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

    public peer(name: string): PlannedPeer {
        return found(this.peers, name);
    }

    public route(name: string): RoutePlan {
        return found(this.routes, name);
    }
}

/** Puts the two `[Peer]` sections of every Peer together. */
function peersOf(interfaces: readonly InterfacePlan[]): ReadonlyMap<string, PlannedPeer> {
    const peers = new Map<
        string,
        { allowedIPs: Record<string, readonly string[]>; persistentKeepalive: Record<string, number> }
    >();
    for (const { name, peers: sections } of interfaces) {
        for (const { peer, allowedIPs, persistentKeepalive } of sections) {
            const known = peers.get(peer) ?? { allowedIPs: {}, persistentKeepalive: {} };
            peers.set(peer, known);
            known.allowedIPs[name] = allowedIPs;
            if (persistentKeepalive !== undefined) {
                known.persistentKeepalive[name] = persistentKeepalive;
            }
        }
    }
    return peers;
}

function found<T>(parts: ReadonlyMap<string, T>, name: string): T {
    const part = parts.get(name);
    if (part === undefined) {
        throw new Error(`the plan has no "${name}": the planner left out a declaration`);
    }
    return part;
}
