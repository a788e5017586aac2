import { check, plan } from "../../provider/planner";
import { fullMesh, linkedHubs } from "./graphs";

/** Median of seven runs after one warm-up, in milliseconds. */
function median(work: () => unknown): number {
    work();
    const times = Array.from({ length: 7 }, () => {
        const started = performance.now();
        work();
        return performance.now() - started;
    }).sort((a, b) => a - b);
    return times[3] ?? 0;
}

/** Time, growth and memory of planning. Ratios within this run; the machine's speed is not ours. */
export function benchPlan(): void {
    console.log("planning, checks included          interfaces   median ms   times the row above   heap MB");
    let previous: number | undefined;
    for (const [hubs, spokes] of [
        [10, 10],
        [32, 31],
        [100, 100],
    ] as const) {
        const graph = linkedHubs(hubs, spokes);
        const milliseconds = median(() => plan(graph));
        globalThis.gc?.();
        const empty = process.memoryUsage().heapUsed;
        const kept = plan(graph);
        globalThis.gc?.();
        const heap = (process.memoryUsage().heapUsed - empty) / 2 ** 20;
        const growth = previous === undefined ? "" : (milliseconds / previous).toFixed(1);
        console.log(row(`${hubs} linked hubs of ${spokes} spokes`, graph.interfaces.length, milliseconds, growth, heap));
        previous = milliseconds;
        void kept;
    }
    const mesh = fullMesh(200);
    console.log(
        row(
            "full mesh of 200",
            mesh.interfaces.length,
            median(() => plan(mesh)),
            "",
            0,
        ),
    );
    console.log(
        row(
            "check alone, 100 hubs of 100",
            10_200,
            median(() => check(linkedHubs(100, 100))),
            "",
            0,
        ),
    );
}

function row(name: string, interfaces: number, milliseconds: number, growth: string, heap: number): string {
    const memory = heap === 0 ? "" : heap.toFixed(0);
    return `${name.padEnd(32)} ${String(interfaces).padStart(12)} ${milliseconds.toFixed(0).padStart(11)} ${growth.padStart(21)} ${memory.padStart(9)}`;
}

if (require.main === module) {
    benchPlan();
}
