import { contains, type Prefix, parsePrefix } from "../cidr";
import type { Failure } from "../failure";
import type { Interface } from "../graph";
import type { Declarations } from "./declarations";
import { label } from "./labels";
import { nestings } from "./nesting";
import { prefixReason } from "./networks";
import { culprit, fail, listing, show } from "./text";

/** A pool that reads as one. */
interface Pool {
    readonly owner: Interface;
    readonly text: string;
    readonly prefix: Prefix;
}

/** The sound pools of the mesh. */
export function pools({ graph }: Declarations): Pool[] {
    return graph.interfaces.flatMap((owner) => {
        const text = owner.allocate;
        const prefix = text === undefined || prefixReason(text, "pool") !== undefined ? undefined : parsePrefix(text);
        return text === undefined || prefix === undefined ? [] : [{ owner, text, prefix }];
    });
}

/** Every pool is a prefix with room for a member beside its owner. */
export function soundPools({ graph }: Declarations): Failure[] {
    return graph.interfaces.flatMap((one) => {
        if (one.allocate === undefined) {
            return [];
        }
        const reason = prefixReason(one.allocate, "pool") ?? tooSmall(one.allocate);
        return reason === undefined ? [] : [fail(`${label(one.name)}.allocate`, one, reason)];
    });
}

function tooSmall(text: string): string | undefined {
    const prefix = parsePrefix(text);
    const widest = prefix?.family === 4 ? 30 : 126;
    const shape = `must leave room for members: a prefix length up to ${widest}`;
    return prefix !== undefined && prefix.length > widest ? `${shape}, got ${show(text)}` : undefined;
}

/** The owner of a pool has an address in it, or its members would live in a network that nothing leads to. */
export function poolAroundOwner(declarations: Declarations): Failure[] {
    return pools(declarations).flatMap(({ owner, text, prefix }) => {
        const property = `${label(owner.name)}.allocate`;
        if (owner.addresses === undefined) {
            return declarations.complete
                ? [
                      fail(
                          property,
                          owner,
                          `the owner of a pool needs an address of its own in ${show(text)}; add addresses to ${show(owner.name)}`,
                      ),
                  ]
                : [];
        }
        const own = declarations.addressesOf.get(owner.name) ?? [];
        // Addresses that are not sound are said by their own rule; whether one of them was meant is not known.
        if (
            own.length !== owner.addresses.length ||
            own.length === 0 ||
            own.some((address) => contains(prefix, address.address))
        ) {
            return [];
        }
        const has = listing(owner.addresses.map(show));
        return [
            fail(property, owner, `the pool must contain an address of its owner, but ${show(text)} does not contain ${has}`),
        ];
    });
}

/** Two pools hand out different addresses. */
export function disjointPools(declarations: Declarations): Failure[] {
    return [
        ...nestings(
            pools(declarations),
            ({ prefix }) => prefix,
            (inner, outer) => inner.owner.name !== outer.owner.name,
        ),
    ].map(([inner, outer]) => {
        const reason = `pool ${show(inner.text)} overlaps pool ${show(outer.text)} of ${culprit(outer.owner)}; both would hand out the same addresses`;
        return fail(`${label(inner.owner.name)}.allocate`, inner.owner, reason);
    });
}

/** An interface without addresses peers with one that has a pool. */
export function addressedInterfaces(declarations: Declarations): Failure[] {
    if (!declarations.complete) {
        return [];
    }
    const unaddressed = declarations.graph.interfaces.filter((one) => one.addresses === undefined && one.allocate === undefined);
    const peersOf = new Map<string, string[]>(unaddressed.map((one) => [one.name, []]));
    for (const { between } of unaddressed.length === 0 ? [] : declarations.graph.peers) {
        const [a, b] = between;
        peersOf.get(a)?.push(b);
        if (a !== b) {
            peersOf.get(b)?.push(a);
        }
    }
    return unaddressed.flatMap((one) => {
        const others = peersOf.get(one.name) ?? [];
        // A name that is not declared is said by its own rule, and might have been the one with the pool.
        if (
            others.some(
                (other) => !declarations.interfaces.has(other) || declarations.interfaces.get(other)?.allocate !== undefined,
            )
        ) {
            return [];
        }
        const nobody =
            others.length === 0
                ? "no Peer connects it to an interface with a pool"
                : `none of its peers has a pool (${listing(others.flatMap((other) => declarations.interfaces.get(other) ?? []).map(culprit))})`;
        const fix = 'give it addresses, e.g. ["10.0.0.2/24"], or set allocate on the interface it peers with';
        return [fail(`${label(one.name)}.addresses`, one, `must be set, because ${nobody}; ${fix}`)];
    });
}
