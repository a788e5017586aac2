import { contains, type Family, hostOf } from "./cidr";
import type { Failure } from "./failure";
import { routeFailure } from "./flowRules";
import type { Leg } from "./ownership";
import { membersOf, type Place } from "./place";
import { endLabel } from "./rules/labels";
import { culprit, show } from "./rules/text";
import type { Arc, Node, Port } from "./topology";

/** What full tunnels do to the hosts that send through them. */
export interface Exits {
    /** The interface that takes everything, by host. */
    readonly tunnels: ReadonlyMap<Node, Port>;
    /** Hosts that others reach the internet through. */
    readonly exits: ReadonlySet<Node>;
    readonly failures: readonly Failure[];
}

/**
 * wg-quick turns 0.0.0.0/0 into a table of its own and a rule for every packet without the tunnel's mark (wireguard.md 1.2). That
 * takes the host's own traffic too, whoever the route was for. So each host on the way to an exit must be one that the routes send there.
 */
export function exits(legs: readonly Leg[]): Exits {
    const outward = legs.filter((leg) => leg.to.isInternet);
    const tunnels = new Map<Node, Port>();
    const failures: Failure[] = [];
    const seen = new Set<string>();
    const once = (failure: Failure) => {
        if (!seen.has(failure.property + failure.reason)) {
            seen.add(failure.property + failure.reason);
            failures.push(failure);
        }
    };
    for (const leg of outward) {
        for (const family of leg.families) {
            const full = leg.to.prefixes[family].some((prefix) => prefix.length === 0);
            if (!full) {
                once(routeFailure(leg.flow, "to", leg.to, piecemeal(leg)));
                continue;
            }
            for (const port of senders(leg, family)) {
                const exit = leg.to.node;
                if (!isSent(port, family, exit, outward)) {
                    const whose = `${endLabel(leg.from.end)} would reach it through host ${show(port.node.host.name)}, whose own internet traffic would go there too`;
                    once(
                        routeFailure(
                            leg.flow,
                            "to",
                            leg.to,
                            `${whose}; add ${show(port.declared.name)} to "from", or peer with host ${show(exit.host.name)} directly`,
                        ),
                    );
                }
                const other = tunnels.get(port.node);
                if (other !== undefined && other !== port) {
                    const two = `host ${show(port.node.host.name)} would send everything through ${culprit(other.declared)} and through ${culprit(port.declared)}`;
                    once(
                        routeFailure(
                            leg.flow,
                            "to",
                            leg.to,
                            `${two}, and wg-quick can have one full tunnel per host; use one exit`,
                        ),
                    );
                }
                tunnels.set(port.node, other ?? port);
            }
        }
    }
    const found = new Set(outward.map((leg) => leg.to.node));
    for (const leg of outward) {
        const onward = tunnels.get(leg.to.node);
        if (onward !== undefined) {
            const reason = `exit host ${culprit(leg.to.node.host)} itself sends its internet traffic through ${culprit(onward.declared)}`;
            once(routeFailure(leg.flow, "to", leg.to, `${reason}; an exit uses its own uplink`));
        }
    }
    // With two tunnels or a way that cannot be, who is behind which is anybody's guess.
    for (const leg of failures.length > 0 ? [] : legs) {
        for (const failure of [...behindFullTunnel(leg, tunnels), ...openDevices(leg, tunnels)]) {
            once(failure);
        }
    }
    return { tunnels, exits: found, failures };
}

/**
 * 0.0.0.0/0 less some prefixes is a list of ordinary routes, and without wg-quick's rule for 0.0.0.0/0 the tunnel's own packets follow
 * them: the kernel drops them as a loop unless the endpoint's address is excluded as well (wireguard.md I11). Endpoints are values the
 * plan does not see, so it cannot promise that.
 */
function piecemeal(leg: Leg): string {
    const loop = `exclude would cut ${endLabel(leg.to.end)} into ordinary routes, and the tunnel's own packets would follow them`;
    return `${loop}; leave exclude out: networks that host ${show(leg.from.node.host.name)} has more specific routes to stay outside of a full tunnel anyway`;
}

/** Interfaces that get 0.0.0.0/0 for this leg. */
function senders(leg: Leg, family: Family): Port[] {
    const onPath = new Set(leg.chain.flatMap((arc) => [arc.own.node, arc.other.node]));
    const members = membersOf(leg.from, family).filter((arc) => !onPath.has(arc.other.node));
    return [...leg.chain.map((arc) => arc.own), ...members.map((arc) => arc.other)];
}

/** True when the port's own addresses are among those that routes send to that exit. */
function isSent(port: Port, family: Family, exit: Node, outward: readonly Leg[]): boolean {
    const sources = outward.filter((leg) => leg.to.node === exit).flatMap((leg) => leg.from.prefixes[family]);
    const own = port.addresses.filter((address) => address.family === family).map(hostOf);
    return own.length > 0 && own.every((address) => sources.some((source) => contains(source, address)));
}

/** A full tunnel accepts every source; a host that passes packets on from it needs a firewall that knows which may come that way. */
function openDevices(leg: Leg, tunnels: ReadonlyMap<Node, Port>): Failure[] {
    const between = leg.chain.slice(1).map((arc) => arc.own.node);
    const ends = [leg.from, leg.to].filter(
        (place) => leg.chain.length > 0 && leg.families.some((family) => membersOf(place, family).length > 0),
    );
    const open = [...between, ...ends.map((place) => place.node)].find((node) => !node.host.managed && tunnels.has(node));
    const tunnel = open === undefined ? undefined : tunnels.get(open);
    if (open === undefined || tunnel === undefined) {
        return [];
    }
    const sends = `device ${culprit(open.host)} would pass its packets on, and as it sends everything through ${culprit(tunnel.declared)} it accepts every source from there`;
    return [routeFailure(leg.flow, "to", leg.to, `${sends}; give it a connection, or take it out of routes to the internet`)];
}

/** wg-quick drops what comes in elsewhere for the address of a full tunnel (its preraw chain). */
function behindFullTunnel(leg: Leg, tunnels: ReadonlyMap<Node, Port>): Failure[] {
    const back = leg.chain.map((arc) => arc.back).reverse();
    return [...behindOneSide(leg.from, leg.to, leg.chain, leg, tunnels), ...behindOneSide(leg.to, leg.from, back, leg, tunnels)];
}

/** Hosts on the chain from `near` to `far` whose full tunnel has an address in `near`: packets from `far` come in by the next arc. */
function behindOneSide(near: Place, far: Place, chain: readonly Arc[], leg: Leg, tunnels: ReadonlyMap<Node, Port>): Failure[] {
    // 0.0.0.0/0 stands for what is not of the mesh, so no address of a tunnel is meant by it.
    if (near.isInternet) {
        return [];
    }
    const doors = chain.map((arc) => ({ node: arc.own.node, door: arc.own }));
    const farDoor = far.end.kind === "network" && far.port !== undefined ? [{ node: far.node, door: far.port }] : [];
    return [...doors, ...farDoor].flatMap(({ node, door }) => {
        const tunnel = tunnels.get(node);
        const isMeant = tunnel?.addresses.some(
            (address) =>
                leg.families.includes(address.family) &&
                near.prefixes[address.family].some((prefix) => contains(prefix, hostOf(address))),
        );
        if (tunnel === undefined || tunnel === door || isMeant !== true) {
            return [];
        }
        const drops = `${culprit(tunnel.declared)} takes all internet traffic of its host, and wg-quick drops packets for it that come in through ${show(door.declared.name)}`;
        const fix = `use another interface of host ${show(node.host.name)}`;
        return [routeFailure(leg.flow, near === leg.from ? "from" : "to", near, `${drops}; ${fix}`)];
    });
}
