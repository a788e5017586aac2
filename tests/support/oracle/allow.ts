import type { Graph } from "../../../provider/planner/graph";
import type { Service } from "./flow";
import type { Protocol } from "./packet";

/** What the `allow` of a route says about a service. */
export type Allows = (service: Service) => boolean;

/** `tcp/443`, `tcp/8000-8100`, `udp`, `icmp`; unset is everything. */
export function allowsOf(allow: readonly string[] | undefined): Allows {
    if (allow === undefined) return () => true;
    const items = allow.map(readAllow);
    return (service) =>
        items.some((item) => item.protocol === service.protocol && item.low <= service.port && service.port <= item.high);
}

function readAllow(text: string): { readonly protocol: Protocol; readonly low: number; readonly high: number } {
    const [, protocol, low = "0", high = low] = /^(tcp|udp|icmp)(?:\/(\d+)(?:-(\d+))?)?$/.exec(text) ?? [];
    if (protocol !== "tcp" && protocol !== "udp" && protocol !== "icmp") throw new Error(`unknown allow "${text}"`);
    return text.includes("/") ? { protocol, low: Number(low), high: Number(high) } : { protocol, low: 0, high: 65535 };
}

/** One service inside and one outside of every range a route names, ICMP, and ports nobody names. */
export function servicesOf(graph: Graph): Service[] {
    const named = new Set((graph.routes ?? []).flatMap((route) => route.allow ?? []));
    const services = new Map<string, Service>();
    const add = (protocol: Protocol, port: number) => services.set(`${protocol}/${port}`, { protocol, port });
    add("icmp", 0);
    add("tcp", 22);
    if (named.size > 0) add("udp", 5000);
    for (const text of named) {
        const { protocol, low, high } = readAllow(text);
        if (protocol === "icmp") continue;
        add(protocol, high === 65535 ? 4000 : high);
        if (low > 0) add(protocol, low);
        if (high < 65535) add(protocol, high + 1);
        add(protocol === "tcp" ? "udp" : "tcp", low === 0 ? 4000 : low);
    }
    return [...services.values()];
}
