import { label } from "../provider/planner/rules/labels";
import { required, requiredList, requiredName } from "./misuse";
import { type Options, readOptions } from "./options";
import { Peer } from "./peer";
import { Route } from "./route";
import type { Lan } from "./routeEnd";
import type { WireGuardInterface } from "./wireGuardInterface";

// Shapes that people draw often, as the same Peers and Routes that one would write by hand: no second planner, nothing hidden.
// Names of what they declare begin with the name given, e.g. `office-ann-wg0`.

/** Arguments of {@link hubAndSpoke}. */
export interface HubAndSpokeArgs {
    /** The interface that all others peer with. */
    readonly hub: WireGuardInterface;
    /** Those others, at least one. */
    readonly spokes: readonly WireGuardInterface[];
    /** True: spokes reach the hub and not each other. @default false */
    readonly isolated?: boolean;
}

/** Arguments of {@link siteToSite}. */
export interface SiteToSiteArgs {
    /** The interfaces of the two gateways, at least one of them reachable. */
    readonly between: readonly [WireGuardInterface, WireGuardInterface];
    /** The LAN behind each, e.g. `[berlin.lan("192.168.10.0/24"), paris.lan("192.168.20.0/24")]`. */
    readonly lans: readonly [Lan, Lan];
}

const hubAndSpokeOptions: Options<HubAndSpokeArgs> = { hub: true, spokes: true, isolated: true };
const siteToSiteOptions: Options<SiteToSiteArgs> = { between: true, lans: true };

/**
 * A hub and its spokes: one Peer each, and unless `isolated` one Route, so that spokes reach each other through the hub.
 *
 * @example
 * wg.hubAndSpoke("office", { hub: wg0, spokes: [annWg, bobWg] });
 */
export function hubAndSpoke(name: string, args: HubAndSpokeArgs): void {
    requiredName("hub and spokes", name);
    const read = readOptions(label(name), "a hub and spokes", args, hubAndSpokeOptions);
    const hub = required("WireGuardInterface", read.args.hub, `hubAndSpoke "${name}": hub`);
    const spokes = requiredList("WireGuardInterface", read.args.spokes, `hubAndSpoke "${name}": spokes`);
    hub.mesh.reject(read.failures);
    for (const spoke of spokes) {
        new Peer(`${name}-${spoke.declaredName}`, { between: [hub, spoke] });
    }
    if (read.args.isolated !== true) {
        new Route(name, { from: hub.network, to: hub.network });
    }
}

/**
 * Every interface peers with every other: no hub that carries or sees their traffic. Of each two at least one must be reachable.
 *
 * @example
 * wg.fullMesh("cluster", [node1, node2, node3]);
 */
export function fullMesh(name: string, interfaces: readonly WireGuardInterface[]): void {
    requiredName("full mesh", name);
    const all = requiredList("WireGuardInterface", interfaces, `fullMesh "${name}": interfaces`);
    for (const [i, one] of all.entries()) {
        for (const other of all.slice(i + 1)) {
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
export function siteToSite(name: string, args: SiteToSiteArgs): void {
    requiredName("site-to-site", name);
    const read = readOptions(label(name), "a site-to-site", args, siteToSiteOptions);
    const [first] = requiredList("WireGuardInterface", read.args.between, `siteToSite "${name}": between`);
    const [from, to] = requiredList("Lan", read.args.lans, `siteToSite "${name}": lans`);
    first.mesh.reject(read.failures);
    new Peer(name, { between: read.args.between });
    new Route(name, { from, to: to ?? [] });
}
