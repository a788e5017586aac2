import type { Failure } from "../failure";
import type { Interface, Peer } from "../graph";
import type { Declarations } from "./declarations";
import { label } from "./labels";
import { culprit, declaredAt, fail, show } from "./text";

/** The two interfaces of a peer, when both are declared. */
function ends({ interfaces }: Declarations, peer: Peer): readonly [Interface, Interface] | undefined {
    const [a, b] = [interfaces.get(peer.between[0]), interfaces.get(peer.between[1])];
    return a === undefined || b === undefined ? undefined : [a, b];
}

/** True when other hosts can open a tunnel to this interface. */
function reachable({ hosts }: Declarations, one: Interface): boolean {
    return one.endpoint === true || hosts.get(one.host)?.endpoint === true;
}

/** A tunnel connects two interfaces of two hosts. */
export function distinctEnds(declarations: Declarations): Failure[] {
    const failures: Failure[] = [];
    for (const peer of declarations.graph.peers) {
        const reason = sameEndReason(declarations, peer);
        if (reason !== undefined) {
            failures.push(fail(`${label(peer.name)}.between`, peer, reason));
        }
    }
    return failures;
}

function sameEndReason(declarations: Declarations, peer: Peer): string | undefined {
    const [first, second] = peer.between;
    if (first === second) {
        return `a tunnel connects two interfaces, got ${show(first)} twice`;
    }
    const pair = ends(declarations, peer);
    if (pair === undefined || pair[0].host !== pair[1].host) {
        return undefined;
    }
    const both = `${culprit(pair[0])} and ${culprit(pair[1])} are both on host ${show(pair[0].host)}`;
    return `a tunnel connects two hosts, but ${both}; packets between them need no tunnel`;
}

/** One tunnel per pair of interfaces: WireGuard knows a peer by its key, so a second one would replace the first. */
export function onePeerPerPair({ graph }: Declarations): Failure[] {
    const failures: Failure[] = [];
    // By the name that sorts first, then by the other one.
    const first = new Map<string, Map<string, Peer>>();
    for (const peer of graph.peers) {
        const [one, two] = peer.between;
        const [a, b] = one < two ? [one, two] : [two, one];
        let known = first.get(a);
        if (known === undefined) {
            known = new Map();
            first.set(a, known);
        }
        const other = known.get(b);
        if (other === undefined) {
            known.set(b, peer);
        } else if (a !== b) {
            const reason = `${show(a)} and ${show(b)} are already connected by peer ${culprit(other)}; declare one Peer per pair`;
            failures.push(fail(`${label(peer.name)}.between`, peer, reason));
        }
    }
    return failures;
}

/** One side of every tunnel can be reached, or nobody could send the first packet. */
export function reachableSide(declarations: Declarations): Failure[] {
    if (!declarations.complete) {
        return [];
    }
    const { graph } = declarations;
    const broken: { readonly peer: Peer; readonly pair: readonly [Interface, Interface] }[] = [];
    for (const peer of graph.peers) {
        const pair = ends(declarations, peer);
        if (pair !== undefined && pair[0].host !== pair[1].host && !pair.some((one) => reachable(declarations, one))) {
            broken.push({ peer, pair });
        }
    }
    if (broken.length === 0) {
        return [];
    }
    // The first reachable neighbour of every interface, found in one pass: an unreachable hub with 10,000 peers stays linear.
    const hubOf = new Map<string, string>();
    for (const peer of graph.peers) {
        for (const [one, other] of [peer.between, [peer.between[1], peer.between[0]]] as const) {
            const hub = declarations.interfaces.get(other);
            if (hub !== undefined && !hubOf.has(one) && reachable(declarations, hub)) {
                hubOf.set(one, other);
            }
        }
    }
    const anyHub = graph.interfaces.find((one) => reachable(declarations, one))?.name;
    return broken.map(({ peer, pair: [a, b] }) => {
        const hub = hubOf.get(a.name) ?? hubOf.get(b.name) ?? anyHub;
        const via = hub === undefined ? "a hub that has an endpoint" : `a hub that has one (${show(hub)})`;
        const neither = `neither ${culprit(a)} on ${show(a.host)} nor ${culprit(b)} on ${show(b.host)} has an endpoint`;
        const fix = `set endpoint on one of the two hosts, or connect both to ${via} and declare a Route`;
        return fail(`${label(peer.name)}.between`, peer, `one side of a tunnel must be reachable, but ${neither}; ${fix}`);
    });
}

/** Who can be reached is reached at a port that stays the same. */
export function reachablePorts(declarations: Declarations): Failure[] {
    if (!declarations.complete) {
        return [];
    }
    return declarations.graph.interfaces.flatMap((one) => {
        const host = declarations.hosts.get(one.host);
        if (one.listenPort !== undefined || !reachable(declarations, one)) {
            return [];
        }
        const who =
            one.endpoint === true || host === undefined
                ? "it has an endpoint"
                : `host ${show(one.host)}${declaredAt(host)} has an endpoint`;
        const reason = `must be set to a port from 1 to 65535, because ${who} that others connect to, e.g. 51820`;
        return [fail(`${label(one.name)}.listenPort`, one, reason)];
    });
}

/** Two interfaces of one host cannot listen on the same port: the kernel refuses the second one with EADDRINUSE. */
export function uniquePorts({ interfacesOf }: Declarations): Failure[] {
    const failures: Failure[] = [];
    for (const [host, interfaces] of interfacesOf) {
        const first = new Map<number, Interface>();
        for (const one of interfaces) {
            if (one.listenPort === undefined) {
                continue;
            }
            const other = first.get(one.listenPort);
            if (other === undefined) {
                first.set(one.listenPort, one);
            } else {
                const reason = `port ${one.listenPort} of host ${show(host)} is already used by ${culprit(other)}`;
                failures.push(fail(`${label(one.name)}.listenPort`, one, `${reason}; every interface of a host needs its own`));
            }
        }
    }
    return failures;
}
