import { Peer } from "./peer";
import { Route } from "./route";
import type { Lan } from "./routeEnd";
import type { WireGuardInterface } from "./wireGuardInterface";

// Shapes that people draw often, as the same Peers and Routes that one would write by hand: no second planner, nothing hidden.
// Names of what they declare begin with the name given, e.g. `office-ann-wg0`.

/**
 * A hub and its spokes: one Peer each, and unless `isolated` one Route, so that spokes reach each other through the hub.
 *
 * @example
 * wg.hubAndSpoke("office", { hub: wg0, spokes: [annWg, bobWg] });
 */
export function hubAndSpoke(
    name: string,
    shape: { readonly hub: WireGuardInterface; readonly spokes: readonly WireGuardInterface[]; readonly isolated?: boolean },
): void {
    for (const spoke of shape.spokes) {
        new Peer(`${name}-${spoke.declaredName}`, { between: [shape.hub, spoke] });
    }
    if (shape.isolated !== true) {
        new Route(name, { from: shape.hub.network, to: shape.hub.network });
    }
}

/**
 * Every interface peers with every other: no hub that carries or sees their traffic. Of each two at least one must be reachable.
 *
 * @example
 * wg.fullMesh("cluster", [node1, node2, node3]);
 */
export function fullMesh(name: string, interfaces: readonly WireGuardInterface[]): void {
    for (const [i, one] of interfaces.entries()) {
        for (const other of interfaces.slice(i + 1)) {
            new Peer(`${name}-${one.declaredName}-${other.declaredName}`, { between: [one, other] });
        }
    }
}

/**
 * Two sites: one Peer between their gateways, one Route between their LANs.
 *
 * @example
 * wg.siteToSite("berlin-paris", { between: [berlinWg, parisWg], lans: [berlin.lan("192.168.10.0/24"), paris.lan("192.168.20.0/24")] });
 */
export function siteToSite(
    name: string,
    shape: { readonly between: readonly [WireGuardInterface, WireGuardInterface]; readonly lans: readonly [Lan, Lan] },
): void {
    new Peer(name, { between: shape.between });
    new Route(name, { from: shape.lans[0], to: shape.lans[1] });
}
