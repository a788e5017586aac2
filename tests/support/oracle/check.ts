import type { Graph } from "../../../provider/planner/graph";
import { checkAttacks } from "./attack";
import { conversation } from "./conversation";
import { Declared } from "./declared";
import { checkExcluded } from "./excluded";
import { flow, requestPacket } from "./flow";
import { checkMinimal } from "./minimal";
import { checkMtu } from "./mtu";
import { checkNested } from "./nested";
import { checkOtherTraffic, checkOutsiders } from "./outsiders";
import { checkPromises, pairsOf, placeOf } from "./promises";
import { checkSite } from "./site";
import { strangersIn } from "./strangers";
import { checkUnbound } from "./unbound";
import { type Counts, noCounts, type Violation } from "./violation";
import { walk } from "./walk";
import { buildWorld, type End, type HostFiles, type World } from "./world";

export interface Report {
    readonly violations: readonly Violation[];
    readonly counts: Counts;
}

/** Holds one plan's files against the graph they were made from. */
export function checkFiles(graph: Graph, files: ReadonlyMap<string, HostFiles>): Report {
    const counts = noCounts();
    const world = buildWorld(graph, files);
    const declared = new Declared(world);
    const honest = checkPromises(world, declared, counts);
    const violations = [
        ...checkBringUp(world, files),
        ...honest.violations,
        ...checkUnbound(world, declared, counts),
        ...checkAttacks(world, declared, honest, counts),
        ...checkOutsiders(world, counts),
        ...checkOtherTraffic(world, counts),
        ...checkExcluded(world),
        ...checkSite(world, counts),
        ...checkMtu(world),
        ...checkNested(world),
        ...checkLoops(world, declared),
        ...checkMinimal(world, files, declared, honest, counts),
    ];
    return { violations, counts };
}

/** Every interface comes up, in whichever order the units start, and no prefix has two owners. */
function checkBringUp(world: World, files: ReadonlyMap<string, HostFiles>): Violation[] {
    const several = [...files.values()].some((own) => own.interfaces.length > 1);
    const broken = [...world.broken, ...(several ? buildWorld(world.graph, files, { reverse: true }).broken : [])];
    const shared = [...world.boxes.values()].flatMap((box) =>
        [...box.tunnels.values()].flatMap((tunnel) =>
            tunnel.sharedPrefixes.map((text) => `${box.name} ${tunnel.device}: "${text}" in two peers`),
        ),
    );
    return [
        ...[...new Set(broken)].map((text): Violation => ({ kind: "bring-up", text })),
        ...shared.map((text): Violation => ({ kind: "shared prefix", text })),
    ];
}

/** Addresses of a network that nobody has must not circle between hosts that point the prefix at each other (I13). */
function checkLoops(world: World, declared: Declared): Violation[] {
    const strangers = strangersIn(
        world,
        declared.networks.map(({ subnet }) => subnet),
    );
    const violations: Violation[] = [];
    for (const from of world.ends) {
        if (from.kind !== "interface") continue;
        for (const { address } of strangers) {
            if (address.family !== from.address.family) continue;
            const packet = requestPacket(from.address, address, { protocol: "icmp", port: 0 });
            const result = walk(world, conversation(), { host: from.host, input: undefined, packet });
            if (!result.ok && result.reason.startsWith("loop")) {
                violations.push({ kind: "loop", text: `${from.address.text} -> ${address.text} (nobody): ${result.reason}` });
            }
        }
    }
    return violations;
}

/** Expected outcome of one pair of addresses, for comparison with real hosts. */
export interface PairVerdict {
    readonly from: End;
    readonly to: End;
    readonly ping: boolean;
    readonly tcp: boolean;
}

/** False for every machine of a LAN but one. */
export function isFirst(world: World, end: End): boolean {
    return end.kind !== "lan" || world.ends.find((each) => each.kind === "lan" && placeOf(each) === placeOf(end)) === end;
}

/** Every ordered pair of addresses on different hosts, with one machine of each LAN: does ping get its answer, and does a TCP connection to `port` open? */
export function pairs(world: World, port: number): PairVerdict[] {
    return [...pairsOf(world)]
        .filter((pair) => pair.every((end) => isFirst(world, end)))
        .map(([from, to]) => ({
            from,
            to,
            ping: flow(world, from, to, { protocol: "icmp", port: 0 }).ok,
            tcp: flow(world, from, to, { protocol: "tcp", port }).ok,
        }));
}
