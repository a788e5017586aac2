import { contains, overlaps, type Prefix, parsePrefix } from "../cidr";
import type { Failure } from "../failure";
import type { Declared, Route, RouteEnd } from "../graph";
import type { Declarations } from "./declarations";
import { endLabel, label } from "./labels";
import { type OwnAddress, prefixReason } from "./networks";
import { pools } from "./pools";
import { declaredAt, fail, listing, show } from "./text";

/** What a route leads to; undefined as soon as one part of it is not known from the declarations. */
function destinations(route: Route, prefixesOf: (end: RouteEnd) => readonly Prefix[]): readonly Prefix[] | undefined {
    const parts = route.to.map(prefixesOf);
    return parts.some((part) => part.length === 0) ? undefined : parts.flat();
}

/** Every excluded prefix reads, is given once, lies in what the route leads to, and something is left. */
export function usefulExcludes(declarations: Declarations): Failure[] {
    const everything = ["0.0.0.0/0", "::/0"].flatMap((text) => parsePrefix(text) ?? []);
    const poolOf = new Map(pools(declarations).map((pool) => [pool.owner.name, pool.prefix]));
    // None when one of them is not sound: what was meant by it is not known.
    const own = (name: string): readonly OwnAddress[] => {
        const sound = declarations.addressesOf.get(name) ?? [];
        return sound.length === declarations.interfaces.get(name)?.addresses?.length ? sound : [];
    };
    const prefixesOf = (end: RouteEnd): readonly Prefix[] => {
        switch (end.kind) {
            case "interface":
                return own(end.interface).map(({ address }) => address);
            case "network": {
                const pool = poolOf.get(end.interface);
                const networks = own(end.interface).map(({ network }) => network);
                return networks.length === 0 || pool === undefined ? networks : [...networks, pool];
            }
            case "lan": {
                const prefix = parsePrefix(end.prefix);
                return prefix === undefined ? [] : [prefix];
            }
            case "internet":
                return everything;
            default:
                return end satisfies never;
        }
    };
    return declarations.graph.routes.flatMap((route) =>
        route.exclude === undefined ? [] : excludesOf(route, destinations(route, prefixesOf), declarations),
    );
}

function excludesOf(route: Route, to: readonly Prefix[] | undefined, declarations: Declarations): Failure[] {
    const property = `${label(route.name)}.exclude`;
    const ends = () => listing(route.to.map((end) => endLabel(end) + declaredAt(declaredEnd(end, declarations))));
    const failures: Failure[] = [];
    const first = new Map<string, number>();
    const cut: { readonly text: string; readonly prefix: Prefix }[] = [];
    for (const [i, text] of (route.exclude ?? []).entries()) {
        const reason = prefixReason(text, "exclude");
        const prefix = parsePrefix(text);
        const other = first.get(text);
        first.set(text, other ?? i);
        if (reason !== undefined || prefix === undefined) {
            failures.push(fail(`${property}[${i}]`, route, reason ?? `must be a prefix, got ${show(text)}`));
        } else if (other !== undefined) {
            failures.push(fail(`${property}[${i}]`, route, `${show(text)} is already given at [${other}]`));
        } else if (to !== undefined && !to.some((one) => overlaps(one, prefix))) {
            failures.push(
                fail(
                    `${property}[${i}]`,
                    route,
                    `${show(text)} lies outside of ${ends()}, so there is nothing to cut out; leave it out`,
                ),
            );
        } else {
            cut.push({ text, prefix });
        }
    }
    if (to !== undefined && to.length > 0 && to.every((one) => cut.some(({ prefix }) => contains(prefix, one)))) {
        const all = listing(cut.map(({ text }) => show(text)));
        failures.push(fail(property, route, `${all} cut out everything that ${ends()} is; nothing would be left`));
    }
    return failures;
}

/** What an end is an end of. */
function declaredEnd(end: RouteEnd, { interfaces, hosts, lansOf }: Declarations): Declared {
    switch (end.kind) {
        case "interface":
        case "network":
            return interfaces.get(end.interface) ?? {};
        case "lan":
            return lansOf.get(end.host)?.find(({ prefix }) => prefix === end.prefix) ?? {};
        case "internet":
            return hosts.get(end.host) ?? {};
        default:
            return end satisfies never;
    }
}
