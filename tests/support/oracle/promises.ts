import { servicesOf } from "./allow";
import { conversation } from "./conversation";
import type { Declared } from "./declared";
import { type Flow, flow, open, type Service } from "./flow";
import type { Hop } from "./journey";
import { linkKey } from "./session";
import { isRewritten } from "./unbound";
import type { Counts, Violation } from "./violation";
import { type End, endName, type World } from "./world";

/** What the honest world showed; the attack and the minimality check build on it. */
export interface Honest {
    readonly violations: readonly Violation[];
    /** Hosts that pass on a declared flow from a place. */
    readonly transits: ReadonlyMap<string, ReadonlySet<string>>;
    /** AllowedIPs entries that carried a declared flow: `host device publicKey prefix`. */
    readonly used: ReadonlySet<string>;
    /** Declared flows that work, with a service of each. */
    readonly working: readonly {
        readonly from: End;
        readonly to: End;
        readonly service: Service;
        readonly hops: readonly Hop[];
    }[];
}

/** Every ordered pair of ends with nobody cheating: promised flows work, all others are dropped where a managed host can. */
export function checkPromises(world: World, declared: Declared, counts: Counts): Honest {
    const violations: Violation[] = [];
    const transits = new Map<string, Set<string>>();
    const used = new Set<string>();
    const working: Honest["working"][number][] = [];
    const services = servicesOf(world.graph);
    for (const [from, to] of pairsOf(world)) {
        const isDeclared = declared.isDeclared(from, to);
        let recorded = false;
        for (const service of isDeclared ? services : services.slice(0, 2)) {
            const what = `${endName(from)} -> ${endName(to)} ${service.protocol}/${service.port}`;
            const ruling = declared.ruling(from, to, service);
            if (ruling === "promised") {
                const result = flow(world, from, to, service);
                count(world, counts, declared, services, from, to, result);
                if (!result.ok)
                    violations.push({
                        kind: kindOf(result.reason, "unreachable"),
                        text: `${what}: ${result.at}: ${result.reason}`,
                    });
                else {
                    if (!declared.masquerades(to) && result.seenSource.text !== from.address.text) {
                        violations.push({ kind: "needless NAT", text: `${what}: arrives from ${result.seenSource.text}` });
                    }
                    if (!recorded) record(world, from, to, result.hops, transits, used);
                    if (!recorded) working.push({ from, to, service, hops: result.hops });
                    recorded = true;
                }
            } else if (ruling === "undeclared") {
                counts.undeclared++;
                const walk = open(world, conversation(), from, to, service);
                const isLeak = walk.ok && !isRewritten(world, declared, from, to, service, walk);
                // Where a route narrows what the two may say, the planner answers for it even when only devices are on the way.
                const isNarrowed = isDeclared || declared.isDeclared(to, from);
                if (isLeak && (isJudged(world, walk.hops, undefined) || (isNarrowed && usesTunnel(walk.hops)))) {
                    violations.push({ kind: "leak", text: `${what}: delivered though undeclared, by ${hopNames(walk.hops)}` });
                } else if (!walk.ok && walk.reason.startsWith("loop"))
                    violations.push({ kind: "loop", text: `${what}: ${walk.reason}` });
            }
        }
    }
    return { violations, transits, used, working };
}

/** Ordered pairs of ends on different hosts and of one family. */
export function* pairsOf(world: World): Generator<readonly [End, End]> {
    for (const from of world.ends) {
        for (const to of world.ends) {
            if (from === to || from.address.family !== to.address.family) continue;
            if (from.kind === "internet" || to.kind === "internet" || from.host !== to.host) yield [from, to];
        }
    }
}

/**
 * A delivery counts against the plan when it used a tunnel and a managed host other than the cheater was in it: that
 * host's files could have dropped it. Devices among themselves have nobody to enforce anything.
 */
export function isJudged(world: World, hops: readonly Hop[], cheater: string | undefined): boolean {
    return usesTunnel(hops) && hops.some((hop) => hop.host !== cheater && world.boxes.get(hop.host)?.managed === true);
}

function usesTunnel(hops: readonly Hop[]): boolean {
    return hops.some((hop) => hop.tunnel !== undefined);
}

/** Machines of one LAN are in one place, so that a walk of one of them speaks for all. */
export function placeOf(end: End): string {
    return end.kind === "lan" ? `${end.host} ${end.prefix}` : end.address.text;
}

export function hopNames(hops: readonly Hop[]): string {
    return hops.map((hop) => `${hop.host} (${hop.input ?? "-"} > ${hop.output ?? "-"})`).join(", ");
}

export function entryKey(host: string, device: string, publicKey: string, prefix: string): string {
    return `${host} ${device} ${publicKey} ${prefix}`;
}

function kindOf(reason: string, otherwise: Violation["kind"]): Violation["kind"] {
    return reason.includes("loop:") ? "loop" : otherwise;
}

function record(
    world: World,
    from: End,
    to: End,
    hops: readonly Hop[],
    transits: Map<string, Set<string>>,
    used: Set<string>,
): void {
    const through = transits.get(placeOf(from)) ?? new Set();
    transits.set(placeOf(from), through);
    hops.forEach((hop, index) => {
        if (index > 0 && hop.output !== undefined) through.add(hop.host);
        if (hop.tunnel === undefined || hop.peer === undefined) return;
        const out = hop.tunnel.entryFor(to.address);
        if (out !== undefined) used.add(entryKey(hop.host, hop.tunnel.device, out.peer.publicKey, out.prefix.text));
        const remote = world.keys.get(hop.peer.publicKey);
        const back = remote?.entryFor(from.address);
        if (remote !== undefined && back !== undefined)
            used.add(entryKey(remote.host, remote.device, back.peer.publicKey, back.prefix.text));
    });
}

/** True when the packet left through a tunnel that is inside another one. */
export function isInside(world: World, { tunnel, peer }: Hop): boolean {
    const remote = world.keys.get(peer?.publicKey ?? "");
    return tunnel !== undefined && remote !== undefined && (world.outers.get(linkKey(tunnel, remote))?.length ?? 0) > 0;
}

function count(
    world: World,
    counts: Counts,
    declared: Declared,
    services: readonly Service[],
    from: End,
    to: End,
    result: Flow,
): void {
    counts.promised++;
    if (services.some((service) => declared.ruling(from, to, service) === "undeclared")) counts.narrowed++;
    if (!declared.isDeclared(to, from)) counts.oneWay++;
    if (declared.masquerades(to)) counts.masqueraded++;
    if (from.kind === "lan" || to.kind === "lan") counts.lan++;
    if (result.hops.filter((hop) => hop.tunnel !== undefined).length > 1) counts.multiHop++;
    if (result.hops.some((hop) => isInside(world, hop))) counts.nested++;
    if (from.address.family === 6) counts.ipv6++;
}
