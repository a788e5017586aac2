import { formatAddress } from "./cidr";
import type { PlanIndex } from "./planIndex";
import type { Spot } from "./spots";
import type { Service } from "./verdict";
import { type Step, walk } from "./walk";

/** Why a packet from one place gets to another and its reply comes back, or the first reason why not. */
export interface Explanation {
    /** True when the packet arrives and its reply comes back. */
    readonly reaches: boolean;
    /** The first thing that stops it, e.g. `hub: dropped, no Route declares 10.0.0.2 -> 10.0.0.3`. Unset when it reaches. */
    readonly reason?: string;
    /** Every decision on the way there. */
    readonly there: readonly Step[];
    /** Every decision on the way back; empty when it never got there. */
    readonly back: readonly Step[];
    /** All of it as text, one line each. */
    readonly lines: readonly string[];
}

/** Pairs of addresses of one family on different hosts. */
export function pairsOf(sources: readonly Spot[], destinations: readonly Spot[]): (readonly [Spot, Spot])[] {
    return sources.flatMap((source) =>
        destinations
            .filter((destination) => destination.address.family === source.address.family && destination.host !== source.host)
            .map((destination) => [source, destination] as const),
    );
}

export function explainPair(index: PlanIndex, source: Spot, destination: Spot, service: Service): Explanation {
    const title = `${named(source)} -> ${named(destination)}${serviceText(service)}`;
    const request = walk(index, source, destination, service);
    if (!request.arrived) {
        return outcome(title, request.steps, [], request.steps.at(-1));
    }
    const reply = walk(index, destination, request.source, service, request);
    return outcome(title, request.steps, reply.steps, reply.arrived ? undefined : reply.steps.at(-1));
}

function outcome(title: string, there: readonly Step[], back: readonly Step[], stop: Step | undefined): Explanation {
    const text = (step: Step) => `  ${step.host}: ${step.text}`;
    const stopped = stop === undefined ? undefined : `${stop.host}: ${stop.text}`;
    const lines = [
        title,
        ...there.map(text),
        ...(back.length === 0 ? [] : ["and back", ...back.map(text)]),
        stop === undefined ? "it works" : "it does not work",
    ];
    return { reaches: stop === undefined, ...(stopped === undefined ? {} : { reason: stopped }), there, back, lines };
}

export function noPair(from: string, to: string): Explanation {
    const reason = `${from} and ${to} have no addresses of one family on different hosts`;
    return { reaches: false, reason, there: [], back: [], lines: [`${from} -> ${to}`, `  ${reason}`, "it does not work"] };
}

function named(spot: Spot): string {
    return `${spot.name} (${formatAddress(spot.address)})`;
}

function serviceText({ protocol, port }: Service): string {
    return protocol === undefined ? "" : `, ${protocol}${port === undefined ? "" : `/${port}`}`;
}
