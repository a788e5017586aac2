import type { Declared, Graph, RouteEnd } from "../graph";
import { expectationLabel, label } from "./labels";

/** One end of a route or expectation, with the property it stands at. */
export interface PlacedEnd {
    /** A function, because only failures need the text. */
    readonly property: () => string;
    readonly declared: Declared;
    readonly side: "from" | "to";
    readonly end: RouteEnd;
}

const sides = ["from", "to"] as const;

/** Every end of every route and expectation. */
export function placedEnds({ routes, expectations }: Required<Graph>): PlacedEnd[] {
    const ends: PlacedEnd[] = [];
    for (const route of routes) {
        for (const side of sides) {
            for (const [i, end] of route[side].entries()) {
                ends.push({ property: () => `${label(route.name)}.${side}[${i}]`, declared: route, side, end });
            }
        }
    }
    for (const expectation of expectations) {
        for (const side of sides) {
            const property = () => `${expectationLabel(expectation)}.${side}`;
            ends.push({ property, declared: expectation, side, end: expectation[side] });
        }
    }
    return ends;
}
