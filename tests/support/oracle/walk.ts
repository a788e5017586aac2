import type { ConfPeer } from "./conf";
import { stateOf, type Tracked, track, translateBack } from "./conntrack";
import type { Conversation } from "./conversation";
import { filter, natOf } from "./firewall";
import type { Address } from "./ip";
import type { Hop, Standing, Walk } from "./journey";
import type { CtState, Marks, Packet, Seen } from "./packet";
import { link, linkKey } from "./session";
import type { Tunnel } from "./tunnel";
import { internetAddresses } from "./underlay";
import type { Box, World } from "./world";

/** More hosts than any graph has: whatever walks on is a loop. */
const hopLimit = 40;

/** Moves a packet until it is delivered or dropped: the algorithm of wireguard.md 6.2. */
export function walk(world: World, talk: Conversation, start: Standing): Walk {
    return proceed(world, talk, start, []);
}

/** Puts a packet directly into a tunnel towards one peer, past its sender's own tables: what a tampered client can do. */
export function inject(world: World, talk: Conversation, tunnel: Tunnel, peer: ConfPeer, packet: Packet): Walk {
    const hops: Hop[] = [{ host: tunnel.host, input: undefined, output: tunnel.device, tunnel, peer }];
    const next = cross(world, talk, tunnel, peer, packet);
    return typeof next === "string" ? dropped(tunnel.host, next, hops) : proceed(world, talk, next, hops);
}

function proceed(world: World, talk: Conversation, start: Standing, hops: Hop[]): Walk {
    let standing = start;
    for (let count = 0; count < hopLimit; count++) {
        const box = world.boxes.get(standing.host);
        if (box === undefined) return dropped(standing.host, "no such host", hops);
        const step = pass(world, talk, box, standing, hops);
        if ("ok" in step) return step;
        standing = step;
    }
    return dropped(standing.host, "loop: the packet's TTL ran out", hops);
}

function dropped(at: string, reason: string, hops: readonly Hop[]): Walk {
    return { ok: false, at, reason, hops };
}

/** One host: prerouting, routing decision, input or forward or output, postrouting, device. */
function pass(world: World, talk: Conversation, box: Box, standing: Standing, hops: Hop[]): Standing | Walk {
    const { input } = standing;
    const here = (reason: string): Walk => {
        hops.push({ host: box.name, input, output: undefined });
        return dropped(box.name, reason, hops);
    };
    let { packet } = standing;
    const entry = talk.tracked.get(box.name);
    const state = stateOf(entry, packet);
    const marks: Marks = { packet: standing.mark ?? 0, connection: talk.marks.get(box.name) ?? 0 };
    const look = (outputDevice: string | undefined, ct = state, inputDevice = input): Seen => ({
        marks,
        packet,
        inputDevice,
        outputDevice,
        state: ct,
        isLocal: box.fib.isLocal,
    });
    if (input !== undefined) {
        // IPv4 refuses its own addresses as sources from outside (fib_validate_source); IPv6 has no such check.
        if (packet.source.family === 4 && box.fib.isLocal(packet.source)) return here("martian source");
        const guard = box.guards.find((each) => each.device !== input && each.addresses.has(packet.destination.text));
        if (guard !== undefined) return here(`wg-quick's preraw chain of ${guard.device}`);
        // Chains before priority -200 run before conntrack, where `ct state` reads as invalid (nft_ct.c).
        const early = filter(box.firewall, "early", () => look(undefined, "invalid"));
        if (early !== undefined) return here(`prerouting: ${early}`);
        packet = translateBack(entry, packet);
        // wg-quick's premangle chain.
        if (packet.protocol === "udp" && box.guards.length > 0) marks.packet = marks.connection;
        const late = filter(box.firewall, "prerouting", () => look(undefined));
        if (late !== undefined) return here(`prerouting: ${late}`);
        talk.marks.set(box.name, marks.connection);
    }
    if (box.fib.isLocal(packet.destination) && input !== undefined) {
        const verdict = filter(box.firewall, "input", () => look(undefined));
        if (verdict !== undefined) return here(`input: ${verdict}`);
        track(talk.tracked, box.name, packet, packet.source);
        hops.push({ host: box.name, input, output: undefined });
        return { ok: true, arrival: { kind: "host", host: box.name, device: input }, packet, hops };
    }
    const family = packet.destination.family;
    if (input !== undefined && !(family === 4 ? box.forward.ipv4 : box.forward.ipv6))
        return here(`forwarding is off for IPv${family}`);
    const first = box.fib.lookup(packet.destination, marks.packet);
    if (first === undefined) return here("network unreachable");
    const before = marks.packet;
    if (input === undefined) filter(box.firewall, "reroute", () => look(first.device));
    const route = marks.packet === before ? first : box.fib.lookup(packet.destination, marks.packet);
    if (route === undefined) return here("network unreachable");
    const output = route.device;
    // The output hook goes on with the device of the first routing decision (nf_hook_state); postrouting sees the new one.
    const middle = filter(box.firewall, input === undefined ? "output" : "forward", () => look(first.device));
    if (middle !== undefined) return here(`${input === undefined ? "output" : "forward"}: ${middle}`);
    // wg-quick's postmangle chain.
    if (packet.protocol === "udp" && box.guards.some(({ mark }) => mark === marks.packet)) marks.connection = marks.packet;
    talk.marks.set(box.name, marks.connection);
    const last = filter(box.firewall, "postrouting", () => look(output));
    if (last !== undefined) return here(`postrouting: ${last}`);
    const source = sourceAfterNat(box, entry, packet, state, output, () => look(output));
    track(talk.tracked, box.name, packet, source);
    if (source !== packet.source) packet = { ...packet, source };
    return send(world, talk, box, packet, input, output, hops);
}

function send(
    world: World,
    talk: Conversation,
    box: Box,
    packet: Packet,
    input: string | undefined,
    output: string,
    hops: Hop[],
): Standing | Walk {
    const tunnel = box.tunnels.get(output);
    if (tunnel !== undefined) {
        const peer = tunnel.peerFor(packet.destination);
        hops.push({ host: box.name, input, output, tunnel, source: packet.source, ...(peer === undefined ? {} : { peer }) });
        if (peer === undefined)
            return dropped(box.name, `${output}: no peer is allowed "${packet.destination.text}" (ENOKEY)`, hops);
        const next = cross(world, talk, tunnel, peer, packet);
        return typeof next === "string" ? dropped(box.name, next, hops) : next;
    }
    hops.push({ host: box.name, input, output });
    const port = box.ports.find((each) => each.device === output);
    if (port?.lan !== undefined) {
        if (port.lan.machines.some(({ text }) => text === packet.destination.text)) {
            return { ok: true, arrival: { kind: "lan", host: box.name, port }, packet, hops };
        }
        return dropped(box.name, `nobody on ${output} has "${packet.destination.text}"`, hops);
    }
    if (internetAddresses.some((address) => address.text === packet.destination.text)) {
        return { ok: true, arrival: { kind: "internet", host: box.name }, packet, hops };
    }
    const owner = world.underlay.owner.get(packet.destination.text);
    if (owner === undefined) return dropped(box.name, `the internet does not know "${packet.destination.text}"`, hops);
    return { host: owner, input: port?.device, packet };
}

/** Through a tunnel: session, size, then the receiver's check that the source belongs to the sender. */
function cross(world: World, talk: Conversation, tunnel: Tunnel, peer: ConfPeer, packet: Packet): Standing | string {
    const found = link(world, talk, tunnel, peer);
    if (typeof found === "string") return found;
    if (talk.checkSize === true) {
        talk.fullSize ??= tunnel.conf.mtu ?? 1420;
        if ((tunnel.conf.mtu ?? 1420) < talk.fullSize) {
            return `${tunnel.device}: a packet of ${talk.fullSize} bytes does not fit its MTU of ${tunnel.conf.mtu}`;
        }
        const size = talk.fullSize;
        const narrow = world.outers
            .get(linkKey(tunnel, found.tunnel))
            ?.find(({ tunnel: outer, overhead }) => size + overhead > (outer.conf.mtu ?? 1420));
        if (narrow !== undefined) {
            return `${tunnel.device}: ${size + narrow.overhead} bytes do not fit ${narrow.tunnel.host} ${narrow.tunnel.device} around it`;
        }
    }
    if (found.tunnel.peerFor(packet.source) !== found.peer) {
        return `${found.tunnel.host} drops it: "${packet.source.text}" is no allowed source of ${tunnel.host} on ${found.tunnel.device}`;
    }
    return { host: found.tunnel.host, input: found.tunnel.device, packet };
}

/** True when the packet arrived at the machine that has this address, and not somewhere else. */
export function isAtAddress(world: World, result: Walk & { readonly ok: true }, address: Address): boolean {
    const { arrival } = result;
    if (arrival.kind === "host") return world.boxes.get(arrival.host)?.fib.isLocal(address) === true;
    if (arrival.kind === "lan") return arrival.port.lan?.machines.some(({ text }) => text === address.text) === true;
    return internetAddresses.some((each) => each.text === address.text);
}

function sourceAfterNat(
    box: Box,
    entry: Tracked | undefined,
    packet: Packet,
    state: CtState,
    output: string,
    look: () => Seen,
): Address {
    if (packet.leg === "more" && entry !== undefined) return entry.seenSource;
    // The nat hook is asked for the first packet of a connection only.
    if (box.firewall === undefined || packet.leg !== "request" || state !== "new") return packet.source;
    const nat = natOf(box.firewall, look());
    if (nat !== "masquerade") return nat ?? packet.source;
    const family = packet.source.family;
    const port = box.ports.find((each) => each.device === output)?.addresses.find((address) => address.family === family);
    return port ?? box.tunnels.get(output)?.sourceFor(packet.destination) ?? packet.source;
}
