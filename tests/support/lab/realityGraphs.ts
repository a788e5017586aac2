import type { Graph } from "../../../provider/planner/graph";
import { type PairVerdict, pairs } from "../oracle/check";
import { flow } from "../oracle/flow";
import { sampleGraphs } from "../oracle/graphs";
import { isInside } from "../oracle/promises";
import { planFiles } from "../oracle/subject";
import { buildWorld, type HostFiles, type World } from "../oracle/world";

/** A sampled graph with what the oracle foretells for it. */
export interface Foretold {
    readonly graph: Graph;
    readonly files: ReadonlyMap<string, HostFiles>;
    readonly world: World;
    /** Ports that are asked: those of the lab's listeners that a route names, and one nobody names. */
    readonly ports: readonly number[];
    readonly features: ReadonlySet<Feature>;
}

/** What a sample must have, each of it in a flow that works according to the oracle, so that the lab can contradict. */
export const features = [
    "several hops",
    "IPv6",
    "LAN",
    "LAN behind NAT",
    "IPv6 LAN",
    "exit",
    "IPv6 exit",
    "one way",
    "narrowed",
    "excluded",
    "endpoint of an interface",
    "device",
    "preshared key",
    "nested tunnel",
] as const;
export type Feature = (typeof features)[number];

/**
 * `count` graphs out of a larger sample, the same for the same seed: every feature `each` times if the sample has it, then those with
 * most flows. A plain sample would do too, but most of its pairs are refused ones.
 */
export function chooseGraphs(seed: number, count: number, each: number, named: readonly number[]): Foretold[] {
    const isPlanned = (graph: Graph) => fitsLab(graph) && planFiles(graph).kind === "planned";
    const left = sampleGraphs(seed, 150, { min: 4, max: 6 }, isPlanned).map((graph) => foretell(graph, named));
    const chosen: Foretold[] = [];
    const missing = new Map<Feature, number>(features.map((feature) => [feature, each]));
    const worth = ({ features: own, world }: Foretold) =>
        1000 * [...own].filter((feature) => (missing.get(feature) ?? 0) > 0).length + workingPairs(world);
    while (chosen.length < count && left.length > 0) {
        const best = left.reduce((a, b) => (worth(b) > worth(a) ? b : a));
        left.splice(left.indexOf(best), 1);
        chosen.push(best);
        for (const feature of best.features) missing.set(feature, (missing.get(feature) ?? 0) - 1);
    }
    return chosen;
}

/** The lab has three LAN machines (reality.ts), and each LAN its gateway's address inside. */
function fitsLab({ lans = [] }: Graph): boolean {
    return lans.length <= 3 && lans.every((lan) => !/\/(32|128)$/.test(lan.prefix));
}

const working = new WeakMap<World, number>();

function workingPairs(world: World): number {
    const known = working.get(world) ?? pairs(world, 7777).filter((pair) => pair.ping || pair.tcp).length;
    working.set(world, known);
    return known;
}

function foretell(graph: Graph, named: readonly number[]): Foretold {
    const planned = planFiles(graph);
    if (planned.kind === "rejected") throw new Error("a rejected graph has no files");
    const world = buildWorld(graph, planned.files);
    const [free, ...others] = named.toReversed();
    const isNamed = (port: number) => (graph.routes ?? []).some((route) => route.allow?.some((text) => names(text, port)));
    const ports = [...(free === undefined ? [] : [free]), ...others.filter(isNamed)];
    return { graph, files: planned.files, world, ports, features: featuresOf(graph, world, ports) };
}

function names(allow: string, port: number): boolean {
    const [, low = "0", high = low] = /^tcp\/(\d+)(?:-(\d+))?$/.exec(allow) ?? [];
    return Number(low) <= port && port <= Number(high);
}

function featuresOf(graph: Graph, world: World, ports: readonly number[]): Set<Feature> {
    const found = new Set<Feature>();
    const verdicts = ports.map((port) => pairs(world, port));
    const managed = new Map(graph.hosts.map((host) => [host.name, host.managed]));
    const keyed = (graph.peers ?? []).some((peer) => peer.presharedKey !== undefined);
    if (keyed) found.add("preshared key");
    if (graph.interfaces.some((iface) => iface.endpoint === true)) found.add("endpoint of an interface");
    if ((graph.routes ?? []).some((route) => route.exclude !== undefined)) found.add("excluded");
    verdicts[0]?.forEach((pair, index) => {
        const tcp = verdicts.map((each) => each[index]?.tcp === true);
        if (new Set([pair.ping, ...tcp]).size === 2) found.add("narrowed");
        if (pair.ping) addFlow(found, pair, world, verdicts[0] ?? []);
        if (pair.ping && pair.from.kind === "interface" && managed.get(pair.from.host) === false) found.add("device");
    });
    return found;
}

function addFlow(found: Set<Feature>, { from, to }: PairVerdict, world: World, all: readonly PairVerdict[]): void {
    const result = flow(world, from, to, { protocol: "icmp", port: 0 });
    if (result.hops.filter((hop) => hop.tunnel !== undefined).length > 1) found.add("several hops");
    if (result.hops.some((hop) => isInside(world, hop))) found.add("nested tunnel");
    const is6 = to.address.family === 6;
    if (is6) found.add("IPv6");
    const lan = world.graph.lans?.find((each) => to.kind === "lan" && each.host === to.host && each.prefix === to.prefix);
    if (lan !== undefined) found.add(lan.nat === true ? "LAN behind NAT" : is6 ? "IPv6 LAN" : "LAN");
    // Only through a tunnel: a host that reaches the internet by itself has no source address of the mesh.
    if (to.kind === "internet" && result.hops.some((hop) => hop.tunnel !== undefined)) found.add(is6 ? "IPv6 exit" : "exit");
    const back = all.find((each) => each.from === to && each.to === from);
    if (back?.ping === false && to.kind !== "internet" && lan?.nat !== true) found.add("one way");
}
