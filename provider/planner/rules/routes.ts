import type { Failure } from "../failure";
import type { RouteEnd } from "../graph";
import type { Declarations } from "./declarations";
import { endLabel, label, lanLabel } from "./labels";
import { declaredAt, fail, show } from "./text";

/** Two ends are the same when they are written the same. */
export function sameEnd(a: RouteEnd, b: RouteEnd): boolean {
    return endLabel(a) === endLabel(b);
}

/** A route has something at both of its sides. */
export function nonEmptySides({ graph, complete }: Declarations): Failure[] {
    if (!complete) {
        return [];
    }
    return graph.routes.flatMap((route) =>
        (["from", "to"] as const)
            .filter((side) => route[side].length === 0)
            .map((side) =>
                fail(
                    `${label(route.name)}.${side}`,
                    route,
                    "must name at least one interface, network, LAN or host.internet, got an empty list",
                ),
            ),
    );
}

/** The same end is given once per side. */
export function distinctSides({ graph }: Declarations): Failure[] {
    return graph.routes.flatMap((route) =>
        (["from", "to"] as const).flatMap((side) => {
            if (route[side].length < 2) {
                return [];
            }
            const first = new Map<string, number>();
            return route[side].flatMap((end, i) => {
                const text = endLabel(end);
                const other = first.get(text);
                first.set(text, other ?? i);
                return other === undefined
                    ? []
                    : [fail(`${label(route.name)}.${side}[${i}]`, route, `${text} is already given at [${other}]`)];
            });
        }),
    );
}

/**
 * A route leads somewhere else. From a network to the same network is legal: its members talk to each other through the hub (S2).
 * So is the same list on both sides, which means each with each, as long as there are two of them.
 */
export function differentSides({ graph }: Declarations): Failure[] {
    return graph.routes.flatMap((route) => {
        const [from, otherFrom] = route.from;
        const [to, otherTo] = route.to;
        if (from === undefined || to === undefined || otherFrom !== undefined || otherTo !== undefined) {
            return [];
        }
        return from.kind !== "network" && sameEnd(from, to)
            ? [
                  fail(
                      `${label(route.name)}.to[0]`,
                      route,
                      `a route leads to another place, but from and to are both ${endLabel(to)}`,
                  ),
              ]
            : [];
    });
}

/** The internet is only ever a destination. */
export function internetOnlyTo(declarations: Declarations): Failure[] {
    return declarations.ends.flatMap(({ property, declared, side, end }) => {
        if (end.kind !== "internet" || side === "to") {
            return [];
        }
        const reason = `${endLabel(end)} can only stand in "to": behind masquerading nothing on the internet can open a flow; swap from and to`;
        return [fail(property(), declared, reason)];
    });
}

/** Packets leave to the internet through a host that the library sets up. */
export function exitIsManaged(declarations: Declarations): Failure[] {
    return declarations.ends.flatMap(({ property, declared, end }) => {
        const host = end.kind === "internet" ? declarations.hosts.get(end.host) : undefined;
        if (host === undefined || host.managed) {
            return [];
        }
        const reason = `${show(host.name)}${declaredAt(host)} is a device, so nothing there can be set up to masquerade; give it a connection`;
        return [fail(property(), declared, `${reason}, or use the internet of a managed host`)];
    });
}

/** A LAN at the end of a route is one that its host declares. */
export function declaredLans(declarations: Declarations): Failure[] {
    if (!declarations.complete) {
        return [];
    }
    const declaredAs = new Set(declarations.graph.lans.map(lanLabel));
    return declarations.ends.flatMap(({ property, declared, end }) => {
        if (end.kind !== "lan" || !declarations.hosts.has(end.host) || declaredAs.has(lanLabel(end))) {
            return [];
        }
        const lans = declarations.lansOf.get(end.host) ?? [];
        const known = [...new Set(lans.map((lan) => show(lan.prefix)))];
        const help =
            known.length === 0
                ? "it declares none"
                : known.length === 1
                  ? `did you mean ${known[0]}?`
                  : `it declares ${known.slice(0, 5).join(", ")}`;
        return [fail(property(), declared, `host ${show(end.host)} declares no LAN ${show(end.prefix)}; ${help}`)];
    });
}
