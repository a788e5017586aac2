import type { ConfPeer } from "./conf";
import { type Conversation, conversation } from "./conversation";
import { type Address, parseAddress } from "./ip";
import type { Hop } from "./journey";
import { overhead } from "./mtu";
import { isAddressOf, outerOf } from "./nested";
import type { Packet } from "./packet";
import type { Tunnel } from "./tunnel";
import { walk } from "./walk";
import { type Remote, remoteOf, type World } from "./world";

/**
 * The other side of a link when a packet may go there now, else the reason why not.
 *
 * A session exists when this side can send a handshake, when the other side keeps one alive, or when a packet of this
 * conversation already came the other way (wireguard.md 5: EDESTADDRREQ until then).
 */
export function link(world: World, talk: Conversation, tunnel: Tunnel, peer: ConfPeer): Remote | string {
    const remote = remoteOf(world, tunnel, peer);
    if (remote === undefined) return `${tunnel.device}: no interface that is up answers to the peer's public key`;
    if (remote.peer.presharedKey !== peer.presharedKey) return `${tunnel.device}: preshared keys differ, no handshake`;
    const there = linkKey(tunnel, remote.tunnel);
    const back = linkKey(remote.tunnel, tunnel);
    if (!talk.crossed.has(back) && !talk.crossed.has(there)) {
        const own = handshake(world, there, tunnel, peer, remote.tunnel);
        if (own !== undefined) {
            const theirs =
                remote.peer.keepalive > 0 ? handshake(world, back, remote.tunnel, remote.peer, tunnel) : "it keeps nothing alive";
            if (theirs !== undefined) return `${tunnel.device}: no session: ${own}; the other side: ${theirs}`;
        }
        talk.crossed.add(there);
    }
    return remote;
}

/** A link in one direction. */
export function linkKey(from: Tunnel, to: Tunnel): string {
    return `${from.host} ${from.device} ${to.host} ${to.device}`;
}

/** Why `tunnel` cannot start a session with `target`; undefined when it can. */
function handshake(world: World, key: string, tunnel: Tunnel, peer: ConfPeer, target: Tunnel): string | undefined {
    if (world.sessions.has(key)) return world.sessions.get(key);
    // An outer packet that needs this very session would recurse (wireguard.md I11).
    world.sessions.set(key, "its outer packets would need the tunnel itself");
    const reason = tryHandshake(world, tunnel, peer, target);
    world.sessions.set(key, reason);
    return reason;
}

function tryHandshake(world: World, tunnel: Tunnel, peer: ConfPeer, target: Tunnel): string | undefined {
    if (peer.endpoint === undefined) return "no endpoint is known";
    const { host, port } = peer.endpoint;
    if (target.conf.listenPort !== port) return `endpoint port ${port} is not the listen port of ${target.device}`;
    const outer = outerOf(world, target);
    const stray =
        outer === undefined ? notFromOutside(world, target, host) : isAddressOf(outer, host) ? undefined : "goes astray";
    if (stray !== undefined) return `endpoint "${host}" ${stray}`;
    const destination = outer === undefined ? wanAddressFor(world, target.host, parseAddress(host)) : parseAddress(host);
    const box = world.boxes.get(tunnel.host);
    const route = box?.fib.lookup(destination, tunnel.fwMark);
    const source = route === undefined ? undefined : sourceOf(world, tunnel.host, route.device, destination);
    if (source === undefined) return `${tunnel.host} has no route to endpoint "${host}"`;
    return converse(world, tunnel, target, {
        source,
        destination,
        protocol: "udp",
        sourcePort: tunnel.conf.listenPort ?? 40000,
        destinationPort: port,
        leg: "request",
    });
}

function notFromOutside(world: World, { host }: Tunnel, endpoint: string): string | undefined {
    if (world.underlay.owner.get(endpoint) !== host) return `is not ${host}`;
    const isOpen = world.graph.interfaces.some((each) => each.host === host && world.underlay.endpoint.has(each.name));
    return isOpen ? undefined : `is ${host}, which cannot be reached from outside`;
}

/** The outer packets themselves: handshake there, answer back, through both hosts' tables and firewalls. */
function converse(world: World, tunnel: Tunnel, target: Tunnel, packet: Packet): string | undefined {
    const talk = conversation();
    const request = walk(world, talk, { host: tunnel.host, input: undefined, packet, mark: tunnel.fwMark });
    if (!request.ok) return `outer packet dropped at ${request.at}: ${request.reason}`;
    if (request.arrival.kind !== "host" || request.arrival.host !== target.host) return "outer packet goes astray";
    const answer: Packet = {
        ...request.packet,
        source: request.packet.destination,
        destination: request.packet.source,
        sourcePort: packet.destinationPort,
        destinationPort: packet.sourcePort,
        leg: "reply",
    };
    const reply = walk(world, talk, { host: target.host, input: undefined, packet: answer, mark: target.fwMark });
    if (!reply.ok) return `outer answer dropped at ${reply.at}: ${reply.reason}`;
    if (reply.arrival.kind !== "host" || reply.arrival.host !== tunnel.host) return "outer answer goes astray";
    if (reply.packet.source.text !== packet.destination.text) return "outer answer comes from another address";
    for (const { tunnel: outer } of [...request.hops, ...reply.hops]) {
        // One interface has one MTU, so even through another of its peers nothing fits.
        if (outer === tunnel || outer === target) return `outer packets enter ${outer.host} ${outer.device} itself`;
    }
    const around = { overhead: overhead[packet.destination.family] };
    const outersOf = (hops: readonly Hop[]) =>
        hops.flatMap((hop) => (hop.tunnel === undefined ? [] : [{ ...around, tunnel: hop.tunnel }]));
    world.outers.set(linkKey(tunnel, target), outersOf(request.hops));
    world.outers.set(linkKey(target, tunnel), outersOf(reply.hops));
    return undefined;
}

/** A port forward ends at the host's own address of the same family. */
function wanAddressFor(world: World, host: string, endpoint: Address): Address {
    const own = world.underlay.wan.get(host) ?? [];
    return (
        own.find((address) => address.text === endpoint.text) ??
        own.find((address) => address.family === endpoint.family) ??
        endpoint
    );
}

/** Source address the kernel picks among those of the device the packet leaves by. */
export function sourceOf(world: World, host: string, device: string, destination: Address): Address | undefined {
    const box = world.boxes.get(host);
    const port = box?.ports.find((each) => each.device === device);
    if (port !== undefined) return port.addresses.find((address) => address.family === destination.family);
    return box?.tunnels.get(device)?.sourceFor(destination);
}
