import type { Interface } from "../../../provider/planner/graph";
import type { ConfPeer } from "./conf";
import { parseAddress } from "./ip";
import type { Tunnel } from "./tunnel";
import type { Violation } from "./violation";
import { remoteOf, type World } from "./world";

/** The tunnel whose address others reach this one at, when it is declared to be inside another. */
export function outerOf(world: World, tunnel: Tunnel): Tunnel | undefined {
    const outer = world.graph.interfaces.find(({ name }) => name === declaredOf(world, tunnel)?.endpoint);
    return outer === undefined ? undefined : world.boxes.get(tunnel.host)?.tunnels.get(outer.interfaceName);
}

function declaredOf(world: World, { host, device }: Tunnel): Interface | undefined {
    return world.graph.interfaces.find((each) => each.host === host && each.interfaceName === device);
}

/** True when the endpoint is an address of the tunnel; a name is none. */
export function isAddressOf(tunnel: Tunnel, endpoint: string): boolean {
    if (!/^[\d.]+$|:/.test(endpoint)) return false;
    return tunnel.conf.addresses.some(({ address }) => address.text === parseAddress(endpoint).text);
}

/** What is declared to be inside another tunnel is never sent to an endpoint outside of it, from neither side. */
export function checkNested(world: World): Violation[] {
    return [...world.boxes.values()].flatMap((box) =>
        [...box.tunnels.values()].flatMap((tunnel) => tunnel.conf.peers.flatMap((peer) => strayEndpoint(world, tunnel, peer))),
    );
}

function strayEndpoint(world: World, tunnel: Tunnel, peer: ConfPeer): Violation[] {
    const remote = remoteOf(world, tunnel, peer)?.tunnel;
    if (remote === undefined) return [];
    const outer = outerOf(world, remote);
    const what = `${tunnel.host} ${tunnel.device} to ${remote.host} ${remote.device}`;
    if (outer === undefined) {
        return outerOf(world, tunnel) !== undefined && peer.endpoint !== undefined
            ? [{ kind: "nested", text: `${what}: endpoint "${peer.endpoint.host}" is outside of the tunnel it should be in` }]
            : [];
    }
    return peer.endpoint !== undefined && isAddressOf(outer, peer.endpoint.host)
        ? []
        : [{ kind: "nested", text: `${what}: endpoint "${peer.endpoint?.host}" is no address of ${outer.device}` }];
}
