import { servicesOf } from "./allow";
import { conversation } from "./conversation";
import type { Declared } from "./declared";
import { type Flow, flow, isAt, open, requestPacket, type Service } from "./flow";
import { type Address, contains, prefixOf } from "./ip";
import type { Walk } from "./journey";
import { hopNames, isJudged } from "./promises";
import type { Counts, Violation } from "./violation";
import { walk } from "./walk";
import { type Box, type End, endName, type World } from "./world";

/**
 * What a managed host sends when nobody chose a source, as `ping 10.0.1.3` (wireguard.md I9). It arrives, and is answered, wherever one of
 * the host's addresses has a promised flow to, and from such an address; everything else is dropped.
 */
export function checkUnbound(world: World, declared: Declared, counts: Counts): Violation[] {
    const services = servicesOf(world.graph);
    const violations: Violation[] = [];
    for (const box of world.boxes.values()) {
        if (!box.managed) continue;
        for (const to of world.ends) {
            const from = unboundEnd(world, box, to);
            if (from === undefined) continue;
            for (const service of services) {
                const what = `${box.name} (unbound, ${from.address.text}) -> ${endName(to)} ${service.protocol}/${service.port}`;
                const senders = sendersOf(world, declared, box.name, to, service);
                if (senders.length === 0) {
                    const undeclared = open(world, conversation(), from, to, service);
                    if (undeclared.ok && isJudged(world, undeclared.hops, undefined))
                        violations.push({ kind: "leak", text: `${what}: delivered by ${hopNames(undeclared.hops)}` });
                } else {
                    counts.unbound++;
                    if (!senders.some(({ text }) => text === from.address.text)) counts.rewritten++;
                    violations.push(...arrival(flow(world, from, to, service), senders, from, what));
                }
            }
            violations.push(...checkForwarded(world, declared, box, from, to));
        }
    }
    return violations;
}

/** The source that the kernel gives to a packet of the host, as an end. Undefined: it leaves by no tunnel, or has no such address there. */
export function unboundEnd(world: World, box: Box, to: End): (End & { readonly kind: "interface" }) | undefined {
    if (to.kind !== "internet" && to.host === box.name) return undefined;
    const tunnel = box.tunnels.get(box.fib.lookup(to.address)?.device ?? "");
    if (tunnel === undefined) return undefined;
    const address = tunnel.sourceFor(to.address) ?? otherSource(box, to.address);
    // The host's address in a LAN is one of the LAN, and what that may do is asked of its machines.
    if (box.ports.some(({ lan, addresses }) => lan !== undefined && addresses.some(({ text }) => text === address?.text)))
        return undefined;
    const owner = world.ends.find((end) => end.kind === "interface" && end.address.text === address?.text);
    const name = owner?.kind === "interface" ? owner.interface : "(no interface of the mesh)";
    return address === undefined ? undefined : { kind: "interface", host: box.name, interface: name, address };
}

/**
 * The source when the outgoing device has no address of the family (tried): IPv4 takes the first one of the first device, IPv6 compares all
 * there are (RFC 6724): unique local ones are for unique local destinations (rule 6), then the longest common prefix counts (rule 8).
 */
function otherSource(box: Box, destination: Address): Address | undefined {
    const uplink = box.ports.flatMap(({ addresses }) => addresses);
    const all = [...uplink, ...[...box.tunnels.values()].flatMap(({ conf }) => conf.addresses.map(({ address }) => address))];
    const own = all.filter(({ family }) => family === destination.family);
    if (destination.family === 4) return own[0];
    const isLocal = ({ text }: Address) => /^f[cd]/.test(text);
    const common = (address: Address) => {
        let length = 0;
        while (length < 128 && contains(prefixOf(address, length + 1), destination)) length++;
        return length;
    };
    const rank = (address: Address) => (isLocal(address) === isLocal(destination) ? 1000 : 0) + common(address);
    return own.reduce<Address | undefined>(
        (best, each) => (best === undefined || rank(each) > rank(best) ? each : best),
        undefined,
    );
}

/** Addresses of the host that are promised to reach the end. */
export function sendersOf(world: World, declared: Declared, host: string, to: End, service: Service): readonly Address[] {
    return world.ends
        .filter((end) => end.kind === "interface" && end.host === host && end.address.family === to.address.family)
        .filter((end) => declared.ruling(end, to, service) === "promised")
        .map(({ address }) => address);
}

/**
 * True for a packet of a host that was delivered although its own source is undeclared, when it came from the interface it left by, as
 * unbound ones do, and had the source of a promised flow from there on.
 */
export function isRewritten(world: World, declared: Declared, from: End, to: End, service: Service, { hops }: Walk): boolean {
    const [first] = hops;
    if (from.kind !== "interface" || first?.tunnel === undefined || first.source === undefined) return false;
    const own = first.tunnel.conf.addresses.filter(({ address }) => address.family === from.address.family);
    return (
        (own.length === 0 || own.some(({ address }) => address.text === from.address.text)) &&
        sendersOf(world, declared, from.host, to, service).some(({ text }) => text === first.source?.text)
    );
}

function arrival(result: Flow, senders: readonly Address[], from: End, what: string): Violation[] {
    if (!result.ok) return [{ kind: "unbound", text: `${what}: ${result.at}: ${result.reason}` }];
    const left = result.hops[0]?.source?.text;
    if (!senders.some(({ text }) => text === left)) return [{ kind: "unbound", text: `${what}: leaves as ${left}` }];
    const isDeclared = senders.some(({ text }) => text === from.address.text);
    return isDeclared && left !== from.address.text ? [{ kind: "needless NAT", text: `${what}: leaves as ${left}` }] : [];
}

/** The same packet from somebody else, who hopes that this host takes it for its own. */
function checkForwarded(
    world: World,
    declared: Declared,
    box: Box,
    from: End & { readonly kind: "interface" },
    to: End,
): Violation[] {
    if (box.firewall === undefined) return [];
    const service = { protocol: "icmp", port: 0 } as const;
    if (declared.isDeclared(from, to)) return [];
    return [...box.ports.map(({ device }) => device), ...box.tunnels.keys()].flatMap((input) => {
        const packet = requestPacket(from.address, to.address, service);
        const result = walk(world, conversation(), { host: box.name, input, packet });
        if (!result.ok || !isAt(result.arrival, to) || !isJudged(world, result.hops, undefined)) return [];
        return [{ kind: "spoof", text: `${input} at ${box.name} takes ${from.address.text} -> ${endName(to)}` } as const];
    });
}
