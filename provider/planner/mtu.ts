import type { Failure } from "./failure";
import type { Leg } from "./ownership";
import type { Place } from "./place";
import { label } from "./rules/labels";
import { culprit, declaredAt, fail, show } from "./rules/text";
import { hasFamily, type Port, type Topology } from "./topology";

/**
 * What WireGuard adds to a packet, in bytes: 32 of its own, 8 UDP, 40 IPv6. Over IPv4 it is 20 less, but whether an endpoint will
 * resolve to IPv4 is not known here, and a size that is right only sometimes is worse than 20 bytes.
 */
const overhead = 80;

const defaultUplinkMtu = 1500;

/** Least MTU of an interface that carries IPv6: below it the kernel takes IPv6 off (RFC 8200 section 5). */
const ipv6Minimum = 1280;

/** Interfaces that must have one MTU, and what bounds it. */
interface Group {
    mtu: number;
    because: string;
}

/**
 * The MTU of every interface: what the narrowest uplink among all interfaces it shares packets with leaves, or what one of them declares.
 *
 * Both ends of a tunnel get the same, and so do all tunnels along the path of a route: a packet that enters the first tunnel fits
 * through the last. Otherwise a hub would have to send "too big" errors from an address that the sender's allowed IPs need not accept,
 * and large packets would vanish (wireguard.md I9, I12). What has not come through a tunnel yet (LANs, the internet) is clamped instead.
 */
export function mtus(
    topology: Topology,
    legs: readonly Leg[],
): { readonly mtu: ReadonlyMap<Port, number>; readonly failures: readonly Failure[] } {
    const sets = new DisjointSets(topology.ports.size);
    for (const { arcs } of topology.links) {
        sets.join(arcs[0].own.index, arcs[0].other.index);
    }
    for (const { from, to, chain } of legs) {
        const [here, there] = [networkOf(from), networkOf(to)];
        const first = chain[0]?.own ?? here ?? there;
        // The two ends of every arc are together already.
        for (const port of [...chain.map((arc) => arc.own), here, there]) {
            if (port !== undefined && first !== undefined) {
                sets.join(port.index, first.index);
            }
        }
    }
    const groups: Group[] = [];
    for (const port of topology.ports.values()) {
        const root = sets.find(port.index);
        const group = groups[root] ?? { mtu: Number.POSITIVE_INFINITY, because: "" };
        groups[root] = group;
        narrow(group, port);
    }
    const failures: Failure[] = [];
    const mtu = new Map<Port, number>();
    for (const port of topology.ports.values()) {
        const group = groups[sets.find(port.index)];
        if (group === undefined) {
            continue;
        }
        mtu.set(port, group.mtu);
        const declared = port.declared.mtu;
        if (declared !== undefined && declared > group.mtu) {
            const rule = `must be at most ${group.mtu} bytes, because packets of that size would not fit ${group.because}`;
            failures.push(fail(`${label(port.declared.name)}.mtu`, port.declared, `${rule}, got ${declared}`));
        }
    }
    return { mtu, failures: [...failures, ...ipv6Failures(topology, legs, mtu)] };
}

function networkOf({ end, port }: Place): Port | undefined {
    return end.kind === "network" ? port : undefined;
}

function narrow(group: Group, port: Port): void {
    const { host } = port.node;
    const declared = port.declared.mtu;
    // A declared MTU is the user's word for its own uplink too: over IPv4 it may be 20 bytes more than the cautious value.
    const own = declared ?? (host.uplinkMtu ?? defaultUplinkMtu) - overhead;
    if (own < group.mtu) {
        group.mtu = own;
        group.because =
            declared === undefined
                ? `through the uplink of host ${culprit(host)}, whose uplinkMtu is ${host.uplinkMtu ?? defaultUplinkMtu}`
                : `through ${culprit(port.declared)}, whose mtu is ${declared}`;
    }
}

/** IPv6 crosses only interfaces that have room for it, whether they have an IPv6 address of their own or not. */
function ipv6Failures(topology: Topology, legs: readonly Leg[], mtu: ReadonlyMap<Port, number>): Failure[] {
    const failures = new Map<Port, Failure>();
    const check = (port: Port, why: string) => {
        const size = mtu.get(port) ?? ipv6Minimum;
        if (size < ipv6Minimum && !failures.has(port)) {
            const reason = `is ${size} bytes, but ${why} and IPv6 needs ${ipv6Minimum}; raise uplinkMtu or leave IPv6 out`;
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
