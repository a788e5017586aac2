import { ownNetworkThroughDevice } from "./deviceRelays";
import type { Failure } from "./failure";
import { foreignMembers } from "./foreignMembers";
import { noPath } from "./noPath";
import type { Ownership } from "./ownership";
import type { Flow, Place } from "./place";
import { families } from "./prefixes";
import { endCulprit, routeFailure } from "./routeFailure";
import { endLabel } from "./rules/labels";
import { culprit } from "./rules/text";
import type { Topology } from "./topology";
import { unenforced } from "./unenforced";

/** What is wrong with the routes of a graph whose declarations are sound, before anybody's tables are made: paths, NAT, narrowing. */
export function flowFailures(topology: Topology, flows: readonly Flow[], owned: Ownership): Failure[] {
    return [
        ...owned.mute.map(({ flow, from, to }) => noFamily(flow, from, to)),
        ...owned.unreachable.map(({ flow, from, to }) => noPath(topology, flow, from, to)),
        ...foreignMembers(topology, flows),
        ...flows.flatMap(throughNat),
        ...flows.flatMap(narrowedPeers),
        ...owned.legs.flatMap(unenforced),
        ...ownNetworkThroughDevice(owned),
    ];
}

function noFamily(flow: Flow, from: Place, to: Place): Failure {
    if (to.isCut && families.every((family) => to.prefixes[family].length === 0)) {
        return routeFailure(flow, "to", to, `exclude leaves nothing of ${endCulprit(to)}; drop the route, or exclude less`);
    }
    const both = `${endCulprit(from)} and ${endCulprit(to)} have no address family in common`;
    return routeFailure(flow, "to", to, `${both}; give both an IPv4 or both an IPv6 address`);
}

/** Through masquerading only the far side can open flows. */
function throughNat(flow: Flow): Failure[] {
    const isNat = (place: Place) => place.lan?.nat === true;
    const asSource = flow.from.filter(isNat).map((place) => {
        const reason = `${endCulprit(place)} has nat, so its machines cannot be answered when they open a flow`;
        return routeFailure(
            flow,
            "from",
            place,
            `${reason}; put it into "to" with initiate: "from", or drop nat and let the LAN's router return`,
        );
    });
    const bothWays = flow.route.initiate === "from" ? [] : flow.to.filter(isNat);
    return [
        ...asSource,
        ...bothWays.map((place) => {
            const reason = `${endCulprit(place)} has nat, so its machines cannot open flows towards "from"`;
            return routeFailure(
                flow,
                "to",
                place,
                `${reason}; set initiate: "from" on the route, or drop nat and let the LAN's router return`,
            );
        }),
    ];
}

/** A Peer already lets its two interfaces talk, so a route between them cannot take that back. */
function narrowedPeers(flow: Flow): Failure[] {
    if (!flow.isNarrowed) {
        return [];
    }
    return flow.from.flatMap((from) =>
        flow.to.flatMap((to) => {
            const arc =
                from.end.kind === "interface" && to.end.kind === "interface"
                    ? from.port?.arcs.find(({ other }) => other === to.port)
                    : undefined;
            if (arc === undefined) {
                return [];
            }
            const free = `${endLabel(from.end)} and ${endLabel(to.end)} peer with each other (${culprit(arc.link.peer)}), and a Peer lets its two interfaces talk freely`;
            return [routeFailure(flow, "to", to, `${free}; leave initiate and allow out, or drop the route`)];
        }),
    );
}
