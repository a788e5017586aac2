import { formatAddress, formatPrefix, hostOf, type Prefix, parseAddress, parsePrefix } from "./cidr";
import { type Explanation, explainPair, noPair, pairsOf } from "./explanation";
import { quote } from "./failure";
import type { Graph, RouteEnd } from "./graph";
import type { Plan } from "./hostPlan";
import { plan } from "./main";
import { PlanIndex } from "./planIndex";
import { spotsOf } from "./spots";

/** What to ask about. */
export interface Question {
    /** Unset: everything. */
    readonly protocol?: "tcp" | "udp" | "icmp";
    /** 1-65535. Unset: every port. */
    readonly port?: number;
}

/**
 * Walks a packet through a plan, hop by hop: at each host the route, the Peer that owns the destination, the source check at the far
 * side, and the rule that lets it pass; then the same for the reply (S7).
 *
 * @param from An end of a route, or the name of an interface or host, or an address.
 * @example explain(graph, "ann-wg0", "bob-wg0", { protocol: "tcp", port: 443 }).lines.join("\n")
 * @throws InvalidGraphError when a graph is given that cannot be planned; Error when an end is not in the plan.
 */
export function explain(
    what: Graph | Plan,
    from: RouteEnd | string,
    to: RouteEnd | string,
    question: Question = {},
): Explanation {
    const index = new PlanIndex(isPlan(what) ? what : plan(what));
    const pairs = pairsOf(spotsOf(index, endOf(index, from)), spotsOf(index, endOf(index, to)));
    const [first] = pairs;
    if (first === undefined) {
        return noPair(describe(from), describe(to));
    }
    const service = { ...question, every: true };
    const all = pairs.map(([source, destination]) => explainPair(index, source, destination, service));
    // Several addresses stand for a network: it is reached when all are, and the first that is not tells most.
    return all.find((one) => !one.reaches) ?? all[0] ?? noPair(describe(from), describe(to));
}

function isPlan(what: Graph | Plan): what is Plan {
    // A graph names interfaces beside its hosts; a plan has them inside.
    return !("interfaces" in what);
}

function describe(end: RouteEnd | string): string {
    return typeof end === "string"
        ? quote(end)
        : quote(end.kind === "interface" || end.kind === "network" ? end.interface : end.host);
}

/** The end that a name, an address or a prefix means. */
function endOf(index: PlanIndex, text: RouteEnd | string): RouteEnd {
    if (typeof text !== "string") {
        return text;
    }
    if (index.interface(text) !== undefined) {
        return { kind: "interface", interface: text };
    }
    const [first] = index.hosts.get(text)?.plan.interfaces ?? [];
    if (first !== undefined) {
        return { kind: "interface", interface: first.name };
    }
    const address = parseAddress(text) ?? parsePrefix(text);
    const found = address === undefined ? undefined : endAt(index, address);
    if (found === undefined) {
        throw new Error(`${quote(text)} is no interface, host, address or LAN of mesh ${quote(index.plan.mesh)}`);
    }
    return found;
}

function endAt(index: PlanIndex, address: Prefix): RouteEnd | undefined {
    const owner = index.owner(address);
    const on = owner?.plan.interfaces.find((one) => one.addresses.some((text) => text.startsWith(`${formatAddress(address)}/`)));
    if (on !== undefined) {
        return { kind: "interface", interface: on.name };
    }
    for (const { plan: host } of index.hosts.values()) {
        const lan = host.lans.find(
            ({ prefix }) => prefix === formatPrefix(address) || parsePrefix(prefix)?.bits === hostOf(address).bits,
        );
        if (lan !== undefined) {
            return { kind: "lan", host: host.name, prefix: lan.prefix };
        }
    }
    return undefined;
}
