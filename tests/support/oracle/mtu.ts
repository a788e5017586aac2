import type { Violation } from "./violation";
import type { World } from "./world";

/** Bytes WireGuard adds to a packet: 32 of its own, 8 of UDP, 20 or 40 of IP (wireguard.md 5). */
export const overhead = { 4: 60, 6: 80 } as const;

/** Every file says its MTU, both ends of a Peer agree on one that fits, and it carries IPv6 where there is any. */
export function checkMtu(world: World): Violation[] {
    const uplinks = new Map(world.graph.hosts.map((host) => [host.name, host.uplinkMtu ?? 1500]));
    return [...world.boxes.values()].flatMap((box) =>
        [...box.tunnels.values()].flatMap((tunnel): Violation[] => {
            const { mtu, peers, addresses } = tunnel.conf;
            const what = `${box.name} ${tunnel.device}`;
            if (mtu === undefined) return [{ kind: "mtu", text: `${what} has no MTU` }];
            const tooBig = peers.flatMap((peer) => {
                const remote = world.keys.get(peer.publicKey);
                if (remote === undefined || peer.endpoint === undefined) return [];
                const needed = mtu + overhead[peer.endpoint.host.includes(":") ? 6 : 4];
                const fits = Math.min(uplinks.get(box.name) ?? 1500, uplinks.get(remote.host) ?? 1500);
                const text = `${what}: MTU ${mtu} makes ${needed} bytes on the way to ${remote.host}, whose path takes ${fits}`;
                return needed > fits ? [{ kind: "mtu" as const, text }] : [];
            });
            const isSmall = mtu < 1280 && addresses.some(({ address }) => address.family === 6);
            return isSmall ? [...tooBig, { kind: "mtu", text: `${what}: IPv6 needs 1280 bytes, MTU is ${mtu}` }] : tooBig;
        }),
    );
}
