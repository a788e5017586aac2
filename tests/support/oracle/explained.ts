import { explain } from "../../../provider/planner";
import type { Graph, RouteEnd } from "../../../provider/planner/graph";
import { servicesOf } from "./allow";
import { flow } from "./flow";
import { overlap, parsePrefix } from "./ip";
import { pairsOf } from "./promises";
import { filesOf, planOf } from "./subject";
import { unboundEnd } from "./unbound";
import { buildWorld, type End, endName, type World } from "./world";

/** Pairs about which the planner's own `explain` and the oracle disagree, one line each, and how many pairs were compared. */
export interface Comparison {
    readonly compared: number;
    readonly reaching: number;
    readonly disagreements: readonly string[];
}

/** Asks `explain` about every `stride`-th pair of addresses and service, and walks the same packets through the files. */
export function compareExplain(graph: Graph, stride: number): Comparison {
    const plan = planOf(graph);
    const world = buildWorld(graph, filesOf(graph, plan));
    const texts = world.ends.map((end) => end.address.text);
    const disagreements: string[] = [];
    let turn = 0;
    let compared = 0;
    let reaching = 0;
    for (const [from, to, name] of questionsOf(world)) {
        if (!isInPlan(graph, from) || !isInPlan(graph, to)) continue;
        // Two sites may have the same LAN; an address alone does not say which one is meant.
        if (texts.filter((text) => text === from.address.text || text === to.address.text).length > 2) continue;
        for (const service of servicesOf(graph)) {
            if (turn++ % stride !== 0) continue;
            const question = service.protocol === "icmp" ? { protocol: service.protocol } : service;
            const said = explain(plan, name ?? nameOf(from), nameOf(to), question);
            const walked = flow(world, from, to, service);
            compared++;
            if (walked.ok) reaching++;
            if (said.reaches === walked.ok) continue;
            const why = walked.ok ? "it arrives" : `${walked.at}: ${walked.reason}`;
            const what = `${name ?? ""} ${endName(from)} -> ${endName(to)} ${service.protocol}/${service.port}`;
            disagreements.push(`${what}: explain says ${said.reaches ? "it reaches" : said.reason}; the walk says ${why}`);
        }
    }
    return { compared, reaching, disagreements };
}

/** Every pair of ends, and every managed host by its name: what it sends when nobody chooses a source. */
function* questionsOf(world: World): Generator<readonly [End, End, string?]> {
    yield* pairsOf(world);
    for (const box of world.boxes.values()) {
        if (!box.managed) continue;
        for (const to of world.ends) {
            const from = unboundEnd(world, box, to);
            if (from !== undefined) yield [from, to, box.name];
        }
    }
}

/** Interfaces are asked about by address, so that dual-stack ones are asked twice; a LAN has no address of its own. */
function nameOf(end: End): RouteEnd | string {
    return end.kind === "lan" ? { kind: "lan", host: end.host, prefix: end.prefix } : end.address.text;
}

/** A plan holds no LAN that no route names; what "the internet" is has no one address. */
function isInPlan(graph: Graph, end: End): boolean {
    if (end.kind !== "lan") return end.kind === "interface";
    // With a part of it cut out, the answer depends on which of its machines is meant.
    const excluded = (graph.routes ?? []).flatMap((route) => route.exclude ?? []);
    if (excluded.some((text) => overlap(parsePrefix(text), parsePrefix(end.prefix)))) return false;
    const named = (graph.routes ?? []).flatMap((route) => [...route.from, ...route.to]);
    return named.some((each) => each.kind === "lan" && each.host === end.host && parsePrefix(each.prefix).text === end.prefix);
}
