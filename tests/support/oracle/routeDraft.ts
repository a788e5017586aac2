import type { Interface, Route, RouteEnd } from "../../../provider/planner/graph";
import type { Draft } from "./draft";
import { excludeOf } from "./excludeDraft";
import { parsePrefix } from "./ip";
import type { RouteRecipe } from "./recipe";
import { has, pick } from "./recipe";

interface Candidate {
    readonly end: RouteEnd;
    readonly host: string;
    readonly families: readonly (4 | 6)[];
    readonly nat: boolean;
}

const allows: readonly (readonly string[])[] = [
    ["tcp/443"],
    ["tcp/443", "icmp"],
    ["udp/53", "tcp/53"],
    ["tcp/8000-8100"],
    ["icmp"],
    ["tcp/22", "udp/5000-5010", "icmp"],
];

/** What few routes do: lead from ends of different kinds, to the internet and other places at once, or from each to each. */
const oddities = ["mixed", "one way", "each"] as const;

function isOdd(traits: number, what: (typeof oddities)[number]): boolean {
    return traits % 7 === oddities.indexOf(what);
}

export function addRoutes(draft: Draft, recipes: readonly RouteRecipe[]): void {
    const candidates = candidatesOf(draft);
    const groups = connectedHosts(draft);
    /** The exit each host uses for the internet, so that no host is sent to two. */
    const exits = new Map<string, string>();
    for (const recipe of recipes) {
        const first = pick(candidates, recipe.from[0] ?? 0);
        if (first === undefined || first.end.kind === "internet" || first.nat) continue;
        const group = groups.get(first.host);
        const near = (one: Candidate, other: Candidate) =>
            groups.get(other.host) === group && one.families.some((family) => other.families.includes(family));
        // Most exits are the next host; behind another one the hosts between would go there too.
        const isFarExit = (each: Candidate) =>
            each.end.kind === "internet" && !has(recipe.traits, 15) && !arePeers(draft, first.host, each.host);
        const toAll = candidates.filter(
            (each) =>
                !isFarExit(each) && (each.host !== first.host || each.end.kind === "network" || first.end.kind === "network"),
        );
        const to = choose(
            toAll.filter((each) => near(first, each)),
            recipe.to,
        );
        const others = choose(
            candidates.filter(
                (each) =>
                    !each.nat &&
                    each.end.kind !== "internet" &&
                    (each.end.kind === first.end.kind || isOdd(recipe.traits, "mixed")),
            ),
            recipe.from.slice(1),
        );
        const from = [...new Set([first, ...others])].filter((each) =>
            to.every((target) => near(each, target) && (target.end.kind !== "internet" || each.host !== target.host)),
        );
        const main = to[0];
        if (main === undefined || from.length === 0) continue;
        // The internet and LANs behind NAT are ends of their own kind: everything towards them goes one way.
        const isOneWay = (each: Candidate) => each.end.kind === "internet" || each.nat;
        const kept = isOdd(recipe.traits, "one way")
            ? to.filter((each) => each === main || (isOneWay(main) && each.end.kind !== "internet"))
            : main.end.kind === "internet"
              ? [main]
              : to.filter((each) => each.end.kind !== "internet" && each.nat === main.nat);
        if (main.end.kind === "internet" && !claimExit(draft, exits, from, main.host)) continue;
        // A Peer lets its two ends talk freely, so a route between them cannot be narrow.
        const isPlain = from.some((a) => kept.some((b) => arePeers(draft, a.host, b.host, a.end, b.end)));
        const isEach = isOdd(recipe.traits, "each") && from.length > 1 && !isOneWay(main);
        draft.routes.push(
            routeOf(draft, `route${draft.routes.length + 1}`, from, isEach ? from : kept, recipe.traits, isPlain || isEach),
        );
    }
}

function routeOf(
    draft: Draft,
    name: string,
    from: readonly Candidate[],
    to: readonly Candidate[],
    traits: number,
    isPlain: boolean,
): Route {
    const isOneWay = to.some((each) => each.nat || each.end.kind === "internet") || (!isPlain && traits % 4 === 1);
    const allow = !isPlain && has(traits, 4) && has(traits, 5) ? pick(allows, traits >>> 8) : undefined;
    const exclude = excludeOf(
        draft,
        to.map((each) => each.end),
        traits,
    );
    return {
        name,
        from: from.map((each) => each.end),
        to: to.map((each) => each.end),
        ...(isOneWay ? { initiate: "from" } : {}),
        ...(allow === undefined ? {} : { allow }),
        ...(exclude === undefined ? {} : { exclude }),
    };
}

function claimExit(draft: Draft, exits: Map<string, string>, from: readonly Candidate[], exit: string): boolean {
    const hosts = from.flatMap((each) => [
        each.host,
        ...(each.end.kind === "network" ? membersOf(draft, each.end.interface) : []),
    ]);
    if (hosts.some((host) => (exits.get(host) ?? exit) !== exit)) return false;
    for (const host of hosts) exits.set(host, exit);
    return true;
}

/** True when a Peer connects two hosts, or the two interfaces when both ends are interfaces. */
function arePeers(draft: Draft, a: string, b: string, from?: RouteEnd, to?: RouteEnd): boolean {
    const hosts = new Map(draft.interfaces.map((iface) => [iface.name, iface.host]));
    return draft.peers.some(({ between }) => {
        if (from === undefined || to === undefined)
            return between.some((name) => hosts.get(name) === a) && between.some((name) => hosts.get(name) === b);
        return (
            from.kind === "interface" &&
            to.kind === "interface" &&
            between.includes(from.interface) &&
            between.includes(to.interface)
        );
    });
}

function membersOf(draft: Draft, name: string): string[] {
    const names = draft.peers.flatMap(({ between: [a, b] }) => (a === name ? [b] : b === name ? [a] : []));
    return draft.interfaces.filter((iface) => names.includes(iface.name)).map((iface) => iface.host);
}

function choose(candidates: readonly Candidate[], choices: readonly number[]): Candidate[] {
    const chosen = choices.flatMap((choice) => pick(candidates, choice) ?? []);
    return [...new Set(chosen)];
}

function candidatesOf(draft: Draft): Candidate[] {
    const interfaces = draft.interfaces.flatMap((iface): Candidate[] => {
        const shared = { host: iface.host, families: familiesOf([iface]), nat: false };
        const own: Candidate = { ...shared, end: { kind: "interface", interface: iface.name } };
        const isNetwork = iface.listenPort !== undefined && iface.addresses?.some((text) => !/\/(32|128)$/.test(text)) === true;
        return isNetwork && iface.host.startsWith("hub")
            ? [own, { ...shared, end: { kind: "network", interface: iface.name } }]
            : [own];
    });
    const lans = draft.lans.map((lan): Candidate => {
        return {
            end: { kind: "lan", host: lan.host, prefix: lan.prefix },
            host: lan.host,
            families: [parsePrefix(lan.prefix).family],
            nat: lan.nat === true,
        };
    });
    const exits = draft.hosts.filter((host) => host.managed && host.name.startsWith("hub"));
    const internet = exits.map(
        (host): Candidate => ({
            end: { kind: "internet", host: host.name },
            host: host.name,
            families: familiesOf(draft.interfaces.filter((iface) => iface.host === host.name)),
            nat: false,
        }),
    );
    return [...interfaces, ...lans, ...lans, ...internet];
}

/** Interfaces of a pool get IPv4 addresses. */
function familiesOf(interfaces: readonly Interface[]): (4 | 6)[] {
    const addresses = interfaces.flatMap((iface) => iface.addresses ?? ["10.0.0.1"]);
    return [4 as const, 6 as const].filter((family) => addresses.some((text) => text.includes(":") === (family === 6)));
}

/** Hosts that some chain of peers connects have the same number. */
function connectedHosts(draft: Draft): Map<string, number> {
    const groups = new Map(draft.hosts.map((host, index) => [host.name, index]));
    const hostOf = new Map(draft.interfaces.map((iface) => [iface.name, iface.host]));
    for (const { between } of draft.peers) {
        const [a, b] = between.map((name) => groups.get(hostOf.get(name) ?? "") ?? -1);
        if (a === undefined || b === undefined) continue;
        for (const [host, group] of groups) if (group === b) groups.set(host, a);
    }
    return groups;
}
