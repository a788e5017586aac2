import { contains, formatAddress, hostOf, type Prefix, parseAddress } from "./cidr";
import { quote } from "./failure";
import type { Firewall, RewriteRule } from "./hostPlan";
import { parseAllow } from "./rules/allow";
import { sound } from "./topology";

/** What a packet is for. Unset protocol or port: see `every`. */
export interface Service {
    readonly protocol?: "tcp" | "udp" | "icmp";
    /** 1-65535. */
    readonly port?: number;
    /** True: everything left open must pass. False: it is enough that something does. */
    readonly every: boolean;
}

export interface Passing {
    readonly source: Prefix;
    readonly destination: Prefix;
    readonly service: Service;
    /** Device names; unset: made by the host, or not an interface of the mesh. */
    readonly input?: string;
    readonly output?: string;
    /** True when the packet came in through an interface that is not of the mesh. */
    readonly fromOutside: boolean;
    readonly isReply: boolean;
}

/** What the table of a host says to a packet, and which rule says it. */
export interface Verdict {
    readonly passes: boolean;
    readonly because: string;
    /** The source it leaves with instead of its own. Unset: it keeps that. */
    readonly source?: Prefix;
}

/** The rules of render/nftables, in their order. */
export function judge(firewall: Firewall, packet: Passing): Verdict {
    const forged = forgery(firewall, packet);
    if (forged !== undefined) {
        return { passes: false, because: forged };
    }
    const isOurs = firewall.interfaces.some(
        ({ interfaceName }) => interfaceName === packet.input || interfaceName === packet.output,
    );
    if (!isOurs) {
        return { passes: true, because: "it touches no interface of the mesh" };
    }
    if (packet.isReply) {
        return { passes: true, because: "it answers a flow that was let through" };
    }
    return (
        betweenPeers(firewall, packet) ??
        byRoute(firewall, packet) ??
        byRewrite(firewall, packet) ?? {
            passes: false,
            because: `no Route declares ${formatAddress(packet.source)} -> ${formatAddress(packet.destination)}${narrowing(firewall, packet)}`,
        }
    );
}

function forgery(firewall: Firewall, { source, input, fromOutside }: Passing): string | undefined {
    const door = firewall.interfaces.find(({ interfaceName }) => interfaceName === input);
    if (door !== undefined && (holds(door.elsewhere, source) || !holds(door.sources, source))) {
        return `source ${formatAddress(source)} does not live behind ${door.interfaceName}`;
    }
    return fromOutside && holds(firewall.overlay, source)
        ? `source ${formatAddress(source)} lives behind a tunnel and came in elsewhere`
        : undefined;
}

function betweenPeers(firewall: Firewall, { source, destination }: Passing): Verdict | undefined {
    const both = [formatAddress(source), formatAddress(destination)] as const;
    const [from, to] = both;
    const found = firewall.interfaces.find(
        (one) =>
            (one.addresses.includes(from) && one.peers.includes(to)) || (one.addresses.includes(to) && one.peers.includes(from)),
    );
    return found === undefined ? undefined : { passes: true, because: `its ends are peers on ${found.interfaceName}` };
}

function byRoute(firewall: Firewall, { source, destination, service }: Passing): Verdict | undefined {
    const pair = firewall.rules.find(
        (rule) => holds(rule.sources, source) && holds(rule.destinations, destination) && allows(rule.allow, service),
    );
    const route =
        pair ??
        firewall.internet.find(
            (rule) =>
                holds(rule.sources, source) &&
                rule.family === destination.family &&
                !holds(rule.except, destination) &&
                allows(rule.allow, service),
        );
    return route === undefined ? undefined : { passes: true, because: `route ${quote(route.route)} lets it pass` };
}

/** A packet of the host itself from an address of the interface it leaves by gets one that a route declares. */
function byRewrite(firewall: Firewall, packet: Passing): Verdict | undefined {
    const rule = rewriting(firewall, packet).find(({ allow }) => allows(allow, packet.service));
    const source = rule?.to === undefined ? undefined : parseAddress(rule.to);
    return rule === undefined || source === undefined
        ? undefined
        : { passes: true, because: `route ${quote(rule.route)} lets it pass from ${rule.to}`, source };
}

/** The rules that would give the packet another source, for one service or another. */
function rewriting(firewall: Firewall, { source, destination, input, output, fromOutside }: Passing): readonly RewriteRule[] {
    return input !== undefined || fromOutside
        ? []
        : firewall.rewrites.filter(
              (rule) =>
                  rule.to !== undefined &&
                  rule.output === output &&
                  (rule.sources.length === 0 || rule.sources.includes(formatAddress(source))) &&
                  holds(rule.destinations, destination) &&
                  !holds(rule.except, destination),
          );
}

/** Tells somebody whose route is only narrower than the packet what it does let through. */
function narrowing(firewall: Firewall, packet: Passing): string {
    const { source, destination } = packet;
    const near = firewall.rules.find((rule) => holds(rule.sources, source) && holds(rule.destinations, destination));
    if (near !== undefined) {
        return `; route ${quote(near.route)} only lets ${near.allow.join(", ")} pass`;
    }
    const [own] = rewriting(firewall, packet);
    if (own !== undefined) {
        return `; route ${quote(own.route)} only lets ${own.allow.join(", ")} pass from ${own.to}`;
    }
    const turned = firewall.rules.find((rule) => holds(rule.sources, destination) && holds(rule.destinations, source));
    return turned === undefined ? "" : `; route ${quote(turned.route)} only lets the other side open flows`;
}

function holds(prefixes: readonly string[], address: Prefix): boolean {
    return prefixes.some((text) => contains(sound(text.includes("/") ? text : `${text}/${hostOf(address).length}`), address));
}

/** What `allow` says about a service. */
export function allows(allow: readonly string[], { protocol, port, every }: Service): boolean {
    if (allow.length === 0) {
        return true;
    }
    if (protocol === undefined) {
        return !every;
    }
    return allow.some((text) => {
        const item = parseAllow(text);
        if (typeof item === "string" || item.protocol !== protocol) {
            return false;
        }
        if (item.ports === undefined) {
            return true;
        }
        return port === undefined ? !every : item.ports[0] <= port && port <= item.ports[1];
    });
}
