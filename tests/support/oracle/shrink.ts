import type { Graph, RouteEnd } from "../../../provider/planner/graph";

/**
 * Takes away one declaration after the other for as long as the graph still fails.
 *
 * fast-check shrinks the recipe, not the graph: a smaller recipe often gives another graph altogether, so this goes on from there.
 */
export function shrinkGraph(graph: Graph, fails: (graph: Graph) => boolean): Graph {
    let smallest = graph;
    for (let again = true; again; ) {
        again = false;
        for (const candidate of smaller(smallest)) {
            if (!fails(candidate)) continue;
            smallest = candidate;
            again = true;
            break;
        }
    }
    return smallest;
}

function* smaller(graph: Graph): Generator<Graph> {
    for (const host of graph.hosts) yield withoutHost(graph, host.name);
    for (const iface of graph.interfaces) yield withoutInterface(graph, iface.name);
    for (const peer of graph.peers) yield { ...graph, peers: graph.peers.filter((each) => each !== peer) };
    for (const lan of graph.lans ?? []) {
        const names = (end: RouteEnd) => end.kind === "lan" && end.host === lan.host && end.prefix === lan.prefix;
        yield withoutEnds({ ...graph, lans: (graph.lans ?? []).filter((each) => each !== lan) }, names);
    }
    const routes = graph.routes ?? [];
    for (const [at, route] of routes.entries()) {
        const put = (other: typeof route) => ({ ...graph, routes: routes.map((each, index) => (index === at ? other : each)) });
        yield { ...graph, routes: routes.filter((each) => each !== route) };
        if (route.from.length > 1)
            for (const end of route.from) yield put({ ...route, from: route.from.filter((each) => each !== end) });
        if (route.to.length > 1) for (const end of route.to) yield put({ ...route, to: route.to.filter((each) => each !== end) });
        for (const key of ["initiate", "allow", "exclude"] as const) if (route[key] !== undefined) yield put(without(route, key));
    }
    for (const [at, peer] of graph.peers.entries()) {
        for (const key of ["cost", "presharedKey", "persistentKeepalive"] as const) {
            if (peer[key] === undefined) continue;
            yield { ...graph, peers: graph.peers.map((each, index) => (index === at ? without(peer, key) : each)) };
        }
    }
    for (const [at, iface] of graph.interfaces.entries()) {
        if ((iface.addresses?.length ?? 0) < 2) continue;
        for (const address of iface.addresses ?? []) {
            yield {
                ...graph,
                interfaces: graph.interfaces.map((each, index) => (index === at ? { ...iface, addresses: [address] } : each)),
            };
        }
    }
}

function without<T extends object, K extends keyof T>(value: T, key: K): Omit<T, K> {
    const { [key]: _, ...rest } = value;
    return rest;
}

function withoutHost(graph: Graph, name: string): Graph {
    const own = graph.interfaces.filter((iface) => iface.host === name).map((iface) => iface.name);
    const lean = own.reduce(withoutInterface, graph);
    const lans = (graph.lans ?? []).filter((lan) => lan.host !== name);
    const names = (end: RouteEnd) => (end.kind === "lan" || end.kind === "internet") && end.host === name;
    return withoutEnds({ ...lean, hosts: graph.hosts.filter((host) => host.name !== name), lans }, names);
}

function withoutInterface(graph: Graph, name: string): Graph {
    const names = (end: RouteEnd) => (end.kind === "interface" || end.kind === "network") && end.interface === name;
    return withoutEnds(
        {
            ...graph,
            interfaces: graph.interfaces.filter((iface) => iface.name !== name),
            peers: graph.peers.filter((peer) => !peer.between.includes(name)),
        },
        names,
    );
}

function withoutEnds(graph: Graph, names: (end: RouteEnd) => boolean): Graph {
    const routes = (graph.routes ?? [])
        .map((route) => ({ ...route, from: route.from.filter((end) => !names(end)), to: route.to.filter((end) => !names(end)) }))
        .filter((route) => route.from.length > 0 && route.to.length > 0);
    return { ...graph, routes };
}
