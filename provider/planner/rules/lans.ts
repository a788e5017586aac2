import { type Prefix, parsePrefix } from "../cidr";
import type { Failure } from "../failure";
import type { Declared, Lan } from "../graph";
import type { Declarations } from "./declarations";
import { lanLabel } from "./labels";
import { nestings } from "./nesting";
import { prefixReason } from "./networks";
import { pools } from "./pools";
import { culprit, declaredAt, fail, show } from "./text";

/** A LAN that reads as one. */
interface SoundLan {
    readonly lan: Lan;
    readonly prefix: Prefix;
}

function sound(lans: readonly Lan[]): SoundLan[] {
    return lans.flatMap((lan) => {
        const prefix = prefixReason(lan.prefix, "LAN") === undefined ? parsePrefix(lan.prefix) : undefined;
        return prefix === undefined ? [] : [{ lan, prefix }];
    });
}

/** Every LAN is a prefix of ordinary addresses, without host bits (S5). */
export function soundLans({ graph }: Declarations): Failure[] {
    return graph.lans.flatMap((lan) => {
        const reason = prefixReason(lan.prefix, "LAN");
        return reason === undefined ? [] : [fail(lanLabel(lan), lan, reason)];
    });
}

/** The LANs of one host do not overlap. That two hosts have the same LAN is legal as long as no host sees both, which the plan knows. */
export function disjointLans({ lansOf }: Declarations): Failure[] {
    const failures: Failure[] = [];
    for (const [host, lans] of lansOf) {
        for (const [inner, outer] of nestings(sound(lans), ({ prefix }) => prefix)) {
            const other = `${show(outer.lan.prefix)}${declaredAt(outer.lan)}`;
            const reason =
                inner.lan.prefix === outer.lan.prefix
                    ? `host ${show(host)} declares ${other} twice; use the first one for both`
                    : `overlaps LAN ${other} of the same host ${show(host)}; declare the wider one only, or parts that do not overlap`;
            failures.push(fail(lanLabel(inner.lan), inner.lan, reason));
        }
    }
    return failures;
}

/** Masquerading is set up by a push, so the host of such a LAN is a managed one. */
export function masqueradeIsManaged({ graph, hosts }: Declarations): Failure[] {
    return graph.lans.flatMap((lan) => {
        const host = hosts.get(lan.host);
        if (lan.nat !== true || host === undefined || host.managed) {
            return [];
        }
        const reason = `nat needs a host the library sets up, but ${culprit(host)} is a device; give it a connection or leave nat out`;
        return [fail(lanLabel(lan), lan, reason)];
    });
}

/** What a LAN may collide with, or the LAN itself. */
interface Claim {
    readonly prefix: Prefix;
    readonly declared: Declared;
    readonly text: string;
    readonly lan?: Lan;
    /** Completes "overlaps ...". */
    readonly noun: string;
}

/** LANs and the addresses of tunnels are apart: a packet for one would have two ways to go. */
export function lansApartFromTunnels(declarations: Declarations): Failure[] {
    const lans = sound(declarations.graph.lans);
    if (lans.length === 0) {
        return [];
    }
    const claims: Claim[] = lans.map(({ lan, prefix }) => ({
        prefix,
        declared: lan,
        text: lan.prefix,
        lan,
        noun: lanLabel(lan),
    }));
    // Thousands of members share one network; it is claimed once, by the first of them.
    const networks = new Set<string>();
    for (const own of [...declarations.addressesOf.values()].flat()) {
        if (!networks.has(own.networkText)) {
            networks.add(own.networkText);
            const noun = `network ${show(own.networkText)} of ${culprit(own.owner)}`;
            claims.push({ prefix: own.network, declared: own.owner, text: own.networkText, noun });
        }
    }
    for (const { owner, text, prefix } of pools(declarations)) {
        if (!networks.has(text)) {
            networks.add(text);
            claims.push({ prefix, declared: owner, text, noun: `pool ${show(text)} of ${culprit(owner)}` });
        }
    }
    const said = new Set<Lan>();
    const failures: Failure[] = [];
    for (const pair of nestings(
        claims,
        ({ prefix }) => prefix,
        (a, b) => (a.lan === undefined) !== (b.lan === undefined),
    )) {
        const [lan, tunnel] = pair[0].lan === undefined ? [pair[1], pair[0]] : pair;
        if (lan.lan !== undefined && !said.has(lan.lan)) {
            said.add(lan.lan);
            const reason = `overlaps ${tunnel.noun}; a LAN and the addresses of tunnels must be apart`;
            failures.push(fail(lanLabel(lan.lan), lan.lan, reason));
        }
    }
    return failures;
}
