import * as fc from "fast-check";
import type { Graph } from "../../../provider/planner/graph";
import { checkFiles } from "./check";
import { graphs, type Hosts } from "./graphs";
import { shrinkGraph } from "./shrink";
import { planFiles } from "./subject";
import { addCounts, type Counts, noCounts, type Violation } from "./violation";

export interface Campaign {
    readonly seed: number;
    /** Number of graphs that are planned and walked; those that the planner rejects prove nothing and are drawn on top. */
    readonly graphs: number;
    readonly hosts: Hosts;
}

export interface Outcome {
    /** All that were drawn. */
    readonly graphs: number;
    /** Those that were planned and walked. */
    readonly accepted: number;
    /** Rejections by the first failure's text with its names and numbers taken out. */
    readonly rejections: Readonly<Record<string, number>>;
    readonly counts: Counts;
    readonly seconds: number;
    /** Unset: every accepted graph kept its promises. */
    readonly failure?: {
        readonly seed: number;
        readonly graph: Graph;
        readonly violations: readonly Violation[];
        readonly original: Graph;
    };
}

/** Draws graphs, plans them, and holds the files against the oracle; stops at the first graph that fails and shrinks it. */
export function runCampaign({ seed, graphs: count, hosts }: Campaign): Outcome {
    const started = process.hrtime.bigint();
    const counts = noCounts();
    const rejections: Record<string, number> = {};
    let drawn = 0;
    let accepted = 0;
    let isShrinking = false;
    const details = fc.check(
        fc.property(graphs(hosts), (graph) => {
            const planned = planFiles(graph);
            if (!isShrinking) drawn++;
            if (planned.kind === "rejected") {
                const reason = shapeOf(planned.failures[0] ?? "");
                if (!isShrinking) rejections[reason] = (rejections[reason] ?? 0) + 1;
                // Not one of `numRuns`: fast-check draws another.
                fc.pre(false);
                return true;
            }
            const report = checkFiles(graph, planned.files);
            if (report.violations.length > 0) {
                isShrinking = true;
                return false;
            }
            if (!isShrinking) {
                accepted++;
                addCounts(counts, report.counts);
            }
            return true;
        }),
        { seed, numRuns: count },
    );
    const [original] = details.counterexample ?? [];
    const seconds = Number(process.hrtime.bigint() - started) / 1e9;
    const outcome = { graphs: drawn, accepted, rejections, counts, seconds };
    if (details.errorInstance !== undefined && details.errorInstance !== null && !isShrinking) throw details.errorInstance;
    if (original === undefined) return outcome;
    const graph = shrinkGraph(original, (candidate) => violationsOf(candidate).length > 0);
    return { ...outcome, failure: { seed, graph, violations: violationsOf(graph), original } };
}

/** What the oracle says about the plan of one graph; nothing when the planner rejects it. */
export function violationsOf(graph: Graph): readonly Violation[] {
    const planned = planFiles(graph);
    return planned.kind === "rejected" ? [] : checkFiles(graph, planned.files).violations;
}

function shapeOf(text: string): string {
    return text
        .replace(/"declaredAt":"[^"]*",/, "")
        .replace(/\\"[^"]*\\"/g, "…")
        .replace(/[\w-]*\d[\w-]*(\.(network|lan|internet)|\.\d+)*/g, "0")
        .slice(0, 160);
}
