import type { Failure } from "./failure";
import { entryOf } from "./members";
import type { NestedTunnels } from "./nestedTunnels";
import type { Leg } from "./ownership";
import { membersOf, networkOf, type Place } from "./place";
import { routeFailure } from "./routeFailure";
import { culprit, show } from "./rules/text";
import { type Port, turned } from "./topology";

/**
 * What WireGuard adds to a packet, in bytes: 32 of its own, 8 UDP, 40 IPv6. Over IPv4 it is 20 less, but whether an endpoint will
 * resolve to IPv4 is not known here, and a size that is right only sometimes is worse than 20 bytes.
 */
export const overhead = 80;

/** The MTU of one interface, or of several that have the same, and what bounds it. */
export interface Limit {
    mtu: number;
    /** Completes "would not fit ...". */
    because: string;
    /** The last bound that lowered it. Unset: an uplink or a declared MTU. */
    readonly bound?: Bound;
}

/** One interface must not take packets that do not fit another: a tunnel around it, or, for a leg, one that its packets go on by. */
interface Bound {
    readonly own: Port;
    readonly by: Port;
    readonly less: 0 | typeof overhead;
    readonly leg?: Leg;
}

/** What nested tunnels ask of the ones around them, and legs of the interfaces that they enter by. */
export function nestedBounds(nested: NestedTunnels, legs: readonly Leg[]): Bound[] {
    return nested.failures.length > 0 ? [] : [...outerBounds(nested), ...legs.flatMap(legBounds)];
}

/** Both ends of a nested Peer fit every interface that its packets leave by, whoever of the two sends. */
function outerBounds({ ways }: NestedTunnels): Bound[] {
    return [...ways.values()].flatMap(({ arc, there, back }) =>
        [...there, ...back].flatMap(({ own: by }) => [arc.own, arc.other].map((own) => ({ own, by, less: overhead }))),
    );
}

/**
 * In each direction: what enters by the first interface fits every later one. The members of a network enter by their own, where they join
 * the path, and those that lie on it by the one that it leaves them by.
 */
function legBounds(leg: Leg): Bound[] {
    const forth = doors(leg.from, leg.chain, leg.to, leg);
    const back = doors(leg.to, turned(leg.chain), leg.from, leg);
    return [...forth, ...back];
}

function doors(from: Place, chain: Leg["chain"], to: Place, leg: Leg): Bound[] {
    const last = networkOf(to);
    const path = [...chain.map((arc) => arc.own), ...(last === undefined ? [] : [last])];
    const members = leg.families.flatMap((family) =>
        membersOf(from, family)
            .filter(({ other }) => other.node !== to.node)
            .map(({ other: own }) => {
                const at = path.findIndex(({ node }) => node === own.node);
                return at < 0 ? [own, ...path.slice((entryOf(own, chain, family)?.place ?? -1) + 1)] : path.slice(at);
            }),
    );
    // Members of the far network that join the path before its end are sent to from there, by another interface.
    const back = turned(chain);
    const exits = leg.families.flatMap((family) =>
        membersOf(to, family).flatMap(({ other }) => entryOf(other, back, family)?.arc.other ?? []),
    );
    const starts = [path, ...members].map(([own]) => own);
    const early = exits.flatMap((exit) => starts.filter((own) => own?.node !== exit.node).map((own) => [own, exit]));
    const ways: readonly (readonly (Port | undefined)[])[] = [path, ...members, ...early];
    return ways.flatMap(([own, ...later]) =>
        later.flatMap((by) => (own === undefined || by === undefined || by === own ? [] : [{ own, by, less: 0 as const, leg }])),
    );
}

/** Lowers every limit until all bounds hold. A limit that would bound itself has no solution: then the leg that asks for it is wrong. */
export function settle(limits: Map<Port, Limit>, bounds: readonly Bound[]): Failure[] {
    for (let isLowered = bounds.length > 0; isLowered; ) {
        isLowered = false;
        for (const bound of bounds) {
            const { own, by, less } = bound;
            const room = (limits.get(by)?.mtu ?? 0) - less;
            if (room < (limits.get(own)?.mtu ?? 0)) {
                limits.set(own, {
                    mtu: room,
                    because: `${less === 0 ? "through" : "inside"} ${culprit(by.declared)}, whose mtu is ${room + less}`,
                    bound,
                });
                const ring = ringFrom(bound, limits);
                if (ring !== undefined) {
                    return contradiction(ring);
                }
                isLowered = true;
            }
        }
    }
    return [];
}

/** The bounds that lead from one back to its own interface. */
function ringFrom(start: Bound, limits: ReadonlyMap<Port, Limit>): readonly Bound[] | undefined {
    const ring = [start];
    for (let next = limits.get(start.by)?.bound; next !== undefined; next = limits.get(next.by)?.bound) {
        if (next === start) {
            return ring;
        }
        ring.push(next);
    }
    return undefined;
}

/** Nested tunnels alone are never a ring (see `nestedTunnels`), nor are legs alone, so both are in it. */
function contradiction(ring: readonly Bound[]): Failure[] {
    const inside = ring.find(({ less }) => less === overhead);
    const through = ring.find((one) => one.leg !== undefined);
    if (inside === undefined || through?.leg === undefined) {
        return [];
    }
    const { leg, own, by } = through;
    const leads = `leads packets from ${culprit(own.declared)} through ${culprit(by.declared)}, but packets of ${culprit(inside.own.declared)} travel inside ${show(inside.by.declared.name)}`;
    const fix = "so no MTU is small enough for both; end the route at interfaces that carry no other tunnel";
    return [routeFailure(leg.flow, "to", leg.to, `${leads}, ${fix}`)];
}
