import type * as graph from "../provider/planner/graph";
import { declaredAt } from "./declared";
import type { RouteEndpoint } from "./routeEnd";

/** What kind of packet is meant. */
export interface Packet {
    /** Unset: any protocol has to pass, or has to be denied. */
    readonly protocol?: "tcp" | "udp" | "icmp";
    /** Destination port of tcp or udp, 1-65535. Unset: any. */
    readonly port?: number;
}

/** @internal A policy test as the planner sees it. */
export function expectation(kind: "reach" | "deny", from: RouteEndpoint, to: RouteEndpoint, packet: Packet): graph.Expectation {
    return { kind, from: from.end, to: to.end, ...packet, ...declaredAt() };
}
