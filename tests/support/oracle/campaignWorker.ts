/** Entry of one worker thread: runs a part of a campaign and posts the outcome. */
import { parentPort, workerData } from "node:worker_threads";
import { type Campaign, runCampaign } from "./campaign";

parentPort?.postMessage(runCampaign(workerData as Campaign));
