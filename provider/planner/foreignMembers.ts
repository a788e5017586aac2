import { type Family, formatAddress, formatPrefix, masked } from "./cidr";
import type { Failure } from "./failure";
import type { Flow, Place } from "./place";
import { families } from "./prefixes";
import { PrefixMap } from "./prefixMap";
import { routeFailure } from "./routeFailure";
import { endLabel } from "./rules/labels";
import { culprit, show } from "./rules/text";
import { isMember, type Port, type Topology } from "./topology";

/** The first time that routes name the network of an interface. */
interface Named {
    readonly flow: Flow;
    readonly place: Place;
    readonly side: "from" | "to";
}

/** A network is sent to one interface, so whoever has an address in it must be reachable from there. */
export function foreignMembers(topology: Topology, flows: readonly Flow[]): Failure[] {
    const named = new PrefixMap<Map<Port, Named>>();
    for (const flow of flows) {
        for (const side of ["from", "to"] as const) {
            for (const place of flow[side]) {
                if (place.end.kind !== "network" || place.port === undefined) {
                    continue;
                }
                for (const address of place.port.addresses) {
                    const ports = named.get(masked(address)) ?? new Map();
                    named.set(masked(address), ports);
                    ports.set(place.port, ports.get(place.port) ?? { flow, place, side });
                }
            }
        }
    }
    const failures: Failure[] = [];
    for (const port of topology.ports.values()) {
        for (const address of port.hosts) {
            for (let found = named.longest(address); found !== undefined; found = named.around(found.prefix)) {
                for (const [owner, { flow, place, side }] of found.value) {
                    if (owner !== port && !port.arcs.some((arc) => arc.other === owner)) {
                        const holds = `${endLabel(place.end)} is ${show(formatPrefix(found.prefix))}, where ${culprit(port.declared)} has ${formatAddress(address)} too`;
                        const reason = `${holds}, but no Peer connects it to ${show(owner.declared.name)}; ${hint(topology, owner, port, address.family)}`;
                        failures.push(routeFailure(flow, side, place, reason));
                    }
                }
            }
        }
    }
    return failures;
}

/** A spoke's `.network` is nearly always meant to be the hub's: of one that peers with everybody in it, or it would be refused as well. */
function hint(topology: Topology, owner: Port, port: Port, family: Family): string {
    const hub = owner.arcs
        .map((arc) => arc.other)
        .find((other) => other.members[family].some((arc) => arc.other === port) && hasAllMembers(topology, other));
    return hub === undefined
        ? `add a Peer between them, or give ${show(port.declared.name)} an address in another network`
        : `did you mean the network of ${show(hub.declared.name)}, which peers with both?`;
}

function hasAllMembers({ ports }: Topology, hub: Port): boolean {
    const peers = new Set(hub.arcs.map((arc) => arc.other));
    return [...ports.values()].every(
        (port) => port === hub || peers.has(port) || !families.some((family) => isMember(port, hub, family)),
    );
}
