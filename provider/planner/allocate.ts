import { contains, formatAddress, formatPrefix, hostOf, masked, maxLength, overlaps, type Prefix, parsePrefix } from "./cidr";
import { compare } from "./compare";
import type { Failure } from "./failure";
import type { Graph, Interface } from "./graph";
import { append, groupBy } from "./groupBy";
import { label } from "./rules/labels";
import { culprit, declaredAt, fail, show } from "./rules/text";

/** Addresses for all interfaces that declare none. */
export interface Allocation {
    /** By interface name, sorted; what `Graph.allocations` of the next run should hold: `{ "ann-wg0": ["10.0.0.2/24"] }`. */
    readonly allocations: Readonly<Record<string, readonly string[]>>;
    /** Pools with too few addresses, and remembered addresses that somebody declared since. */
    readonly failures: readonly Failure[];
}

/**
 * Gives every interface without addresses one from each pool it peers with.
 *
 * Nobody is ever renumbered: what is remembered stays, as long as it lies in the pool. A new member starts at a place that depends on its
 * name alone and takes the first free address from there on, so that even when nothing is remembered, adding or removing a member moves
 * only those whose names give the same place. (Taking the lowest free address would renumber everybody behind it.)
 *
 * @example allocate(graph).allocations // { "ann-wg0": ["10.0.0.166/24"] }: keep it and put it into the next graph
 */
export function allocate(graph: Graph): Allocation {
    const interfaces = new Map(graph.interfaces.map((one) => [one.name, one]));
    const taken = new Map<string, Interface>();
    for (const one of graph.interfaces.some(({ addresses }) => addresses === undefined) ? graph.interfaces : []) {
        for (const text of one.addresses ?? []) {
            const address = parsePrefix(text);
            if (address !== undefined) {
                taken.set(formatAddress(address), one);
            }
        }
    }
    const failures: Failure[] = [];
    const unaddressed = [...graph.interfaces]
        .sort((a, b) => compare(a.name, b.name))
        .filter((one) => one.addresses === undefined);
    const peers = unaddressed.length === 0 ? new Map<string, string[]>() : peersByInterface(graph);
    const wishes = unaddressed.flatMap((one) => poolsOf(peers.get(one.name) ?? [], interfaces).map((pool) => ({ one, pool })));
    const addressed = wishes.length === 0 ? [] : graph.interfaces.filter(({ addresses }) => addresses !== undefined);
    const neighbours = groupBy(addressed, ({ host }) => host);
    failures.push(...wishes.flatMap(({ one, pool }) => besidePool(one, pool, neighbours.get(one.host) ?? [])));
    const given = new Map<Interface, string[]>();
    const give = (one: Interface, address: Prefix, pool: Pool) => {
        taken.set(formatAddress(address), one);
        given.set(one, [...(given.get(one) ?? []), formatPrefix({ ...address, length: pool.prefix.length })]);
    };
    const fresh = wishes.filter(({ one, pool }) => {
        const remembered = (graph.allocations?.[one.name] ?? [])
            .flatMap((text) => parsePrefix(text) ?? [])
            .find((address) => contains(pool.prefix, hostOf(address)));
        if (remembered === undefined) {
            return true;
        }
        const owner = taken.get(formatAddress(remembered));
        if (owner !== undefined && owner !== one) {
            const whose = `${show(formatAddress(remembered))} was assigned to ${culprit(one)} earlier and now belongs to ${culprit(owner)} too`;
            failures.push(
                fail(`${label(owner.name)}.addresses`, owner, `${whose}; choose another address for ${show(owner.name)}`),
            );
            return false;
        }
        give(one, remembered, pool);
        return false;
    });
    for (const { one, pool } of fresh) {
        const address = firstFree(one.name, pool.prefix, (candidate) => taken.has(formatAddress(candidate)));
        if (address === undefined) {
            const full = `pool ${show(formatPrefix(pool.prefix))} of ${culprit(pool.owner)} has no address left for ${show(one.name)}`;
            failures.push({
                property: `${label(pool.owner.name)}.allocate`,
                reason: `${full}${declaredAt(one)}: all ${usable(pool.prefix)} are taken; widen the pool or give members addresses of their own`,
            });
        } else {
            give(one, address, pool);
        }
    }
    return { allocations: Object.fromEntries([...given].map(([one, addresses]) => [one.name, addresses])), failures };
}

/** The network of another interface of the host would take packets from a member, as with two declared networks (rules/addresses). */
function besidePool(one: Interface, pool: Pool, others: readonly Interface[]): Failure[] {
    return others.flatMap((other) => {
        const network = (other.addresses ?? [])
            .flatMap((text) => parsePrefix(text) ?? [])
            .find((own) => overlaps(own, pool.prefix));
        if (network === undefined) {
            return [];
        }
        const gets = `gets an address from pool ${show(formatPrefix(pool.prefix))} of ${culprit(pool.owner)}`;
        const overlap = `network ${show(formatPrefix(masked(network)))} of ${culprit(other)} on the same host ${show(one.host)} overlaps it`;
        return [fail(`${label(one.name)}.addresses`, one, `${gets}, but ${overlap}; give each interface a network of its own`)];
    });
}

/** The graph with every allocated address filled in. */
export function withAddresses(graph: Graph, allocation: Allocation): Graph {
    const interfaces = graph.interfaces.map((one) => {
        const addresses = one.addresses ?? allocation.allocations[one.name];
        return addresses === undefined ? one : { ...one, addresses };
    });
    return { ...graph, interfaces };
}

interface Pool {
    readonly owner: Interface;
    readonly prefix: Prefix;
}

function peersByInterface({ peers }: Graph): Map<string, string[]> {
    const found = new Map<string, string[]>();
    for (const { between } of peers) {
        for (const [own, other] of [between, [between[1], between[0]]] as const) {
            append(found, own, other);
        }
    }
    return found;
}

/** Pools of the interfaces it peers with, sorted by their owner's name. */
function poolsOf(others: readonly string[], interfaces: ReadonlyMap<string, Interface>): Pool[] {
    return [...new Set(others)].sort().flatMap((name) => {
        const owner = interfaces.get(name);
        const prefix = owner?.allocate === undefined ? undefined : parsePrefix(owner.allocate);
        return owner === undefined || prefix === undefined ? [] : [{ owner, prefix }];
    });
}

/** From a place given by the name onwards, around the end of the pool once. */
function firstFree(name: string, pool: Prefix, isTaken: (candidate: Prefix) => boolean): Prefix | undefined {
    const count = usable(pool);
    const start = BigInt(hash(name)) % count;
    // No more than the addresses taken can be in the way, so this ends after that many steps however large the pool is.
    for (let step = 0n; step < count; step++) {
        const candidate = nth(pool, 1n + ((start + step) % count));
        if (!isTaken(candidate)) {
            return candidate;
        }
    }
    return undefined;
}

/** Addresses of a pool without the first (the network, or IPv6's subnet-router anycast) and the last (IPv4's broadcast). */
function usable(pool: Prefix): bigint {
    return (1n << BigInt(maxLength(pool.family) - pool.length)) - (pool.family === 4 ? 2n : 1n);
}

function nth(pool: Prefix, index: bigint): Prefix {
    const first = masked(pool);
    return first.family === 4
        ? { family: 4, bits: first.bits + Number(index), length: 32 }
        : { family: 6, bits: first.bits + index, length: 128 };
}

/** FNV-1a, 32 bits: spreads names well enough and is the same everywhere. */
function hash(text: string): number {
    let value = 0x811c9dc5;
    for (const byte of new TextEncoder().encode(text)) {
        value = Math.imul(value ^ byte, 0x01000193) >>> 0;
    }
    return value;
}
