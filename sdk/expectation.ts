import type * as graph from "../provider/planner/graph";
import { endLabel } from "../provider/planner/rules/labels";
import type { Mesh } from "./mesh";
import { requiredEnd, requiredMesh } from "./misuse";
import { type Options, type Read, readOptions } from "./options";
import type { RouteEndpoint } from "./routeEnd";

/** What kind of packet is meant. */
export interface Packet {
    /** Unset: any protocol has to pass, or has to be denied. */
    readonly protocol?: "tcp" | "udp" | "icmp";
    /** Destination port of tcp or udp, 1-65535. Unset: any. */
    readonly port?: number;
}

const options: Options<Packet> = { protocol: true, port: true };

/** What is asked about a packet, as the planner sees it. */
export interface Question {
    readonly from: graph.RouteEnd;
    readonly to: graph.RouteEnd;
    readonly packet: Packet;
}

/** @internal A question between two ends of a mesh. `call`: how it was asked, e.g. `expectReach`. */
export function readQuestion(mesh: Mesh, call: string, from: RouteEndpoint, to: RouteEndpoint, packet: Packet): Read<Question> {
    requiredMesh(call, [requiredEnd(from, `${call}: from`), requiredEnd(to, `${call}: to`)], mesh);
    const ends = { from: from.end, to: to.end };
    const read = readOptions(`${call}(${endLabel(ends.from)}, ${endLabel(ends.to)})`, "a packet", packet, options);
    return { args: { ...ends, packet: read.args }, failures: read.failures };
}
