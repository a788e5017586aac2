import { compare } from "./compare";
import type { Leg } from "./ownership";
import type { Flow, Place } from "./place";
import type { Node, Port } from "./topology";

/** The part of a flow that one host has to do with: of many ends, those whose paths touch it. */
export interface FlowPart {
    readonly flow: Flow;
    readonly from: Set<Place>;
    readonly to: Set<Place>;
}

type Parts = Map<Flow, FlowPart>;

/** Which flows pass, begin or end at a host. */
export class FlowsByHost {
    private readonly own = new Map<Node, Parts>();
    private readonly members = new Map<Port, Parts>();
    /** Networks with a narrowed flow: all their managed members have to judge. */
    private readonly narrowed = new Set<Port>();
    /** Hosts whose LANs or uplink carry a flow: what comes from there has not been through a tunnel. */
    readonly gateways = new Set<Node>();

    constructor(legs: readonly Leg[]) {
        for (const leg of legs) {
            const { flow, from, to, chain } = leg;
            addLeg(this.own, from.node, leg);
            for (const arc of chain) {
                addLeg(this.own, arc.other.node, leg);
            }
            for (const place of [from, to]) {
                if (place.lan !== undefined || place.isInternet) {
                    this.gateways.add(place.node);
                }
                if (place.end.kind === "network" && place.port !== undefined) {
                    addLeg(this.members, place.port, leg);
                    if (flow.isNarrowed || to.isInternet) {
                        this.narrowed.add(place.port);
                    }
                }
            }
        }
    }

    /** Sorted by the route's name. */
    at(node: Node): readonly FlowPart[] {
        const found: Parts = new Map(this.own.get(node) ?? []);
        for (const port of this.networksOf(node)) {
            for (const [flow, part] of this.members.get(port) ?? []) {
                const known = found.get(flow);
                found.set(flow, known === undefined ? part : union(known, part));
            }
        }
        return [...found.values()].sort((a, b) => compare(a.flow.route.name, b.flow.route.name));
    }

    hasNarrowed(node: Node): boolean {
        const own = this.own.get(node);
        return (
            (own !== undefined && [...own.keys()].some((flow) => flow.isNarrowed || flow.isOutward)) ||
            this.networksOf(node).some((port) => this.narrowed.has(port))
        );
    }

    private networksOf(node: Node): Port[] {
        return node.arcs.filter((arc) => arc.joins.length > 0).map((arc) => arc.other);
    }
}

function addLeg<K>(map: Map<K, Parts>, key: K, { flow, from, to }: Leg): void {
    const parts: Parts = map.get(key) ?? new Map();
    map.set(key, parts);
    const part = parts.get(flow);
    if (part === undefined) {
        parts.set(flow, { flow, from: new Set([from]), to: new Set([to]) });
    } else {
        part.from.add(from);
        part.to.add(to);
    }
}

function union(a: FlowPart, b: FlowPart): FlowPart {
    return { flow: a.flow, from: new Set([...a.from, ...b.from]), to: new Set([...a.to, ...b.to]) };
}
