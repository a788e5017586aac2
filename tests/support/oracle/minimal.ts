import { conversation } from "./conversation";
import type { Declared } from "./declared";
import { flow } from "./flow";
import { bits, contains, covers, nth, overlap, type Prefix, parsePrefix, prefixOf, upperHalf } from "./ip";
import { outerOf } from "./nested";
import { entryKey, type Honest } from "./promises";
import { link } from "./session";
import type { Tunnel } from "./tunnel";
import type { Counts, Violation } from "./violation";
import { type Box, buildWorld, type HostFiles, type World } from "./world";

/** No AllowedIPs entry is more than the declared flows need: without it at least one of them would stop. */
export function checkMinimal(
    world: World,
    files: ReadonlyMap<string, HostFiles>,
    declared: Declared,
    honest: Honest,
    counts: Counts,
): Violation[] {
    const violations: Violation[] = [];
    for (const box of world.boxes.values()) {
        for (const tunnel of box.tunnels.values()) {
            for (const peer of tunnel.conf.peers) {
                for (const prefix of peer.allowedIPs) {
                    counts.allowedIPs++;
                    const what = `${box.name} ${tunnel.device}: "${prefix.text}"`;
                    const isUsed = honest.used.has(entryKey(box.name, tunnel.device, peer.publicKey, prefix.text));
                    if (
                        !isUsed &&
                        !isPeerItself(world, peer.publicKey, prefix) &&
                        !isPiece(declared, prefix) &&
                        !isRest(declared, box, prefix) &&
                        !declared.waiting.some((one) => one.text === prefix.text)
                    ) {
                        violations.push({ kind: "not minimal", text: `${what} carries no declared flow` });
                    } else if (
                        // What a split tunnel leaves out has to be named again where it goes through the tunnel after all.
                        !declared.internetExclusions.some((excluded) => covers(excluded, prefix)) &&
                        peer.allowedIPs.some((other) => other !== prefix && covers(other, prefix)) &&
                        canGo(world, files, honest, tunnel, prefix)
                    ) {
                        violations.push({ kind: "not minimal", text: `${what} is covered by another prefix of the same peer` });
                    }
                }
            }
        }
    }
    return violations;
}

/** A Peer alone gives its two ends each other's addresses, even when no family is common to both and nothing can flow. */
function isPeerItself(world: World, publicKey: string, prefix: Prefix): boolean {
    const own = world.keys.get(publicKey)?.conf.addresses ?? [];
    return prefix.length === bits(prefix.family) && own.some(({ address }) => contains(prefix, address));
}

/** `exclude` cuts a network or 0.0.0.0/0 into pieces, and the few machines there are live in some of them only. */
function isPiece(declared: Declared, prefix: Prefix): boolean {
    if (declared.cuts.some((cut) => covers(cut, prefix) && cut.text !== prefix.text)) return true;
    if (!declared.hasInternet(prefix.family)) return false;
    // What is cut out leaves the other half of everything around it, which may as well be a network of the mesh.
    const isOtherHalf = declared.splits.some(
        (cut) => cut.some((each) => overlap(each, otherHalf(prefix))) && !cut.some((each) => overlap(each, prefix)),
    );
    return isOtherHalf || declared.isInternet(nth(prefix, 0));
}

/** A network of which another route leads to all but a part, by another way: the part may wait for its first member. */
function isRest(declared: Declared, { tunnels }: Box, prefix: Prefix): boolean {
    const entries = [...tunnels.values()].flatMap((tunnel) => tunnel.allowedIPs);
    return (
        declared.cuts.some((cut) => cut.text === prefix.text) &&
        entries.some((entry) => entry.text !== prefix.text && covers(prefix, entry))
    );
}

function otherHalf(prefix: Prefix): Prefix {
    if (prefix.length === 0) return prefix;
    const both = prefixOf(nth(prefix, 0), prefix.length - 1);
    const upper = upperHalf(both);
    return upper.text === prefix.text ? prefixOf(nth(both, 0), prefix.length) : upper;
}

/** Takes the entry out of the file and walks every flow that crossed this interface again, and opens every nested tunnel. */
function canGo(world: World, files: ReadonlyMap<string, HostFiles>, honest: Honest, tunnel: Tunnel, prefix: Prefix): boolean {
    const affected = honest.working.filter(({ hops }) => hops.some((hop) => hop.host === tunnel.host));
    const without = buildWorld(world.graph, withoutEntry(files, tunnel, prefix));
    return (
        affected.every(({ from, to, service }) => flow(without, from, to, service).ok) &&
        silentNested(without) <= silentNested(world)
    );
}

/** How many sides of nested tunnels cannot open them: a tunnel that no flow crosses yet has to come up all the same. */
function silentNested(world: World): number {
    const sides = [...world.boxes.values()].flatMap(({ tunnels }) =>
        [...tunnels.values()].flatMap((tunnel) => tunnel.conf.peers.map((peer) => ({ tunnel, peer }))),
    );
    return sides.filter(({ tunnel, peer }) => {
        const target = world.keys.get(peer.publicKey);
        const isNested = peer.endpoint !== undefined && target !== undefined && outerOf(world, target) !== undefined;
        return isNested && typeof link(world, conversation(), tunnel, peer) === "string";
    }).length;
}

function withoutEntry(files: ReadonlyMap<string, HostFiles>, tunnel: Tunnel, prefix: Prefix): Map<string, HostFiles> {
    return new Map(
        [...files].map(([host, own]) => {
            if (host !== tunnel.host) return [host, own] as const;
            const interfaces = own.interfaces.map((each) =>
                each.interfaceName === tunnel.device ? { ...each, conf: cutEntry(each.conf, prefix) } : each,
            );
            return [host, { ...own, interfaces }] as const;
        }),
    );
}

/** Removes one prefix from every AllowedIPs line of a file; only the one peer of a valid plan has it. */
export function cutEntry(conf: string, prefix: Prefix): string {
    return conf.replace(/^(AllowedIPs = )(.*)$/gm, (line, key: string, values: string) => {
        const kept = values.split(", ").filter((value) => !isSame(value, prefix));
        return kept.length === values.split(", ").length ? line : kept.length === 0 ? "" : key + kept.join(", ");
    });
}

function isSame(value: string, prefix: Prefix): boolean {
    return parsePrefix(value).text === prefix.text;
}
