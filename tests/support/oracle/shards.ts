import { join } from "node:path";
import { Worker } from "node:worker_threads";
import type { Campaign, Outcome } from "./campaign";
import { addCounts, noCounts } from "./violation";

/** Splits a campaign over worker threads with seeds of their own, so that 2 cores take half the time. */
export async function runShards(campaign: Campaign, shards: number): Promise<Outcome> {
    const share = Math.ceil(campaign.graphs / shards);
    const parts = Array.from({ length: shards }, (_, index) =>
        runWorker({ ...campaign, graphs: share, seed: campaign.seed + index }),
    );
    return (await Promise.all(parts)).reduce(merge);
}

function runWorker(campaign: Campaign): Promise<Outcome> {
    return new Promise((resolve, reject) => {
        const worker = new Worker(join(__dirname, "campaignWorker.js"), { workerData: campaign });
        worker.once("message", resolve);
        worker.once("error", reject);
    });
}

function merge(a: Outcome, b: Outcome): Outcome {
    const counts = noCounts();
    addCounts(counts, a.counts);
    addCounts(counts, b.counts);
    const rejections: Record<string, number> = { ...a.rejections };
    for (const [text, count] of Object.entries(b.rejections)) rejections[text] = (rejections[text] ?? 0) + count;
    const failure = a.failure ?? b.failure;
    return {
        graphs: a.graphs + b.graphs,
        accepted: a.accepted + b.accepted,
        rejections,
        counts,
        seconds: Math.max(a.seconds, b.seconds),
        ...(failure === undefined ? {} : { failure }),
    };
}
