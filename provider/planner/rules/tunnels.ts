import type { Failure } from "../failure";
import type { Interface, Peer } from "../graph";
import type { Declarations } from "./declarations";
import { label } from "./labels";
import { culprit, declaredAt, fail, show } from "./text";

/** True when other hosts can open a tunnel to this interface. */
function reachable({ hosts }: Declarations, one: Interface): boolean {
    return hasOwnEndpoint(one) || hosts.get(one.host)?.endpoint === true;
}

function hasOwnEndpoint({ endpoint }: Interface): boolean {
    return endpoint !== undefined && endpoint !== false;
}

/** What carries an interface's packets as an endpoint is another interface of the same host. */
export function endpointOnOwnHost({ graph, interfaces }: Declarations): Failure[] {
    return graph.interfaces.flatMap((one) => {
        const outer = typeof one.endpoint === "string" ? interfaces.get(one.endpoint) : undefined;
        if (outer === undefined || (outer.host === one.host && outer.name !== one.name)) {
            return [];
        }
        const rule = `must be another interface of host ${show(one.host)}`;
        const got = outer.name === one.name ? "got the interface itself" : `but ${culprit(outer)} is on host ${show(outer.host)}`;
        return [fail(`${label(one.name)}.endpoint`, one, `${rule}, ${got}`)];
    });
}

/** A tunnel connects two interfaces of two hosts. */
export function distinctEnds({ graph, tunnels }: Declarations): Failure[] {
    const failures: Failure[] = [];
    for (const peer of graph.peers) {
        const [first, second] = peer.between;
        if (first === second) {
            const reason = `a tunnel connects two interfaces, got ${show(first)} twice`;
            failures.push(fail(`${label(peer.name)}.between`, peer, reason));
        }
    }
    for (const { peer, one, other } of tunnels) {
        if (one.host === other.host && one !== other) {
            const both = `${culprit(one)} and ${culprit(other)} are both on host ${show(one.host)}`;
            const reason = `a tunnel connects two hosts, but ${both}; packets between them need no tunnel`;
            failures.push(fail(`${label(peer.name)}.between`, peer, reason));
        }
    }
    return failures;
}

/** One tunnel per pair of interfaces: WireGuard knows a peer by its key, so a second one would replace the first. */
export function onePeerPerPair({ tunnels, interfaces }: Declarations): Failure[] {
    const failures: Failure[] = [];
    const numbers = new Map([...interfaces.values()].map((one, i) => [one, i] as const));
    // By the pair as one number: there may be ten thousands.
    const first = new Map<number, Peer>();
    for (const { peer, one, other } of tunnels) {
        const [a, b] = [numbers.get(one) ?? 0, numbers.get(other) ?? 0];
        const pair = a < b ? a * numbers.size + b : b * numbers.size + a;
        const known = first.get(pair);
        if (known === undefined) {
            first.set(pair, peer);
        } else if (a !== b) {
            const both = [one.name, other.name].sort().map(show).join(" and ");
            const reason = `${both} are already connected by peer ${culprit(known)}; declare one Peer per pair`;
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
    const { graph, tunnels } = declarations;
    const open = new Set([...declarations.interfaces.values()].filter((one) => reachable(declarations, one)));
    const broken = tunnels.filter(({ one, other }) => !open.has(one) && !open.has(other) && one.host !== other.host);
    if (broken.length === 0) {
        return [];
    }
    // The first reachable neighbour of every interface, found in one pass: an unreachable hub with 10,000 peers stays linear.
    const hubOf = new Map<string, string>();
    for (const { one, other } of tunnels) {
        for (const [spoke, hub] of [
            [one, other],
            [other, one],
        ] as const) {
            if (!hubOf.has(spoke.name) && open.has(hub)) {
                hubOf.set(spoke.name, hub.name);
            }
        }
    }
    const anyHub = graph.interfaces.find((one) => open.has(one))?.name;
    return broken.map(({ peer, one: a, other: b }) => {
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
            hasOwnEndpoint(one) || host === undefined
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
