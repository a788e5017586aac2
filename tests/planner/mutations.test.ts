/** Would the oracle notice? Every deliberate planner bug of mutations.ts must be caught on some of a few hundred graphs. */
import type { Graph } from "../../provider/planner/graph";
import { checkFiles } from "../support/oracle/check";
import { sampleGraphs } from "../support/oracle/graphs";
import { known } from "../support/oracle/known";
import { filesOf, planFiles, planOf } from "../support/oracle/subject";
import type { HostFiles } from "../support/oracle/world";
import { type Mutation, mutations } from "./mutations";

const seed = 20260101;
/** Graphs each bug is tried on: enough that every bug has its chance, few enough for seconds. */
const tries = 20;
/** The graphs that once were planned wrong come first: some rules only matter there. */
const accepted = [...known.map(({ graph }) => graph).filter(isClean), ...sampleGraphs(seed, 400, { min: 2, max: 7 }, isClean)];

/** A bug counts as caught only where the planner without it is flawless. */
function isClean(graph: Graph): boolean {
    const planned = planFiles(graph);
    return planned.kind === "planned" && checkFiles(graph, planned.files).violations.length === 0;
}

/** The files a planner with this bug would write; undefined when the bug changes nothing here or makes it refuse. */
function mutatedFiles(mutation: Mutation, graph: Graph): ReadonlyMap<string, HostFiles> | undefined {
    if ("reads" in mutation) {
        const misread = mutation.reads(graph);
        const planned = misread === undefined ? undefined : planFiles(misread);
        return planned?.kind === "planned" ? planned.files : undefined;
    }
    const plan = planOf(graph);
    if ("plans" in mutation) {
        const changed = mutation.plans(plan);
        return changed === undefined ? undefined : filesOf(graph, changed);
    }
    let isChanged = false;
    const files = [...filesOf(graph, plan)].map(([host, own]) => {
        const changed = own.nftables === undefined ? undefined : mutation.writes(own.nftables);
        isChanged ||= changed !== undefined;
        return [host, changed === undefined ? own : { ...own, nftables: changed }] as const;
    });
    return isChanged ? new Map(files) : undefined;
}

test("there are many kinds of bugs", () => {
    expect(mutations.length).toBeGreaterThanOrEqual(15);
    expect(new Set(mutations.map(({ name }) => name)).size).toBe(mutations.length);
});

const caught: string[] = [];

afterAll(() => {
    process.stdout.write(`mutations: caught on / applied to graphs: ${caught.join(", ")}\n`);
});

test.each(mutations)("caught: $name", (mutation) => {
    let applied = 0;
    let found = 0;
    for (const graph of accepted) {
        const files = mutatedFiles(mutation, graph);
        if (files === undefined) continue;
        applied++;
        if (checkFiles(graph, files).violations.length > 0) found++;
        if (applied >= tries && found > 0) break;
    }
    caught.push(`${mutation.name} ${found}/${applied}`);
    expect(found).toBeGreaterThan(0);
});
