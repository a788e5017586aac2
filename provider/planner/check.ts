import { type Failure, uniqueFailures } from "./failure";
import type { Graph } from "./graph";
import { disjointNetworks, soundAddresses, soundAllocations, uniqueAddresses } from "./rules/addresses";
import { readableAllow } from "./rules/allow";
import { type Declarations, declarations } from "./rules/declarations";
import { usefulExcludes } from "./rules/exclude";
import { consistentExpectations, differentExpectedEnds, portsOfProtocols } from "./rules/expectations";
import { disjointLans, lansApartFromTunnels, masqueradeIsManaged, soundLans } from "./rules/lans";
import { mtuFitsIPv6, mtuFitsUplink } from "./rules/mtu";
import { legalInterfaceNames, legalNames, uniqueInterfaceNames, uniqueNames } from "./rules/names";
import { addressedInterfaces, disjointPools, poolAroundOwner, soundPools } from "./rules/pools";
import { knownReferences } from "./rules/references";
import { declaredLans, differentSides, distinctSides, exitIsManaged, internetOnlyTo, nonEmptySides } from "./rules/routes";
import { readShape } from "./rules/shape";
import { distinctEnds, endpointOnOwnHost, onePeerPerPair, reachablePorts, reachableSide, uniquePorts } from "./rules/tunnels";

/** Every rule that the declarations alone decide. One function each; none depends on another having run. */
const rules: readonly ((declarations: Declarations) => readonly Failure[])[] = [
    legalNames,
    uniqueNames,
    legalInterfaceNames,
    uniqueInterfaceNames,
    knownReferences,
    soundAddresses,
    soundAllocations,
    uniqueAddresses,
    disjointNetworks,
    soundPools,
    poolAroundOwner,
    disjointPools,
    addressedInterfaces,
    distinctEnds,
    onePeerPerPair,
    endpointOnOwnHost,
    reachableSide,
    reachablePorts,
    uniquePorts,
    mtuFitsIPv6,
    mtuFitsUplink,
    soundLans,
    disjointLans,
    masqueradeIsManaged,
    lansApartFromTunnels,
    nonEmptySides,
    distinctSides,
    differentSides,
    internetOnlyTo,
    exitIsManaged,
    declaredLans,
    readableAllow,
    usefulExcludes,
    portsOfProtocols,
    differentExpectedEnds,
    consistentExpectations,
];

/**
 * Everything wrong with the declarations of a graph, all mistakes at once: sorted by property, each said once, and the same in whatever
 * order things were declared. Empty when the graph may be planned; what only a plan can tell (paths, owners of prefixes) is not here.
 *
 * The graph may come from JSON or plain JavaScript: values of a wrong kind are failures too, never a crash.
 *
 * @example checkDeclarations(graph) // [{ property: "hub-wg0.listenPort", reason: "must be a whole number from 1 to 65535, got 70000" }]
 */
export function checkDeclarations(graph: Graph): Failure[] {
    const shape = readShape(graph);
    const declared = declarations(shape);
    return uniqueFailures([...shape.failures, ...rules.flatMap((rule) => rule(declared))]);
}
