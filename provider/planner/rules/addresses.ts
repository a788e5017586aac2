import type { Failure } from "../failure";
import type { Declarations } from "./declarations";
import { label } from "./labels";
import { nestings } from "./nesting";
import { addressReason, type OwnAddress } from "./networks";
import { culprit, fail, show } from "./text";

/** Every declared address is one an interface can have: an address with its prefix length, inside its network, not a special one. */
export function soundAddresses({ graph, addressesOf }: Declarations): Failure[] {
    return graph.interfaces.flatMap((one) => {
        const property = `${label(one.name)}.addresses`;
        if (one.addresses?.length === 0) {
            return [
                fail(
                    property,
                    one,
                    "an empty list gives the interface no address; leave it out to have one assigned from a pool",
                ),
            ];
        }
        const sound = addressesOf.get(one.name);
        if (sound?.length === one.addresses?.length && sound?.[0]?.owner === one) {
            return [];
        }
        return (one.addresses ?? []).flatMap((text, i) => {
            const reason = addressReason(text);
            return reason === undefined ? [] : [fail(`${property}[${i}]`, one, reason)];
        });
    });
}

/** Addresses handed out earlier are read back from a state file, so they are checked like declared ones. */
export function soundAllocations({ graph }: Declarations): Failure[] {
    return Object.entries(graph.allocations).flatMap(([name, addresses]) =>
        addresses.flatMap((text, i) => {
            const reason = addressReason(text);
            return reason === undefined ? [] : [{ property: `allocations.${label(name)}[${i}]`, reason }];
        }),
    );
}

/** An address belongs to one interface of the mesh. */
export function uniqueAddresses({ addressesOf }: Declarations): Failure[] {
    const failures: Failure[] = [];
    const first = new Map<string, OwnAddress>();
    for (const own of [...addressesOf.values()].flat()) {
        const other = first.get(own.bare);
        if (other === undefined) {
            first.set(own.bare, own);
            continue;
        }
        const property = `${label(own.owner.name)}.addresses[${own.index}]`;
        const reason =
            own.owner === other.owner
                ? `address ${show(own.bare)} is already given at [${other.index}]`
                : `address ${show(own.bare)} already belongs to ${culprit(other.owner)}; an address has one owner in the mesh`;
        failures.push(fail(property, own.owner, reason));
    }
    return failures;
}

/**
 * The networks of two interfaces of one host do not overlap: its routing table could send a packet into either.
 * Two addresses in one network on one interface are fine.
 */
export function disjointNetworks({ interfacesOf, addressesOf }: Declarations): Failure[] {
    const failures: Failure[] = [];
    for (const [host, interfaces] of interfacesOf) {
        if (interfaces.length < 2) {
            continue;
        }
        const said = new Set<string>();
        const networks = interfaces.flatMap((one) => addressesOf.get(one.name) ?? []);
        for (const [inner, outer] of nestings(
            networks,
            (own) => own.network,
            (a, b) => a.owner !== b.owner,
        )) {
            const pair = JSON.stringify([inner.owner.name, outer.owner.name].sort());
            // An address given twice is said by its own rule; each pair of interfaces is named once.
            if (inner.bare === outer.bare || said.has(pair)) {
                continue;
            }
            said.add(pair);
            const who = `network ${show(outer.networkText)} of ${culprit(outer.owner)} on the same host ${show(host)}`;
            const reason = `network ${show(inner.networkText)} overlaps ${who}; give each interface a network of its own`;
            failures.push(fail(`${label(inner.owner.name)}.addresses[${inner.index}]`, inner.owner, reason));
        }
    }
    return failures;
}
