import { servicesOf } from "./allow";
import { conversation } from "./conversation";
import type { Declared } from "./declared";
import { isAt, requestPacket, type Service } from "./flow";
import { type Address, contains, parsePrefix } from "./ip";
import type { Walk } from "./journey";
import { type Honest, hopNames, isJudged, placeOf } from "./promises";
import { isNobody, strangersIn } from "./strangers";
import type { Tunnel } from "./tunnel";
import type { Counts, Violation } from "./violation";
import { inject, isAtAddress } from "./walk";
import { type End, endName, type Remote, remoteOf, type World } from "./world";

/** A packet somebody sends who keeps to nobody's rules. */
export interface Forged {
    readonly source: Address;
    readonly destination: Address;
    readonly service: Service;
}

/**
 * One host has tampered with its own files: any AllowedIPs, any routes, no firewall. It tries a packet through each of its
 * tunnels and peers. Gives the first delivery, else why the last try failed.
 */
export function attack(world: World, attacker: string, forged: Forged): Walk {
    let last: Walk = { ok: false, at: attacker, reason: "it has no tunnel", hops: [] };
    for (const tunnel of world.boxes.get(attacker)?.tunnels.values() ?? []) {
        for (const peer of tunnel.conf.peers) {
            last = inject(world, conversation(), tunnel, peer, requestPacket(forged.source, forged.destination, forged.service));
            if (last.ok && isAtAddress(world, last, forged.destination)) return last;
        }
    }
    return last.ok ? { ok: false, at: last.arrival.host, reason: "delivered to another machine", hops: last.hops } : last;
}

/** Every host in turn cheats towards every peer, with every source that the peer's cryptokey routing takes from it. */
export function checkAttacks(world: World, declared: Declared, honest: Honest, counts: Counts): Violation[] {
    const violations: Violation[] = [];
    const networks = declared.networks.map(({ subnet }) => subnet);
    const known = [...world.ends, ...strangersIn(world, networks)];
    for (const box of world.boxes.values()) {
        for (const tunnel of box.tunnels.values()) {
            for (const peer of tunnel.conf.peers) {
                const remote = remoteOf(world, tunnel, peer);
                if (remote === undefined) continue;
                const sources = [...known, ...strangersIn(world, remote.peer.allowedIPs)];
                const accepted = sources.filter((source) => remote.tunnel.peerFor(source.address) === remote.peer);
                for (const source of accepted) {
                    const own = twinsOf(world, source).some((twin) => isLegitimate(world, declared, honest, twin, box.name));
                    violations.push(...trySource(world, declared, counts, { tunnel, remote, source, own }));
                }
            }
        }
    }
    return violations;
}

interface Attempt {
    readonly tunnel: Tunnel;
    readonly remote: Remote;
    readonly source: End;
    /** True when the cheater may send with that source; then only undeclared flows count. */
    readonly own: boolean;
}

function trySource(world: World, declared: Declared, counts: Counts, { tunnel, remote, source, own }: Attempt): Violation[] {
    const violations: Violation[] = [];
    const services = servicesOf(world.graph);
    const peer = tunnel.conf.peers.find((each) => world.keys.get(each.publicKey) === remote.tunnel);
    if (peer === undefined) return violations;
    const twins = twinsOf(world, source);
    for (const to of world.ends) {
        if (to.address.family !== source.address.family || to.address.text === source.address.text) continue;
        if (to.kind !== "internet" && (to.host === tunnel.host || (source.kind !== "internet" && source.host === to.host)))
            continue;
        for (const service of twins.some((twin) => declared.isDeclared(twin, to)) ? services : services.slice(0, 2)) {
            if (own && twins.some((twin) => declared.ruling(twin, to, service) !== "undeclared")) continue;
            counts.attacks++;
            const result = inject(world, conversation(), tunnel, peer, requestPacket(source.address, to.address, service));
            if (!result.ok || !isAt(result.arrival, to) || !isJudged(world, result.hops, tunnel.host)) continue;
            const how = own ? "its own" : "a forged";
            const text = `${tunnel.host} cheats: ${source.address.text} -> ${endName(to)} ${service.protocol}/${service.port}`;
            violations.push({
                kind: own ? "leak" : "spoof",
                text: `${text} with ${how} source is delivered by ${hopNames(result.hops)}`,
            });
        }
    }
    return violations;
}

/** Two sites may have the same addresses in their LANs; by its source nobody can tell which one a packet is from. */
function twinsOf(world: World, source: End): readonly End[] {
    if (source.kind !== "lan") return [source];
    const others = (world.graph.lans ?? []).filter(
        ({ host, prefix }) => host !== source.host && contains(parsePrefix(prefix), source.address),
    );
    return [source, ...others.map(({ host, prefix }): End => ({ ...source, host, prefix: parsePrefix(prefix).text }))];
}

/** A host may send what is its own, what is behind it, and what a declared flow lets it pass on. */
function isLegitimate(world: World, declared: Declared, honest: Honest, source: End, host: string): boolean {
    // Whatever comes from the internet is undeclared, whoever sends it.
    if (source.kind === "internet") return true;
    if (source.host === host || honest.transits.get(placeOf(source))?.has(host) === true) return true;
    if (!isNobody(source)) return false;
    // A place in a network that nobody has taken yet is as good as a member, seen from where the route names the network.
    const networks = declared.networks.filter(({ subnet }) => contains(subnet, source.address));
    if (networks.some((network) => network.host === host)) return true;
    const members = world.ends.filter((end) => networks.some(({ subnet }) => contains(subnet, end.address)));
    return members.some((member) => honest.transits.get(placeOf(member))?.has(host) === true);
}
