import type { Graph, Route, RouteEnd } from "../../provider/planner/graph";
import type { HostPlan, InterfacePlan, PeerSection, Plan } from "../../provider/planner/hostPlan";

/**
 * A bug a planner could have, put in on purpose. Each changes one of the three things a planner handles: what it reads from
 * the graph, the plan it computes, or the text it writes. `undefined` means there is nothing in this one to get wrong.
 */
export type Mutation = { readonly name: string } & (
    | { readonly reads: (graph: Graph) => Graph | undefined }
    | { readonly plans: (plan: Plan) => Plan | undefined }
    | { readonly writes: (nftables: string) => string | undefined }
);

export const mutations: readonly Mutation[] = [
    // What it reads from the graph.
    { name: "allow is ignored", reads: (graph) => changeRoute(graph, "allow", without("allow")) },
    { name: "initiate is ignored", reads: (graph) => changeRoute(graph, "initiate", without("initiate")) },
    {
        name: "initiate is turned round",
        reads: (graph) => changeRoute(graph, "initiate", (route) => ({ ...route, from: route.to, to: route.from })),
    },
    { name: "exclude is not cut out", reads: (graph) => changeRoute(graph, "exclude", without("exclude")) },
    { name: "the last route is forgotten", reads: (graph) => changeRoutes(graph, (routes) => routes.slice(0, -1)) },
    {
        name: "only the first end of a route counts",
        reads: (graph) => changeRoutes(graph, (routes) => routes.map((route) => ({ ...route, to: route.to.slice(0, 1) }))),
    },
    {
        name: "a network is only its interface",
        reads: (graph) =>
            changeEnds(graph, (end) => (end.kind === "network" ? { kind: "interface", interface: end.interface } : end)),
    },
    {
        name: "an interface is its whole network",
        reads: (graph) =>
            changeEnds(graph, (end) => (end.kind === "interface" ? { kind: "network", interface: end.interface } : end)),
    },
    {
        name: "nat is ignored",
        reads: (graph) =>
            graph.lans?.some((lan) => lan.nat) ? { ...graph, lans: graph.lans.map(({ nat: _, ...lan }) => lan) } : undefined,
    },

    {
        name: "a nested endpoint is read as one on the internet",
        reads: (graph) =>
            graph.interfaces.some((iface) => typeof iface.endpoint === "string")
                ? {
                      ...graph,
                      interfaces: graph.interfaces.map((iface) =>
                          typeof iface.endpoint === "string" ? { ...iface, endpoint: true } : iface,
                      ),
                  }
                : undefined,
    },

    // The plan it computes.
    {
        name: "the last allowed IP of a peer is dropped",
        plans: (plan) =>
            changePeer(plan, (peer) =>
                peer.allowedIPs.length > 1 ? { ...peer, allowedIPs: peer.allowedIPs.slice(0, -1) } : undefined,
            ),
    },
    { name: "a hub's peer holds the /24", plans: (plan) => changePeer(plan, (peer) => widen(peer, "/32", 24)) },
    { name: "a network is widened to /16", plans: (plan) => changePeer(plan, (peer) => widen(peer, "/24", 16)) },
    { name: "two prefixes become one that covers a third", plans: (plan) => changePeer(plan, (peer) => widen(peer, "/32", 29)) },
    { name: "two peers' allowed IPs are swapped", plans: (plan) => changeInterface(plan, swapPeers) },
    { name: "one prefix in two peers", plans: (plan) => changeInterface(plan, sharePrefix) },
    {
        name: "a client gets 0.0.0.0/0 instead of its networks",
        plans: (plan) =>
            changePeer(plan, (peer) =>
                peer.allowedIPs.includes("0.0.0.0/0") ? undefined : { ...peer, allowedIPs: ["0.0.0.0/0"] },
            ),
    },
    {
        name: "a needless prefix",
        plans: (plan) => changePeer(plan, (peer) => ({ ...peer, allowedIPs: [...peer.allowedIPs, "10.99.0.0/16"] })),
    },
    {
        name: "IPv6 allowed IPs are forgotten",
        plans: (plan) => changePeer(plan, (peer) => filterIPs(peer, (text) => !text.includes(":"))),
    },
    {
        name: "IPv4 forwarding is forgotten",
        plans: (plan) =>
            changeHost(plan, (host) => (host.forward.ipv4 ? { ...host, forward: { ...host.forward, ipv4: false } } : undefined)),
    },
    {
        name: "IPv6 forwarding is forgotten",
        plans: (plan) =>
            changeHost(plan, (host) => (host.forward.ipv6 ? { ...host, forward: { ...host.forward, ipv6: false } } : undefined)),
    },
    {
        name: "keepalive is forgotten",
        plans: (plan) =>
            changePeer(plan, (peer) => (peer.persistentKeepalive === undefined ? undefined : withoutKeepalive(peer))),
    },
    { name: "keepalive is on the side that can be reached", plans: keepaliveOnTheOtherSide },
    {
        name: "an endpoint is forgotten",
        plans: (plan) => changePeer(plan, (peer) => (peer.endpoint ? { ...peer, endpoint: false } : undefined)),
    },
    {
        name: "a nested tunnel is opened outside of the one around it",
        plans: (plan) =>
            changePeer(plan, (peer) => (typeof peer.endpoint === "string" ? { ...peer, endpoint: true } : undefined)),
    },
    {
        name: "a nested endpoint has the port of the tunnel around it",
        plans: (plan) => changeNested(plan, (endpoint) => endpoint.replace(/\d+$/, "51820")),
    },
    {
        name: "a nested endpoint is an address of the inner tunnel itself",
        plans: (plan) =>
            changeNested(plan, (endpoint, { remote }) => {
                const own = plan.hosts.flatMap((host) => host.interfaces).find(({ name }) => name === remote)?.addresses[0];
                const address = own?.split("/")[0] ?? "";
                return endpoint.replace(/.*(?=:\d+$)/, address.includes(":") ? `[${address}]` : address);
            }),
    },
    {
        name: "nobody keeps a nested tunnel alive",
        plans: (plan) =>
            changePeer(plan, (peer) =>
                typeof peer.endpoint === "string" && peer.persistentKeepalive !== undefined ? withoutKeepalive(peer) : undefined,
            ),
    },
    {
        name: "a nested tunnel has the MTU of the one around it",
        plans: (plan) =>
            changeInterface(plan, (iface) =>
                iface.peers.some(({ endpoint }) => typeof endpoint === "string") ? { ...iface, mtu: iface.mtu + 80 } : undefined,
            ),
    },
    {
        name: "a full tunnel covers the way of a nested one",
        plans: (plan) =>
            changePeer(plan, (peer) =>
                peer.allowedIPs.includes("0.0.0.0/0")
                    ? filterIPs(peer, (text) => text === "0.0.0.0/0" || text.includes(":"))
                    : undefined,
            ),
    },
    {
        name: "a peer section is forgotten",
        plans: (plan) =>
            changeInterface(plan, (iface) => (iface.peers.length > 1 ? { ...iface, peers: iface.peers.slice(1) } : undefined)),
    },
    {
        name: "addresses get a mask that hides routes",
        plans: (plan) => {
            const wide = (iface: InterfacePlan) => ({
                ...iface,
                addresses: iface.addresses.map((text) => text.replace(/^(10\..*)\/\d+$/, "$1/8")),
            });
            return { ...plan, hosts: plan.hosts.map((host) => ({ ...host, interfaces: host.interfaces.map(wide) })) };
        },
    },
    {
        name: "one interface has a larger MTU",
        plans: (plan) => changeInterface(plan, (iface) => ({ ...iface, mtu: iface.mtu + 60 })),
    },
    {
        name: "what is left out of a full tunnel goes into it",
        plans: (plan) => changeInterface(plan, ({ excluded, ...iface }) => (excluded === undefined ? undefined : iface)),
    },
    {
        name: "answers to the outside go into the full tunnel",
        plans: (plan) =>
            changeHost(plan, (host) => {
                if (host.firewall?.bypassMark === undefined) return undefined;
                const { bypassMark: _, ...firewall } = host.firewall;
                return { ...host, firewall };
            }),
    },
    {
        name: "the preshared key is on one side only",
        plans: (plan) => changePeer(plan, (peer) => ({ ...peer, presharedKey: !peer.presharedKey })),
    },

    // The text it writes.
    { name: "the table is empty", writes: (text) => `table inet ${/table inet (\S+)/.exec(text)?.[1] ?? "x"} {\n}\n` },
    {
        name: "rules of routes are forgotten",
        writes: (text) => cutLines(text, (line) => /\baccept\b/.test(line) && /comment/.test(line)),
    },
    { name: "replies are not accepted", writes: (text) => cutLines(text, (line) => /ct state/.test(line)) },
    {
        name: "what no rule accepts passes",
        writes: (text) => replaceAll(text, /\b(drop|reject with icmpx admin-prohibited)( comment "[^"]*")?$/gm, "accept"),
    },
    { name: "there is no input chain", writes: (text) => cutHook(text, "input") },
    { name: "there is no forward chain", writes: (text) => cutHook(text, "forward") },
    { name: "there is no output chain", writes: (text) => cutHook(text, "output") },
    { name: "forged sources pass", writes: acceptForged },
    {
        name: "sources of the mesh may come from outside",
        writes: (text) => cutLines(text, (line) => /overlay source from outside/.test(line)),
    },
    {
        name: "the internet includes the mesh",
        writes: (text) => replaceAll(text, / ip6? daddr != (\{[^}]*\}|\S+)/g, ""),
    },
    {
        name: "the internet includes what is at the site of the exit",
        writes: (text) => replaceAll(text, /169\.254\.0\.0\/16, /g, ""),
    },
    {
        name: "the way back of a route has no rule",
        writes: (text) => cutLines(text, (line) => /\(back\)/.test(line)),
    },
    { name: "there is no anti-spoofing", writes: (text) => cutHook(text, "prerouting") },
    {
        name: "the host's own packets keep a source that no route knows",
        writes: (text) => cutLines(text, (line) => /\bsnat\b/.test(line)),
    },
    {
        name: "the host's own packets are rewritten though their source is declared",
        writes: (text) =>
            cutLines(text, (line) => /\boifname "[^"]*" ip6? saddr .* accept\b/.test(line) && !/ct state new/.test(line)),
    },
    {
        name: "the host's own packets may do more than the route",
        writes: (text) =>
            replaceAll(
                text,
                / (tcp|udp|meta) (dport|l4proto) (\{[^}]*\}|\S+)(?= (ct state new counter accept|counter snat))/g,
                "",
            ),
    },
    { name: "masquerade is missing", writes: (text) => cutLines(text, (line) => /masquerade/.test(line)) },
    {
        name: "everything is masqueraded",
        writes: (text) => (/masquerade/.test(text) ? text.replace(/^.*masquerade.*$/m, "masquerade") : undefined),
    },
    {
        name: "the policy drops traffic that is none of ours",
        writes: (text) => replaceAll(text, /policy accept/g, "policy drop"),
    },
    {
        name: "rules for IPv6 are forgotten",
        writes: (text) => cutLines(text, (line) => /\bip6 (saddr|daddr)\b.*accept/.test(line)),
    },
    { name: "ports are left out of rules", writes: (text) => replaceAll(text, / (tcp|udp) dport (\{[^}]*\}|\S+)/g, "") },
    {
        name: "sources are left out of rules",
        writes: (text) => replaceAll(text, /\bip6? saddr (!= )?(\{[^}]*\}|\S+) (?=.*accept)/g, ""),
    },
    {
        name: "destinations are left out of rules",
        writes: (text) => replaceAll(text, /\bip6? daddr (!= )?(\{[^}]*\}|\S+) (?=.*accept)/g, ""),
    },
];

function without(key: "allow" | "initiate" | "exclude"): (route: Route) => Route {
    return (route) => {
        const { [key]: _, ...rest } = route;
        return rest;
    };
}

function changeRoutes(graph: Graph, change: (routes: readonly Route[]) => readonly Route[]): Graph | undefined {
    return (graph.routes?.length ?? 0) === 0 ? undefined : { ...graph, routes: change(graph.routes ?? []) };
}

function changeRoute(graph: Graph, key: "allow" | "initiate" | "exclude", change: (route: Route) => Route): Graph | undefined {
    if (graph.routes?.some((route) => route[key] !== undefined) !== true) return undefined;
    return changeRoutes(graph, (routes) => routes.map((route) => (route[key] === undefined ? route : change(route))));
}

function changeEnds(graph: Graph, change: (end: RouteEnd) => RouteEnd): Graph | undefined {
    return changeRoutes(graph, (routes) =>
        routes.map((route) => ({ ...route, from: route.from.map(change), to: route.to.map(change) })),
    );
}

/** Changes the first host that the change applies to. */
function changeHost(plan: Plan, change: (host: HostPlan) => HostPlan | undefined): Plan | undefined {
    const changed = plan.hosts.map((host) => change(host));
    const at = changed.findIndex((host) => host !== undefined);
    return at < 0
        ? undefined
        : { ...plan, hosts: plan.hosts.map((host, index) => (index === at ? (changed[at] ?? host) : host)) };
}

function changeInterface(plan: Plan, change: (iface: InterfacePlan) => InterfacePlan | undefined): Plan | undefined {
    return changeHost(plan, (host) => {
        const changed = host.interfaces.map(change);
        const at = changed.findIndex((iface) => iface !== undefined);
        return at < 0
            ? undefined
            : { ...host, interfaces: host.interfaces.map((iface, index) => (index === at ? (changed[at] ?? iface) : iface)) };
    });
}

function changePeer(plan: Plan, change: (peer: PeerSection) => PeerSection | undefined): Plan | undefined {
    return changeInterface(plan, (iface) => {
        const changed = iface.peers.map(change);
        const at = changed.findIndex((peer) => peer !== undefined);
        return at < 0
            ? undefined
            : { ...iface, peers: iface.peers.map((peer, index) => (index === at ? (changed[at] ?? peer) : peer)) };
    });
}

function changeNested(plan: Plan, change: (endpoint: string, peer: PeerSection) => string): Plan | undefined {
    return changePeer(plan, (peer) =>
        typeof peer.endpoint === "string" ? { ...peer, endpoint: change(peer.endpoint, peer) } : undefined,
    );
}

/** Turns the first prefix of one length into a shorter one around it. */
function widen(peer: PeerSection, from: string, to: number): PeerSection | undefined {
    const at = peer.allowedIPs.findIndex((text) => !text.includes(":") && text.endsWith(from));
    const text = peer.allowedIPs[at];
    if (text === undefined) return undefined;
    const octets = text.split("/")[0]?.split(".").map(Number) ?? [];
    const kept = octets.map((octet, index) => octet & ~(255 >>> Math.min(8, Math.max(0, to - 8 * index))));
    return { ...peer, allowedIPs: peer.allowedIPs.map((each, index) => (index === at ? `${kept.join(".")}/${to}` : each)) };
}

function swapPeers(iface: InterfacePlan): InterfacePlan | undefined {
    const [first, second, ...rest] = iface.peers;
    if (first === undefined || second === undefined) return undefined;
    return {
        ...iface,
        peers: [{ ...first, allowedIPs: second.allowedIPs }, { ...second, allowedIPs: first.allowedIPs }, ...rest],
    };
}

function sharePrefix(iface: InterfacePlan): InterfacePlan | undefined {
    const [first, second, ...rest] = iface.peers;
    const prefix = first?.allowedIPs[0];
    if (first === undefined || second === undefined || prefix === undefined) return undefined;
    return { ...iface, peers: [first, { ...second, allowedIPs: [...second.allowedIPs, prefix] }, ...rest] };
}

function filterIPs(peer: PeerSection, keep: (text: string) => boolean): PeerSection | undefined {
    const allowedIPs = peer.allowedIPs.filter(keep);
    return allowedIPs.length === peer.allowedIPs.length || allowedIPs.length === 0 ? undefined : { ...peer, allowedIPs };
}

function withoutKeepalive(peer: PeerSection): PeerSection {
    const { persistentKeepalive: _, ...rest } = peer;
    return rest;
}

function keepaliveOnTheOtherSide(plan: Plan): Plan | undefined {
    const quiet = plan.hosts
        .flatMap((host) => host.interfaces)
        .flatMap((iface) => iface.peers.filter((peer) => peer.persistentKeepalive !== undefined));
    const [peer] = quiet.filter((each) => quiet.filter((other) => other.peer === each.peer).length === 1);
    if (peer === undefined) return undefined;
    const turn = (each: PeerSection): PeerSection =>
        each.peer !== peer.peer ? each : each === peer ? withoutKeepalive(each) : { ...each, persistentKeepalive: 25 };
    const interfaces = (host: HostPlan) => host.interfaces.map((iface) => ({ ...iface, peers: iface.peers.map(turn) }));
    return { ...plan, hosts: plan.hosts.map((host) => ({ ...host, interfaces: interfaces(host) })) };
}

function replaceAll(text: string, pattern: RegExp, by: string | ((match: string) => string)): string | undefined {
    const changed = typeof by === "string" ? text.replace(pattern, by) : text.replace(pattern, by);
    return changed === text ? undefined : changed;
}

function cutLines(text: string, cut: (line: string) => boolean): string | undefined {
    const kept = text.split("\n").filter((line) => !cut(line));
    return kept.length === text.split("\n").length ? undefined : kept.join("\n");
}

/** Empties the base chains of one hook: their rules go, their head stays. */
function cutHook(text: string, hook: string): string | undefined {
    let inside = false;
    return cutLines(text, (line) => {
        if (/^\s*\}\s*$/.test(line)) inside = false;
        const isRule = inside;
        if (line.includes(`hook ${hook} `)) inside = true;
        return isRule;
    });
}

/** Turns what the anti-spoofing chains of the interfaces drop into accepts. */
function acceptForged(text: string): string | undefined {
    return replaceAll(text, /chain from_[^}]*?\{\n(?:[^\n]*\n)*?\t\}/g, (chain) => chain.replace(/\bdrop\b/g, "accept"));
}
