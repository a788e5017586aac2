import { type Conversation, conversation } from "./conversation";
import { isAt, requestPacket, type Service } from "./flow";
import type { Address } from "./ip";
import type { Walk } from "./journey";
import type { Packet } from "./packet";
import type { Port } from "./port";
import { hopNames } from "./promises";
import type { Counts, Violation } from "./violation";
import { walk } from "./walk";
import { type Box, type End, endName, type World } from "./world";

/** Machines without a tunnel that forge sources: what a managed host knows to live behind a tunnel must not come from elsewhere. */
export function checkOutsiders(world: World, counts: Counts): Violation[] {
    const violations: Violation[] = [];
    for (const box of world.boxes.values()) {
        // A host with one tunnel, nothing to pass on and nothing narrowed has no table: there is nothing it could tell apart.
        if (box.firewall === undefined) continue;
        for (const port of box.ports) {
            const where = port.lan === undefined ? "the internet" : `LAN ${port.lan.prefix.text}`;
            for (const source of world.ends.filter((end) => isForgeable(box, port, end))) {
                for (const to of world.ends) {
                    if (
                        to.kind === "internet" ||
                        to.address.family !== source.address.family ||
                        to.address.text === source.address.text
                    )
                        continue;
                    counts.attacks++;
                    const packet = requestPacket(source.address, to.address, { protocol: "icmp", port: 0 });
                    const result = walk(world, conversation(), { host: box.name, input: port.device, packet });
                    if (!result.ok || !isAt(result.arrival, to)) continue;
                    // From the internet to the host's own ports is not the mesh's business.
                    if (source.kind === "internet" && !result.hops.some((hop) => hop.tunnel !== undefined)) continue;
                    const text = `${where} at ${box.name} sends ${source.address.text} -> ${endName(to)}`;
                    violations.push({ kind: "spoof", text: `${text}, delivered by ${hopNames(result.hops)}` });
                }
            }
        }
    }
    return violations;
}

function isForgeable(box: Box, port: Port, source: End): boolean {
    if (source.kind === "internet") return port.lan === undefined;
    // Own addresses are martians; machines behind one port of this host cannot be told from those behind another.
    return source.host !== box.name && isBehindTunnel(box, source.address);
}

function isBehindTunnel(box: Box, address: Address): boolean {
    const entry = box.tunnels.get(box.fib.lookup(address)?.device ?? "")?.entryFor(address);
    return entry !== undefined && entry.prefix.length > 0;
}

const ssh: Service = { protocol: "tcp", port: 22 };

/** Traffic that touches no managed interface passes as if the table were not there. */
export function checkOtherTraffic(world: World, counts: Counts): Violation[] {
    const violations: Violation[] = [];
    const internet = world.ends.filter((end) => end.kind === "internet");
    for (const box of world.boxes.values()) {
        if (box.firewall === undefined) continue;
        for (const port of box.ports) {
            const outside = port.lan === undefined ? internet.map((end) => end.address) : port.lan.machines;
            for (const source of outside) {
                const own = port.addresses.filter((address) => address.family === source.family);
                const away =
                    port.lan === undefined
                        ? []
                        : internet
                              .map((end) => end.address)
                              .filter((address) => address.family === source.family && !isTunnelled(box, address));
                for (const destination of [...own, ...away]) {
                    counts.foreign++;
                    const packet = requestPacket(source, destination, ssh);
                    const talk = conversation();
                    const result = walk(world, talk, { host: box.name, input: port.device, packet });
                    const what = `${box.name} ${port.device}: ${source.text} -> ${destination.text}`;
                    if (result.ok) {
                        if (result.packet.source.text !== source.text)
                            violations.push({ kind: "other traffic", text: `${what} is masqueraded` });
                        violations.push(...unanswered(world, box, port, result, talk, what));
                    } else if (
                        isVerdict(result.reason) &&
                        result.hops.every((hop) => hop.tunnel === undefined && hop.host === box.name)
                    ) {
                        violations.push({ kind: "other traffic", text: `${what} is dropped: ${result.reason}` });
                    }
                }
                for (const address of own) {
                    counts.foreign++;
                    const result = walk(world, conversation(), {
                        host: box.name,
                        input: undefined,
                        packet: requestPacket(address, source, ssh),
                    });
                    if (!result.ok && isVerdict(result.reason) && !isTunnelled(box, source)) {
                        violations.push({
                            kind: "other traffic",
                            text: `${box.name}: ${address.text} -> ${source.text} is dropped: ${result.reason}`,
                        });
                    }
                }
            }
        }
    }
    return violations;
}

/** Whoever opens a connection to the host by one of its other devices gets the answer back by it, full tunnel or not. */
function unanswered(
    world: World,
    box: Box,
    port: Port,
    { arrival, packet }: Walk & { readonly ok: true },
    talk: Conversation,
    what: string,
): Violation[] {
    if (arrival.kind !== "host" || arrival.host !== box.name) return [];
    const turned: Packet = {
        ...packet,
        source: packet.destination,
        destination: packet.source,
        sourcePort: packet.destinationPort,
        destinationPort: packet.sourcePort,
        leg: "reply",
    };
    const result = walk(world, talk, { host: box.name, input: undefined, packet: turned });
    const by = result.hops[0]?.output;
    if (result.ok && by === port.device) return [];
    return [
        { kind: "other traffic", text: `${what} is not answered: ${result.ok ? `the answer leaves by ${by}` : result.reason}` },
    ];
}

function isTunnelled(box: Box, address: Address): boolean {
    return box.tunnels.has(box.fib.lookup(address)?.device ?? "");
}

function isVerdict(reason: string): boolean {
    return /^(prerouting|input|forward|output|postrouting): /.test(reason);
}
