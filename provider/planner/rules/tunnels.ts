import type { Failure } from "../failure";
import type { Interface, Peer } from "../graph";
import type { Declarations } from "./declarations";
import { label } from "./labels";
import { culprit, declaredAt, fail, show } from "./text";

/** The two interfaces of a peer, when both are declared. */
function ends({ interfaces }: Declarations, peer: Peer): readonly [Interface, Interface] | undefined {
    const [a, b] = peer.between.map((name) => interfaces.get(name));
    return a === undefined || b === undefined ? undefined : [a, b];
}

/** True when other hosts can open a tunnel to this interface. */
function reachable({ hosts }: Declarations, one: Interface): boolean {
    return one.endpoint === true || hosts.get(one.host)?.endpoint === true;
}

/** A tunnel connects two interfaces of two hosts. */
export function distinctEnds(declarations: Declarations): Failure[] {
    return declarations.graph.peers.flatMap((peer) => {
        const property = `${label(peer.name)}.between`;
        const [first, second] = peer.between;
        if (first === second) {
            return [fail(property, peer, `a tunnel connects two interfaces, got ${show(first)} twice`)];
        }
        const pair = ends(declarations, peer);
        if (pair === undefined || pair[0].host !== pair[1].host) {
            return [];
        }
        const both = `${culprit(pair[0])} and ${culprit(pair[1])} are both on host ${show(pair[0].host)}`;
        return [fail(property, peer, `a tunnel connects two hosts, but ${both}; packets between them need no tunnel`)];
    });
}

/** One tunnel per pair of interfaces: WireGuard knows a peer by its key, so a second one would replace the first. */
export function onePeerPerPair({ graph }: Declarations): Failure[] {
    const failures: Failure[] = [];
    const first = new Map<string, Peer>();
    for (const peer of graph.peers) {
        const pair = JSON.stringify([...peer.between].sort());
        const other = first.get(pair);
        if (other === undefined) {
            first.set(pair, peer);
        } else if (peer.between[0] !== peer.between[1]) {
            const [a, b] = [...peer.between].sort();
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
    return graph.peers.flatMap((peer) => {
        const pair = ends(declarations, peer);
        if (pair === undefined || pair[0].host === pair[1].host || pair.some((one) => reachable(declarations, one))) {
            return [];
        }
        const [a, b] = pair;
        const hub = hubOf.get(a.name) ?? hubOf.get(b.name) ?? anyHub;
        const via = hub === undefined ? "a hub that has an endpoint" : `a hub that has one (${show(hub)})`;
        const neither = `neither ${culprit(a)} on ${show(a.host)} nor ${culprit(b)} on ${show(b.host)} has an endpoint`;
        const fix = `set endpoint on one of the two hosts, or connect both to ${via} and declare a Route`;
        return [fail(`${label(peer.name)}.between`, peer, `one side of a tunnel must be reachable, but ${neither}; ${fix}`)];
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
