import { contains, type Family, formatPrefix, hostOf, type Prefix } from "./cidr";
import type { Failure } from "./failure";
import type { Leg } from "./ownership";
import { membersOf, type Place } from "./place";
import { everything, families, ofFamily, subtract } from "./prefixes";
import { routeFailure } from "./routeFailure";
import { endLabel } from "./rules/labels";
import { culprit, listing, show } from "./rules/text";
import type { Table } from "./table";
import { type Arc, type Node, type Port, turned } from "./topology";

/** What full tunnels do to the hosts that send through them. */
export interface Exits {
    /** The interface that takes everything, by host. */
    readonly tunnels: ReadonlyMap<Node, Port>;
    /** What stays outside of that, by host; sorted and disjoint. Absent: nothing. */
    readonly excluded: ReadonlyMap<Node, readonly Prefix[]>;
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
    const first = new Map<Node, Leg>();
    const failures: Failure[] = [];
    const seen = new Set<string>();
    const once = (failure: Failure) => {
        if (!seen.has(failure.property + failure.reason)) {
            seen.add(failure.property + failure.reason);
            failures.push(failure);
        }
    };
    const report = ({ flow, to }: Leg, reason: string) => once(routeFailure(flow, "to", to, reason));
    for (const leg of outward) {
        for (const family of leg.families) {
            for (const port of senders(leg, family)) {
                const exit = leg.to.node;
                if (!isSent(port, family, exit, outward)) {
                    const whose = `${endLabel(leg.from.end)} would reach it through host ${culprit(port.node.host)}, whose own internet traffic would go there too`;
                    report(
                        leg,
                        `${whose}; add ${show(port.declared.name)} to "from", or peer with host ${show(exit.host.name)} directly`,
                    );
                }
                const other = tunnels.get(port.node);
                if (other !== undefined && other !== port) {
                    const two = `host ${show(port.node.host.name)} would send everything through ${culprit(other.declared)} and through ${culprit(port.declared)}`;
                    report(leg, `${two}, and wg-quick can have one full tunnel per host; use one exit`);
                }
                tunnels.set(port.node, other ?? port);
                const before = first.get(port.node) ?? leg;
                first.set(port.node, before);
                if (!excludesSame(before, leg)) {
                    report(leg, twoExcludes(port.node, before, leg));
                }
            }
        }
    }
    const found = new Set(outward.map((leg) => leg.to.node));
    for (const leg of outward) {
        const onward = tunnels.get(leg.to.node);
        if (onward !== undefined) {
            const reason = `exit host ${culprit(leg.to.node.host)} itself sends its internet traffic through ${culprit(onward.declared)}`;
            report(leg, `${reason}; an exit uses its own uplink`);
        }
    }
    // With two tunnels or a way that cannot be, who is behind which is anybody's guess.
    for (const leg of failures.length > 0 || tunnels.size === 0 ? [] : legs) {
        for (const failure of [...behindFullTunnel(leg, tunnels), ...openDevices(leg, tunnels)]) {
            once(failure);
        }
    }
    // Only when nothing else is wrong: most of what a device does with two tunnels is wrong for a better reason.
    for (const [node, leg] of failures.length > 0 ? [] : first) {
        for (const failure of secondOfDevice(node, leg, tunnels)) {
            once(failure);
        }
    }
    const excluded = new Map(
        [...first].flatMap(([node, leg]) => (leg.to.excluded.length === 0 ? [] : [[node, leg.to.excluded] as const])),
    );
    return { tunnels, excluded, exits: found, failures };
}

/**
 * The apps of devices know no FwMark, so nothing keeps packets of a second tunnel out of a full one; nor does a phone have two at once.
 * An interface without Peers counts too: its network would take the addresses of others in it away from the full tunnel.
 */
function secondOfDevice(node: Node, leg: Leg, tunnels: ReadonlyMap<Node, Port>): Failure[] {
    const tunnel = tunnels.get(node);
    const other = node.ports.find((port) => port !== tunnel);
    if (node.host.managed || tunnel === undefined || other === undefined) {
        return [];
    }
    const takes = `device ${culprit(node.host)} would send everything through ${culprit(tunnel.declared)}, also what belongs to its other interface ${culprit(other.declared)}`;
    const fix = "give it a connection, or declare two devices when only one of the two is up at a time";
    return [routeFailure(leg.flow, "to", leg.to, `${takes}; ${fix}`)];
}

function excludesSame(a: Leg, b: Leg): boolean {
    const texts = [a, b].map(({ to }) => to.excluded.map(formatPrefix).join());
    return texts[0] === texts[1];
}

/** The exceptions of a full tunnel are routes of the host, whoever's packets it sends there (render/wgQuick). */
function twoExcludes(node: Node, a: Leg, b: Leg): string {
    const what = ({ flow, to }: Leg) =>
        `route ${culprit(flow.route)} excludes ${to.excluded.length === 0 ? "nothing" : listing(to.excluded.map((prefix) => show(formatPrefix(prefix))))}`;
    return `${what(a)} and ${what(b)} from the one full tunnel of host ${show(node.host.name)}; give both routes the same exclude`;
}

/**
 * What a device holds in place of 0.0.0.0/0 when something is excluded: the rest, in the fewest prefixes. Phone and desktop apps know no
 * hooks to keep prefixes out of a full tunnel, and they bind the tunnel's own packets to the uplink, so that ordinary routes
 * do not make a loop of it. wg-quick does not (wireguard.md I11): a Linux machine must be managed to have a split tunnel.
 *
 * A piece inside what another Peer or a network of the device has would take packets from there.
 */
export function pieces(arc: Arc, excluded: readonly Prefix[], table: Table): Prefix[] {
    const { node } = arc.own;
    const others = [
        ...node.arcs.filter((other) => other !== arc).flatMap((other) => table.kept.get(other) ?? []),
        ...node.lans.map(({ prefix }) => prefix),
    ];
    const own = table.kept.get(arc) ?? [];
    const full = families.filter((family) => own.some((prefix) => prefix.family === family && prefix.length === 0));
    return [
        ...own.filter(({ length }) => length > 0),
        ...full
            .flatMap((family) => subtract([everything(family)], ofFamily(excluded, family)))
            .filter((piece) => !others.some((other) => contains(other, piece))),
    ];
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
    const hasMembers = (place: Place) => leg.families.some((family) => membersOf(place, family).length > 0);
    const isOnward = leg.chain.length > 0 || hasMembers(leg.from) || hasMembers(leg.to);
    // From a LAN of its own, only when there is another Peer that what the exit sends could go on to.
    const ends = [leg.from, leg.to].filter((place) =>
        place.lan === undefined ? leg.chain.length > 0 && hasMembers(place) : isOnward && place.node.arcs.length > 1,
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
    return [
        ...behindOneSide(leg.from, leg.to, leg.chain, leg, tunnels),
        ...behindOneSide(leg.to, leg.from, turned(leg.chain), leg, tunnels),
    ];
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
