import { type Conversation, conversation } from "./conversation";
import type { Address } from "./ip";
import type { Arrival, Hop, Standing, Walk } from "./journey";
import type { Packet, Protocol } from "./packet";
import { walk } from "./walk";
import type { End, World } from "./world";

export interface Service {
    readonly protocol: Protocol;
    /** Destination port, 0 for ICMP. */
    readonly port: number;
}

export type Flow =
    | { readonly ok: true; readonly hops: readonly Hop[]; readonly seenSource: Address }
    | { readonly ok: false; readonly at: string; readonly reason: string; readonly hops: readonly Hop[] };

/** Port no rule ever names, so that it can only match "any port". */
const clientPort = 50123;

export function requestPacket(source: Address, destination: Address, service: Service): Packet {
    const port =
        service.protocol === "icmp"
            ? { sourcePort: 0, destinationPort: 0 }
            : { sourcePort: clientPort, destinationPort: service.port };
    return { source, destination, protocol: service.protocol, ...port, leg: "request" };
}

/**
 * A whole exchange between two machines as they are, nobody cheating: request, reply, one more packet of full size, and
 * an ICMP error about it back to the sender.
 */
export function flow(world: World, from: End, to: End, service: Service): Flow {
    const talk = conversation();
    const request = open(world, talk, from, to, service);
    if (!request.ok) return request;
    const seen = request.packet;
    const turned = {
        source: to.address,
        destination: seen.source,
        sourcePort: seen.destinationPort,
        destinationPort: seen.sourcePort,
    };
    const reply = answer(world, talk, request.arrival, from, { ...seen, ...turned, leg: "reply" }, "reply");
    if (!reply.ok) return { ...reply, hops: request.hops };
    if (reply.packet.source.text !== to.address.text)
        return { ok: false, at: reply.at, reason: "the reply comes from another address", hops: request.hops };
    talk.checkSize = true;
    const more = send(world, talk, from, { ...requestPacket(from.address, to.address, service), leg: "more" });
    if (!more.ok) return { ...more, reason: `second packet: ${more.reason}` };
    if (!isAt(more.arrival, to))
        return { ok: false, at: more.arrival.host, reason: "second packet goes astray", hops: more.hops };
    talk.checkSize = false;
    const error = answer(
        world,
        talk,
        request.arrival,
        from,
        { ...seen, ...turned, leg: "error", protocol: "icmp" },
        "ICMP error",
    );
    if (!error.ok) return { ...error, hops: request.hops };
    return { ok: true, hops: request.hops, seenSource: seen.source };
}

/** The first packet only: does it get to the other end? */
export function open(world: World, talk: Conversation, from: End, to: End, service: Service): Walk {
    const request = send(world, talk, from, requestPacket(from.address, to.address, service));
    if (request.ok && !isAt(request.arrival, to)) {
        return { ok: false, at: request.arrival.host, reason: "delivered to another machine", hops: request.hops };
    }
    return request;
}

function send(world: World, talk: Conversation, from: End, packet: Packet): Walk {
    const start = standingOf(world, from, packet);
    return typeof start === "string" ? { ok: false, at: endHost(from), reason: start, hops: [] } : walk(world, talk, start);
}

function answer(
    world: World,
    talk: Conversation,
    at: Arrival,
    from: End,
    packet: Packet,
    what: string,
):
    | { readonly ok: true; readonly packet: Packet; readonly at: string }
    | { readonly ok: false; readonly at: string; readonly reason: string } {
    const start = answerFrom(world, at, packet);
    if (typeof start === "string") return { ok: false, at: at.host, reason: `${what}: ${start}` };
    const result = walk(world, talk, start);
    if (!result.ok) return { ok: false, at: result.at, reason: `${what}: ${result.reason}` };
    if (!isAt(result.arrival, from)) return { ok: false, at: result.arrival.host, reason: `${what} goes astray` };
    return { ok: true, packet: result.packet, at: result.arrival.host };
}

function answerFrom(world: World, at: Arrival, packet: Packet): Standing | string {
    if (at.kind === "host") return { host: at.host, input: undefined, packet };
    if (at.kind === "internet") return fromInternet(world, packet);
    return fromLan(at.host, at.port.lan, at.port.device, at.port.addresses, packet);
}

function standingOf(world: World, from: End, packet: Packet): Standing | string {
    if (from.kind === "interface") return { host: from.host, input: undefined, packet };
    if (from.kind === "internet") return fromInternet(world, packet);
    const port = world.boxes.get(from.host)?.ports.find((each) => each.lan?.prefix.text === from.prefix);
    if (port?.lan === undefined) return "no such LAN";
    return fromLan(from.host, port.lan, port.device, port.addresses, packet);
}

function fromInternet(world: World, packet: Packet): Standing | string {
    const owner = world.underlay.owner.get(packet.destination.text);
    return owner === undefined ? "the internet has no way to a private address" : { host: owner, input: "eth0", packet };
}

/** A LAN machine answers its neighbours always, others only when its router knows the way to this host (wireguard.md I15). */
function fromLan(
    host: string,
    lan: { readonly nat: boolean } | undefined,
    device: string,
    neighbours: readonly Address[],
    packet: Packet,
): Standing | string {
    const onLink = neighbours.some((address) => address.text === packet.destination.text);
    if (lan?.nat === true && !onLink) return "the LAN's router knows no way back";
    return { host, input: device, packet };
}

export function isAt(arrival: Arrival, end: End): boolean {
    if (end.kind === "interface") return arrival.kind === "host" && arrival.host === end.host;
    if (end.kind === "internet") return arrival.kind === "internet";
    return arrival.kind === "lan" && arrival.host === end.host && arrival.port.lan?.prefix.text === end.prefix;
}

function endHost(end: End): string {
    return end.kind === "internet" ? "the internet" : end.host;
}
