import { contains, equals, type Family, formatPrefix, hostOf, type Prefix } from "./cidr";
import { claimFailure, viaOf } from "./claimFailure";
import { type Claim, isSimple } from "./claims";
import type { Failure } from "./failure";
import { NextHops } from "./nextHops";
import type { Leg, Ownership } from "./ownership";
import { parts } from "./parts";
import { membersOf, type Place } from "./place";
import { PrefixMap } from "./prefixMap";
import { endLabel } from "./rules/labels";
import { show } from "./rules/text";
import { internetAddress } from "./spots";
import type { Node, Topology } from "./topology";

/** On one host: a prefix of a route, and inside it a narrower one that another Peer has. */
export interface Override {
    readonly node: Node;
    readonly inner: Claim;
    readonly outer: Claim;
}

/** An address and the host a packet for it ends at. */
interface Spot {
    readonly node: Node;
    readonly address: Prefix;
}

/**
 * Narrower prefixes with another Peer are fine when both ends of every flow see them, as with two members of a network that also peer
 * with each other. They are wrong when only one end does: the reply takes another way and the far side drops it (wireguard.md 6.3); and
 * when the other way leads past hosts whose firewall knows nothing of the flow, or only a narrower one.
 * Where no prefix lies inside another one's, paths are the same both ways by construction, so only the addresses inside are walked.
 */
export function asymmetries(topology: Topology, owned: Ownership, overrides: readonly Override[]): Failure[] {
    if (overrides.length === 0) {
        return [];
    }
    const walker = new Walker(topology, owned, overrides);
    const legs = legsByPrefix(owned.legs);
    const failures = new Map<string, Failure>();
    const walked = new Set<string>();
    for (const { node, inner, outer } of overrides) {
        const key = formatPrefix(inner.prefix);
        for (let found = legs.longest(inner.prefix); found !== undefined; found = legs.around(found.prefix)) {
            if (walked.has(`${key} ${formatPrefix(found.prefix)}`)) {
                continue;
            }
            walked.add(`${key} ${formatPrefix(found.prefix)}`);
            for (const { leg, here, there } of found.value) {
                const broken = split(inner, outer, leg, here) ?? walker.breaks(inner.prefix, leg, here, there);
                if (broken !== undefined) {
                    const two = `host ${show(node.host.name)} sends ${show(formatPrefix(outer.prefix))} through ${viaOf(outer)}, but ${show(key)} inside it through ${viaOf(inner)}`;
                    const reason = `${two}, so between ${endLabel(here.end)} and ${endLabel(there.end)} ${broken}; set cost on the Peers so that both go one way, or route to single interfaces instead of a network`;
                    const failure = claimFailure({ ...outer, flow: leg.flow, place: here }, reason);
                    failures.set(failure.property, failures.get(failure.property) ?? failure);
                }
            }
        }
    }
    return [...failures.values()];
}

/** A network and the interface it belongs to are one place: whoever sends to both for one route sends both the same way. */
function split(inner: Claim, outer: Claim, leg: Leg, here: Place): string | undefined {
    const own = here.end.kind === "network" && outer.flow === leg.flow ? (here.port?.hosts ?? []) : [];
    return own.some((address) => equals(address, inner.prefix))
        ? `the two directions would differ: packets for the network would not pass its own interface ${show(here.port?.declared.name)}`
        : undefined;
}

interface Use {
    readonly leg: Leg;
    readonly here: Place;
    readonly there: Place;
}

function legsByPrefix(legs: readonly Leg[]): PrefixMap<Use[]> {
    const found = new PrefixMap<Use[]>();
    for (const leg of legs) {
        for (const [here, there] of [
            [leg.from, leg.to],
            [leg.to, leg.from],
        ] as const) {
            for (const family of here.isInternet ? [] : leg.families) {
                for (const prefix of here.prefixes[family]) {
                    const uses = found.get(prefix);
                    if (uses === undefined) {
                        found.set(prefix, [{ leg, here, there }]);
                    } else {
                        uses.push({ leg, here, there });
                    }
                }
            }
        }
    }
    return found;
}

function isOn({ from, chain }: Leg, node: Node): boolean {
    return from.node === node || chain.some((arc) => arc.other.node === node);
}

/** Follows packets through the claims of all hosts. */
class Walker {
    private readonly owners = new PrefixMap<Node>();
    private readonly nextHops: NextHops;
    private readonly inner: readonly Prefix[];
    private readonly hops: number;

    constructor(
        topology: Topology,
        private readonly owned: Ownership,
        overrides: readonly Override[],
    ) {
        this.nextHops = new NextHops(owned);
        for (const port of topology.ports.values()) {
            for (const address of port.addresses) {
                this.owners.set(hostOf(address), port.node);
            }
        }
        this.inner = [...new Map(overrides.map(({ inner: { prefix } }) => [formatPrefix(prefix), prefix])).values()];
        this.hops = topology.nodes.length;
    }

    /** Why packets between an address of `here` and the places of `there` do not arrive, both ways by one way; undefined when they do. */
    breaks(inner: Prefix, leg: Leg, here: Place, there: Place): string | undefined {
        const [address = hostOf(inner)] = this.addressesIn(inner);
        const from = { node: this.owners.longest(address)?.value ?? here.node, address };
        for (const to of this.spots(there, inner.family)) {
            if (to.node !== from.node) {
                const [forth, back] = [this.walk(from, to), this.walk(to, from)];
                if (typeof forth === "string" || typeof back === "string") {
                    return `the two directions would differ: ${typeof forth === "string" ? forth : back}`;
                }
                const astray = forth.find((node) => !isOn(leg, node) && !this.isDeclaredAt(node, from, to));
                if (astray !== undefined) {
                    return `packets would pass host ${show(astray.host.name)}, where no route lets all of them through`;
                }
            }
        }
        return undefined;
    }

    /** Addresses that stand for a place: its own, and of its members all that are not plain spokes, and one that is. */
    private spots(place: Place, family: Family): Spot[] {
        if (place.isInternet) {
            return [{ node: place.node, address: internetAddress(family) }];
        }
        if (place.end.kind === "lan") {
            return place.prefixes[family]
                .flatMap((prefix) => this.addressesIn(prefix))
                .map((address) => ({ node: place.node, address }));
        }
        const members = membersOf(place, family).map((arc) => arc.other);
        const plain = members.find((port) => isSimple(port.node));
        const ports = [
            ...(place.port === undefined ? [] : [place.port]),
            ...members.filter((port) => port === plain || !isSimple(port.node)),
        ];
        return ports.flatMap((port) =>
            port.addresses
                .map(hostOf)
                .filter(
                    (address) => address.family === family && place.prefixes[family].some((prefix) => contains(prefix, address)),
                )
                .map((address) => ({ node: port.node, address })),
        );
    }

    /** An address of everything in a prefix that some host sends another way than the rest: of its narrower prefixes, and of what they leave. */
    private addressesIn(prefix: Prefix): Prefix[] {
        return parts(prefix, this.inner).flatMap(([first]) => (first === undefined ? [] : [hostOf(first)]));
    }

    /** The hosts that pass a packet on, or why it does not arrive. */
    private walk(from: Spot, to: Spot): readonly Node[] | string {
        const passed: Node[] = [];
        let node = from.node;
        for (let hop = 0; hop <= this.hops; hop++) {
            if (node === to.node) {
                return passed;
            }
            if (node !== from.node) {
                passed.push(node);
            }
            const arc = this.nextHops.claim(node, to.address)?.arc;
            if (arc === undefined) {
                return `host ${show(node.host.name)} has no way to ${show(formatPrefix(to.address))}`;
            }
            const back = this.nextHops.claim(arc.other.node, from.address)?.arc;
            if (back !== arc.back) {
                return `host ${show(arc.other.node.host.name)} does not accept ${show(formatPrefix(from.address))} from ${show(arc.own.declared.name)}`;
            }
            node = arc.other.node;
        }
        return "packets would circle";
    }

    /** True when a route that holds nothing back leads from one to the other through the host, so that its firewall lets them talk. */
    private isDeclaredAt(node: Node, { address: a }: Spot, { address: b }: Spot): boolean {
        const has = (place: Place, address: Prefix) => place.prefixes[address.family].some((prefix) => contains(prefix, address));
        return this.owned.legs.some(
            (leg) =>
                isOn(leg, node) &&
                !leg.flow.isNarrowed &&
                ((has(leg.from, a) && has(leg.to, b)) || (has(leg.from, b) && has(leg.to, a))),
        );
    }
}
