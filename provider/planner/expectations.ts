import { type Explanation, explainPair, noPair, pairsOf } from "./explanation";
import type { Failure } from "./failure";
import type { Expectation, Graph } from "./graph";
import type { Plan } from "./hostPlan";
import { PlanIndex } from "./planIndex";
import { endLabel, expectationLabel } from "./rules/labels";
import { fail } from "./rules/text";
import { spotsOf } from "./spots";

/**
 * Policy tests. An expected reach must hold between all machines of both ends and for all that is not said; an expected denial is
 * broken by a single packet that gets through and is answered or not.
 */
export function unmetExpectations(graph: Graph, plan: Plan): Failure[] {
    if (graph.expectations === undefined || graph.expectations.length === 0) {
        return [];
    }
    const index = new PlanIndex(plan);
    return graph.expectations.flatMap((expectation) => {
        const broken = breach(index, expectation);
        if (broken === undefined) {
            return [];
        }
        const wanted = expectation.kind === "reach" ? "expected to reach, but" : "expected to be denied, but";
        // The place belongs to the sentence; the walk below it is about other places.
        const sentence = fail(expectationLabel(expectation), expectation, `${wanted} ${broken.reason ?? "it gets through"}`);
        const lines = broken.lines.map((line) => `\n      ${line}`).join("");
        return [{ ...sentence, reason: `${sentence.reason}:${lines}` }];
    });
}

/** The explanation of the first pair that does not do what is expected. */
function breach(index: PlanIndex, { kind, from, to, protocol, port }: Expectation): Explanation | undefined {
    const service = {
        ...(protocol === undefined ? {} : { protocol }),
        ...(port === undefined ? {} : { port }),
        every: kind === "reach",
    };
    const pairs = pairsOf(spotsOf(index, from), spotsOf(index, to));
    if (pairs.length === 0 && kind === "reach") {
        return noPair(endLabel(from), endLabel(to));
    }
    for (const [source, destination] of pairs) {
        const explained = explainPair(index, source, destination, service);
        // A packet that its host gave another source is none of what the denied end sends: it gets there because that other address may.
        const gotThere = explained.there.at(-1)?.kind === "delivered" && !explained.there.some((step) => step.kind === "rewrite");
        if (kind === "reach" ? !explained.reaches : gotThere) {
            return explained;
        }
    }
    return undefined;
}
