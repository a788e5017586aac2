/**
 * The planner against the independent packet walk of tests/support/oracle, on random graphs.
 *
 * ORACLE_GRAPHS sets their number (default 10000), ORACLE_SEED repeats a run. The seed is new in every run, so that CI keeps
 * looking at graphs nobody has seen; a failure prints the seed and the shrunk graph, which belongs into `known` below.
 */
import { runShards } from "../support/oracle/shards";

const graphs = Number(process.env.ORACLE_GRAPHS ?? 10_000);
const seed = Number(process.env.ORACLE_SEED ?? Date.now() % 1_000_000_007);

test(
    `${graphs} random graphs keep every promise`,
    async () => {
        const outcome = await runShards({ seed, graphs, hosts: { min: 1, max: 12 } }, 2);
        const { counts, accepted, seconds } = outcome;
        const share = accepted / outcome.graphs;
        process.stdout.write(
            `oracle: seed ${seed}, ${outcome.graphs} graphs, ${accepted} accepted (${Math.round(share * 100)} %), ${seconds.toFixed(1)} s, ` +
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
        expect(share).toBeGreaterThanOrEqual(0.6);
        for (const count of Object.values(counts)) expect(count).toBeGreaterThan(graphs / 10);
    },
    15 * 60_000,
);
