/**
 * The planner against the independent packet walk of tests/support/oracle, on random graphs.
 *
 * ORACLE_GRAPHS sets how many are planned and walked (default 10000, in at most 5 minutes on two cores); about half as many again are drawn,
 * which the planner rejects. `npm test` draws new graphs in every run; ORACLE_SEED repeats one, and .ci/run pins it, so that a red gate is
 * about the change. A failure prints the seed and the shrunk graph, which belongs into known.ts.
 */
import { violationsOf } from "../support/oracle/campaign";
import { compareExplain } from "../support/oracle/explained";
import { sampleGraphs } from "../support/oracle/graphs";
import { known } from "../support/oracle/known";
import { runShards } from "../support/oracle/shards";
import { planFiles } from "../support/oracle/subject";

const promised = 10_000;
const graphs = Number(process.env.ORACLE_GRAPHS ?? promised);
const seed = Number(process.env.ORACLE_SEED ?? Date.now() % 1_000_000_007);

test(
    `${graphs} random graphs that can be planned keep every promise`,
    async () => {
        const outcome = await runShards({ seed, graphs, hosts: { min: 1, max: 12 } }, 2);
        const { counts, accepted, seconds } = outcome;
        const share = accepted / outcome.graphs;
        process.stdout.write(
            `oracle: seed ${seed}, ${outcome.graphs} graphs drawn, ${accepted} planned (${Math.round(share * 100)} %), ${seconds.toFixed(1)} s, ` +
                `${((seconds * 2000) / outcome.graphs).toFixed(1)} ms a graph and core\n` +
                `oracle: ${Object.entries(counts)
                    .map(([name, count]) => `${name} ${count}`)
                    .join(", ")}\n`,
        );
        if (outcome.failure !== undefined) {
            const { violations, graph } = outcome.failure;
            throw new Error(
                `seed ${seed}: a plan breaks its promises:\n${violations.map(({ kind, text }) => `  ${kind}: ${text}`).join("\n")}\n` +
                    `graph: ${JSON.stringify(graph)}`,
            );
        }
        // An accepted graph without flows proves nothing: all kinds must have been looked at, many times.
        expect(accepted).toBeGreaterThanOrEqual(graphs);
        expect(share).toBeGreaterThanOrEqual(0.6);
        for (const count of Object.values(counts)) expect(count).toBeGreaterThan(graphs / 10);
        if (graphs === promised) expect(seconds).toBeLessThanOrEqual(300);
    },
    15 * 60_000,
);

test.each(known)("known: $what", ({ graph }) => {
    expect(violationsOf(graph)).toEqual([]);
});

test("explain says of every pair what the walk through the files says", () => {
    const accepted = sampleGraphs(seed, 500, { min: 2, max: 8 }, (graph) => planFiles(graph).kind === "planned");
    const results = accepted.map((graph) => ({ graph, ...compareExplain(graph, 7) }));
    const sum = (key: "compared" | "reaching") => results.reduce((total, result) => total + result[key], 0);
    process.stdout.write(`oracle: explain compared on ${sum("compared")} pairs, ${sum("reaching")} of them reach\n`);
    const wrong = results.find((result) => result.disagreements.length > 0);
    if (wrong !== undefined)
        throw new Error(`seed ${seed}: ${wrong.disagreements.join("\n")}\ngraph: ${JSON.stringify(wrong.graph)}`);
    expect(sum("compared")).toBeGreaterThan(2000);
    expect(sum("reaching")).toBeGreaterThan(500);
}, 300_000);
