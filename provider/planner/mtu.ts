import type { Failure } from "./failure";
import { type Limit, nestedBounds, overhead, settle } from "./mtuBounds";
import type { NestedTunnels } from "./nestedTunnels";
import type { Leg } from "./ownership";
import { networkOf } from "./place";
import { label } from "./rules/labels";
import { culprit, declaredAt, fail, show } from "./rules/text";
import { hasFamily, type Link, type Port, type Topology } from "./topology";

const defaultUplinkMtu = 1500;

/** Least MTU of an interface that carries IPv6: below it the kernel takes IPv6 off (RFC 8200 section 5). */
const ipv6Minimum = 1280;

/**
 * The MTU of every interface: what the narrowest uplink among all interfaces it shares packets with leaves, or what one of them declares.
 *
 * Both ends of a tunnel that is not nested get the same, and so do all tunnels along the path of a route: a packet that enters the first tunnel fits
 * through the last. Otherwise a hub would have to send "too big" errors from an address that the sender's allowed IPs need not accept,
 * and large packets would vanish (wireguard.md I9, I12). What has not come through a tunnel yet (LANs, the internet) is clamped instead.
 *
 * Interfaces of nested tunnels share with nobody: a route between an inner network and the outer one around it would ask for an MTU 80
 * bytes smaller than itself. So only what the packets need is asked for there: the interface a leg enters by is no larger than any that it
 * leaves by.
 */
export function mtus(
    topology: Topology,
    legs: readonly Leg[],
    nested: NestedTunnels,
): { readonly mtu: ReadonlyMap<Port, number>; readonly failures: readonly Failure[] } {
    const sets = new DisjointSets(topology.ports.size);
    const isShared = (port: Port | undefined) => port === undefined || !nested.inner.has(port);
    const apart: Link[] = [];
    for (const link of topology.links) {
        const { own, other } = link.arcs[0];
        if (isShared(own) && isShared(other)) {
            sets.join(own.index, other.index);
        } else {
            apart.push(link);
        }
    }
    for (const leg of legs) {
        const { from, to, chain } = leg;
        const [here, there] = [networkOf(from), networkOf(to)];
        if (!chain.every(({ own, other }) => isShared(own) && isShared(other)) || !isShared(here) || !isShared(there)) {
            continue;
        }
        const first = chain[0]?.own ?? here ?? there;
        // The two ends of every arc are together already.
        for (const port of [...chain.map((arc) => arc.own), here, there]) {
            if (port !== undefined && first !== undefined) {
                sets.join(port.index, first.index);
            }
        }
    }
    const groups: Limit[] = [];
    const limits = new Map<Port, Limit>();
    for (const port of topology.ports.values()) {
        const root = sets.find(port.index);
        const group = groups[root] ?? { mtu: Number.POSITIVE_INFINITY, because: "" };
        groups[root] = group;
        narrow(group, port);
        limits.set(port, group);
    }
    for (const { own, other } of apart.flatMap(({ arcs }) => arcs)) {
        narrow(limits.get(own), other);
    }
    // A leg through an inner interface, also one that only a member of its networks takes, can make an outer one smaller than the others that
    // share with it, so then every leg has to say.
    const circular = settle(limits, nestedBounds(nested, nested.inner.size > 0 ? legs : []));
    const failures = [...circular];
    const mtu = new Map<Port, number>();
    for (const [port, limit] of limits) {
        mtu.set(port, limit.mtu);
        const declared = port.declared.mtu;
        if (declared !== undefined && declared > limit.mtu && circular.length === 0) {
            const rule = `must be at most ${limit.mtu} bytes, because packets of that size would not fit ${limit.because}`;
            failures.push(fail(`${label(port.declared.name)}.mtu`, port.declared, `${rule}, got ${declared}`));
        }
    }
    return { mtu, failures: [...failures, ...ipv6Failures(topology, legs, mtu, nested)] };
}

function narrow(group: Limit | undefined, port: Port): void {
    const { host } = port.node;
    const declared = port.declared.mtu;
    // A declared MTU is the user's word for its own uplink too: over IPv4 it may be 20 bytes more than the cautious value.
    const own = declared ?? (host.uplinkMtu ?? defaultUplinkMtu) - overhead;
    if (group !== undefined && own < group.mtu) {
        group.mtu = own;
        group.because =
            declared === undefined
                ? `through the uplink of host ${culprit(host)}, whose uplinkMtu is ${host.uplinkMtu ?? defaultUplinkMtu}`
                : `through ${culprit(port.declared)}, whose mtu is ${declared}`;
    }
}

/** IPv6 crosses only interfaces that have room for it, whether they have an IPv6 address of their own or not. */
function ipv6Failures(
    topology: Topology,
    legs: readonly Leg[],
    mtu: ReadonlyMap<Port, number>,
    { inner }: NestedTunnels,
): Failure[] {
    const failures = new Map<Port, Failure>();
    const check = (port: Port, why: string) => {
        const size = mtu.get(port) ?? ipv6Minimum;
        if (size < ipv6Minimum && !failures.has(port)) {
            const fix = inner.has(port)
                ? "raise uplinkMtu, nest fewer tunnels or leave IPv6 out"
                : "raise uplinkMtu or leave IPv6 out";
            const reason = `is ${size} bytes, but ${why} and IPv6 needs ${ipv6Minimum}; ${fix}`;
            failures.set(port, fail(`${label(port.declared.name)}.mtu`, port.declared, reason));
        }
    };
    for (const port of topology.ports.values()) {
        if (port.declared.mtu === undefined && hasFamily(port, 6)) {
            check(port, `it has the IPv6 address ${show(port.declared.addresses?.find((text) => text.includes(":")))}`);
        }
    }
    for (const { flow, chain, families: used } of legs) {
        for (const arc of used.includes(6) ? chain : []) {
            check(arc.own, `route ${show(flow.route.name)}${declaredAt(flow.route)} carries IPv6 through it`);
            check(arc.other, `route ${show(flow.route.name)}${declaredAt(flow.route)} carries IPv6 through it`);
        }
    }
    return [...failures.values()];
}

/** Union-find with path halving over the numbers below `count`. */
class DisjointSets {
    private readonly parents: Int32Array;

    constructor(count: number) {
        this.parents = Int32Array.from({ length: count }, (_, i) => i);
    }

    find(item: number): number {
        let here = item;
        for (let up = this.parents[here] ?? here; up !== here; up = this.parents[here] ?? here) {
            this.parents[here] = this.parents[up] ?? up;
            here = up;
        }
        return here;
    }

    join(a: number, b: number): void {
        this.parents[this.find(a)] = this.find(b);
    }
}
