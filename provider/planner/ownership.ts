import type { Family, Prefix } from "./cidr";
import { type Claim, directClaims, isSimple } from "./claims";
import { entryOf, excludedMembers, peersWithAll } from "./members";
import type { Paths } from "./paths";
import { type Flow, membersOf, type Place } from "./place";
import { families } from "./prefixes";
import { PrefixMap } from "./prefixMap";
import { type Arc, hasFamily, type Node, type Port, type Topology, turned } from "./topology";

/** Two Peers that would get the same prefix on one host. */
export interface Dispute {
    readonly node: Node;
    readonly claims: readonly [Claim, Claim];
}

/** Prefixes that every member of an interface's network sends to that interface. */
export interface MemberClaim {
    readonly prefix: Prefix;
    readonly flow: Flow;
    readonly place: Place;
    /** Members that lie on the path themselves and know a nearer way. */
    readonly except: ReadonlySet<Node>;
}

/** A pair of ends of a flow and the path between their owners. */
export interface Leg {
    readonly flow: Flow;
    readonly from: Place;
    readonly to: Place;
    readonly chain: readonly Arc[];
    readonly families: readonly Family[];
}

/**
 * The function prefix -> Peer of every host, which is everything that follows from the routes: allowed IPs, kernel routes and accepted
 * sources are this one function read three ways.
 *
 * What all members of a network hold alike is kept once per interface (`shared`), not once per member: a hundred hubs with a hundred
 * spokes each and routes between all of them are ten thousand pairs of networks, but a million pairs of spokes and networks.
 */
export interface Ownership {
    /**
     * Everything for hosts that are more than a plain spoke; for plain spokes only what routes give to them alone. Hosts with one interface
     * that nothing but their Peers give something to are not here: in a full mesh that is all of them (see `claimsOf`).
     */
    readonly claims: ReadonlyMap<Node, PrefixMap<Claim>>;
    readonly shared: ReadonlyMap<Port, PrefixMap<MemberClaim>>;
    /** Members that some of the prefixes their network shares are not for, by the network's interface. */
    readonly excepted: ReadonlyMap<Port, ReadonlySet<Node>>;
    readonly disputes: readonly Dispute[];
    readonly legs: readonly Leg[];
    /** Pairs of ends that no chain of Peers connects. */
    readonly unreachable: readonly { readonly flow: Flow; readonly from: Place; readonly to: Place }[];
    /** Pairs of ends that have no address family in common. */
    readonly mute: readonly { readonly flow: Flow; readonly from: Place; readonly to: Place }[];
}

export function ownership(topology: Topology, flows: readonly Flow[], paths: Paths): Ownership {
    const builder = new Builder(topology);
    const legs: Leg[] = [];
    const unreachable: { flow: Flow; from: Place; to: Place }[] = [];
    const mute: { flow: Flow; from: Place; to: Place }[] = [];
    for (const flow of flows) {
        for (const from of flow.from) {
            for (const to of flow.to) {
                if (from.end.kind === to.end.kind && from.end.kind !== "network" && isSamePlace(from, to)) {
                    continue; // "each with each" names an interface or LAN on both sides; it needs no way to itself
                }
                const chain = paths.chain(from, to);
                const common = commonFamilies(from, to);
                if (common.length === 0) {
                    mute.push({ flow, from, to });
                } else if (chain === undefined) {
                    unreachable.push({ flow, from, to });
                } else {
                    const leg = { flow, from, to, chain, families: common };
                    legs.push(leg);
                    builder.claimLeg(leg);
                }
            }
        }
    }
    return {
        claims: builder.claims,
        shared: builder.shared,
        excepted: builder.excepted,
        disputes: builder.settle(),
        legs,
        unreachable,
        mute,
    };
}

function isSamePlace(a: Place, b: Place): boolean {
    return a.node === b.node && a.port === b.port && a.lan === b.lan;
}

/** A place is in a family when it has a prefix of it; the internet is, when the other end is and the exit's tunnel has an address. */
function commonFamilies(from: Place, to: Place): Family[] {
    return families.filter(
        (family) =>
            from.prefixes[family].length > 0 &&
            to.prefixes[family].length > 0 &&
            (!to.isInternet || to.node.ports.some((port) => hasFamily(port, family))),
    );
}

class Builder {
    readonly claims = new Map<Node, PrefixMap<Claim>>();
    readonly shared = new Map<Port, PrefixMap<MemberClaim>>();
    readonly excepted = new Map<Port, Set<Node>>();
    private readonly disputes = new Map<string, Dispute>();

    constructor(topology: Topology) {
        // A second interface may peer with the same remote one, and both Peers dispute its addresses.
        for (const node of topology.nodes) {
            if (!isSimple(node) && node.ports.length > 1) {
                this.claimsAt(node);
            }
        }
    }

    /** The claims of a host, made with those of its Peers when something else is claimed there, too. */
    private claimsAt(node: Node): PrefixMap<Claim> {
        let claims = this.claims.get(node);
        if (claims === undefined) {
            claims = new PrefixMap();
            this.claims.set(node, claims);
            for (const arc of isSimple(node) ? [] : node.arcs) {
                for (const claim of directClaims(arc)) {
                    this.claim(node, claim);
                }
            }
        }
        return claims;
    }

    claimLeg(leg: Leg): void {
        const { flow, from, to, chain } = leg;
        for (const family of leg.families) {
            for (const arc of chain) {
                this.claimAll(arc.own.node, arc, to, flow, family);
                this.claimAll(arc.other.node, arc.back, from, flow, family);
            }
            this.claimByMembers(from, to, leg, family);
            this.claimByMembers(to, from, leg, family);
        }
    }

    private claimAll(node: Node, arc: Arc, place: Place, flow: Flow, family: Family): void {
        for (const prefix of place.prefixes[family]) {
            this.claim(node, { prefix, arc, flow, place });
        }
    }

    /** The members of `network` send what is for `target` to the interface of their network. */
    private claimByMembers(network: Place, target: Place, leg: Leg, family: Family): void {
        if (membersOf(network, family).length === 0 || network.port === undefined) {
            return;
        }
        let shared = this.shared.get(network.port);
        if (shared === undefined) {
            shared = new PrefixMap();
            this.shared.set(network.port, shared);
        }
        const chain = network === leg.from ? leg.chain : turned(leg.chain);
        const except = new Set<Node>(chain.flatMap((arc) => [arc.own.node, arc.other.node]));
        for (const node of network.isCut ? excludedMembers(network, family) : []) {
            except.add(node);
        }
        for (const { other: member } of network.port.members[family]) {
            const entry = entryOf(member, chain, family);
            if (entry !== undefined && !except.has(member.node)) {
                except.add(member.node);
                for (const prefix of target.prefixes[family]) {
                    this.claim(member.node, { prefix, arc: entry.arc, flow: leg.flow, place: target });
                }
            }
        }
        const excepted = this.excepted.get(network.port) ?? new Set();
        this.excepted.set(network.port, excepted);
        for (const node of except) {
            excepted.add(node);
        }
        for (const prefix of target.prefixes[family]) {
            const known = shared.get(prefix);
            // A second flow to the same prefix ends at the same owner, so its path is the same; another owner of the same prefix is a
            // dispute on the network's own host. A member is left out only when both flows leave it out.
            const both = known === undefined ? except : new Set([...known.except].filter((node) => except.has(node)));
            shared.set(prefix, { prefix, flow: known?.flow ?? leg.flow, place: known?.place ?? target, except: both });
        }
    }

    /** Hands what members share to those members that have more than that one Peer, where it can meet other claims. */
    settle(): Dispute[] {
        for (const [port, shared] of this.shared) {
            const entries = shared.entries();
            for (const family of families) {
                for (const arc of port.members[family]) {
                    const node = arc.other.node;
                    if (isSimple(node)) {
                        continue;
                    }
                    const needsNetwork = !peersWithAll(arc, port.members[family]);
                    for (const { prefix, value } of entries) {
                        const isOwnNetwork = value.place.port === port && value.place.end.kind === "network";
                        if (prefix.family === family && !value.except.has(node) && (needsNetwork || !isOwnNetwork)) {
                            this.claim(node, { prefix, arc: arc.back, flow: value.flow, place: value.place });
                        }
                    }
                }
            }
        }
        return [...this.disputes.values()];
    }

    private claim(node: Node, claim: Claim): void {
        const claims = this.claimsAt(node);
        const old = claims.get(claim.prefix);
        if (old === undefined) {
            claims.set(claim.prefix, claim);
        } else if (old.arc !== claim.arc) {
            // Two Peers dispute once per host, however many prefixes they share.
            const key = `${node.host.name} ${[old.arc.link.rank, claim.arc.link.rank].sort().join(" ")}`;
            if (!this.disputes.has(key)) {
                this.disputes.set(key, { node, claims: [old, claim] });
            }
        }
    }
}
