import { Reality } from "../support/lab/reality";
import { meant, readByTools, shown } from "../support/lab/realityFiles";
import { chooseGraphs, features } from "../support/lab/realityGraphs";
import { realityPorts } from "../support/lab/realityNet";
import { compare, mismatchText, questionsOf } from "../support/lab/realityPairs";
import { traced } from "../support/lab/realityTrace";
import { sampleGraphs } from "../support/oracle/graphs";
import { planFiles } from "../support/oracle/subject";

// The oracle decides over ten thousands of graphs what no lab could run; here a few of them are run, and it is the oracle that is tested.
const seed = 12;
const sample = chooseGraphs(seed, 12, 2, realityPorts);
const totals = { graphs: 0, pairs: 0, questions: 0, working: 0, mismatches: 0 };
let reality: Reality;

beforeAll(async () => {
    reality = await Reality.start();
}, 120_000);

afterEach(async () => {
    await reality?.clear();
}, 60_000);

afterAll(async () => {
    process.stdout.write(`oracle against lab: ${JSON.stringify(totals)}\n`);
    await reality?.stop();
}, 60_000);

test("the sample has every feature, and enough of what works and what does not", () => {
    const counts = features.map((feature) => [feature, sample.filter((each) => each.features.has(feature)).length]);
    expect(counts.filter(([, count]) => Number(count) === 0)).toEqual([]);
    expect(new Set(sample.map(({ graph }) => graph.hosts.length))).toEqual(new Set([4, 5, 6]));
    const questions = sample.flatMap(questionsOf);
    expect(questions.filter(({ foretold }) => foretold).length).toBeGreaterThan(500);
    expect(questions.filter(({ foretold }) => !foretold).length).toBeGreaterThan(2000);
});

test.each(sample.map((each, index) => ({ name: `graph ${index + 1}: ${[...each.features].join(", ")}`, each })))(
    "$name",
    async ({ each }) => {
        expect(each.world.broken).toEqual([]);
        const running = await reality.bring(each.graph, each.files);
        const result = await compare(running, each);
        const told: string[] = [];
        for (const [index, mismatch] of result.mismatches.entries()) {
            const why = index < 5 ? await traced(running, mismatch.question) : "not traced";
            told.push(`${mismatchText(each.world, mismatch)}\n        ${why}`);
        }
        totals.graphs += 1;
        totals.pairs += result.pairs;
        totals.questions += result.asked.length;
        totals.working += result.asked.filter(({ foretold }) => foretold).length;
        totals.mismatches += told.length;
        if (told.length > 0) throw new Error(`${told.join("\n")}\nseed ${seed}: ${JSON.stringify(each.graph)}`);
    },
    120_000,
);

test("wg-quick strip, wg setconf and nft accept what is rendered, and wg shows what was meant", async () => {
    const [host] = reality.hosts;
    const planned = sampleGraphs(seed + 1000, 50, { min: 1, max: 8 }, (graph) => planFiles(graph).kind === "planned").map(
        planFiles,
    );
    const files = planned.flatMap((each) => (each.kind === "planned" ? [...each.files.values()] : []));
    const confs = files.flatMap(({ interfaces }) => interfaces.map(({ conf }) => conf));
    const scripts = files.flatMap(({ nftables }) => nftables ?? []);
    expect(confs.length).toBeGreaterThan(200);
    expect(scripts.length).toBeGreaterThan(80);
    const read = await host?.exec("bash -s", { input: readByTools(confs, scripts), timeout: 110 });
    expect(read).toMatchObject({ code: 0, stderr: "" });
    const dumps = read?.stdout.split("# next\n").slice(1) ?? [];
    expect(dumps.map((dump, nth) => shown(dump, confs[nth] ?? ""))).toEqual(confs.map(meant));
}, 120_000);
