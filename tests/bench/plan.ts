import { plan } from "../../provider/planner";
import { checkDeclarations } from "../../provider/planner/check";
import type { Graph } from "../../provider/planner/graph";
import type { Plan } from "../../provider/planner/hostPlan";
import { hostFiles, redacted } from "../../provider/render";
import { fullMesh, linkedHubs } from "./graphs";

/** CPU milliseconds of the first run, and the median of nine after it: other jobs on the machine change the clock's time more. */
function costs(work: () => unknown): { readonly first: number; readonly usual: number } {
    const run = () => {
        const before = process.cpuUsage();
        work();
        const { user, system } = process.cpuUsage(before);
        return (user + system) / 1000;
    };
    const first = run();
    const times = Array.from({ length: 9 }, run).sort((a, b) => a - b);
    return { first, usual: times[4] ?? 0 };
}

/** CPU time, growth and memory of checking, planning and rendering. Ratios within this run; the machine's speed is not ours. */
export function benchPlan(): void {
    console.log("CPU ms, median of 9 after the first            interfaces  first plan    plan  (of it check)  render  heap MB");
    // 100 interfaces and 45 routes, 1,024 and 496, 10,200 and 4,950: ten times the size twice.
    const tiny = bench("10 linked hubs of 8 spokes", linkedHubs(10, 8));
    const small = bench("32 linked hubs of 30 spokes", linkedHubs(32, 30));
    const large = bench("100 linked hubs of 100 spokes", linkedHubs(100, 100));
    const [first, second] = [small / tiny, large / small].map((ratio) => ratio.toFixed(1));
    console.log(`  each time 10 times the interfaces and routes: plan takes ${first} and ${second} times as long`);
    bench("full mesh of 200 devices", fullMesh(200, false));
    bench("full mesh of 200 managed hosts", fullMesh(200, true));
}

/** Returns the usual cost of planning. */
function bench(name: string, graph: Graph): number {
    const planning = costs(() => plan(graph));
    const checking = costs(() => checkDeclarations(graph));
    const [kept, heap] = weighed(() => plan(graph));
    const rendering = costs(() =>
        kept.hosts.map((host) =>
            hostFiles(
                host,
                redacted((iface) => `${iface}.example.com:51820`),
            ),
        ),
    );
    const columns = [
        String(graph.interfaces.length).padStart(13),
        planning.first.toFixed(0).padStart(12),
        planning.usual.toFixed(0).padStart(8),
        checking.usual.toFixed(0).padStart(15),
        rendering.usual.toFixed(0).padStart(8),
        heap.toFixed(0).padStart(9),
    ];
    console.log(name.padEnd(44) + columns.join(""));
    return planning.usual;
}

/** A plan and the heap it holds in MiB. */
function weighed(make: () => Plan): readonly [Plan, number] {
    globalThis.gc?.();
    const empty = process.memoryUsage().heapUsed;
    const made = make();
    globalThis.gc?.();
    return [made, (process.memoryUsage().heapUsed - empty) / 2 ** 20];
}

if (require.main === module) {
    benchPlan();
}
