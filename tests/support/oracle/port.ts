import type { Lan } from "../../../provider/planner/graph";
import { Fib } from "./fib";
import { type Address, nth, type Prefix, parseAddress, parsePrefix, size, upperHalf } from "./ip";
import { type Underlay, wanDevice } from "./underlay";

/** A device of a host that is no tunnel. */
export interface Port {
    readonly device: string;
    readonly addresses: readonly Address[];
    /** Unset: the device towards the internet. */
    readonly lan: { readonly prefix: Prefix; readonly machines: Machines; readonly nat: boolean } | undefined;
}

/** The devices of a host besides its tunnels: one towards the internet, one per LAN. */
export function portsOf(host: string, lans: readonly Lan[], underlay: Underlay): Port[] {
    const own = lans.filter((lan) => lan.host === host);
    return [
        { device: wanDevice, addresses: underlay.wan.get(host) ?? [], lan: undefined },
        ...own.map((lan, index) => {
            const prefix = parsePrefix(lan.prefix);
            const { gateway, machines } = lanAddresses(prefix);
            return { device: `lan${index}`, addresses: gateway, lan: { prefix, machines, nat: lan.nat === true } };
        }),
    ];
}

/** What the host has where only one machine of a network is declared: an address of that network, which nobody else names. */
const beside = { 4: parseAddress("198.18.0.1"), 6: parseAddress("2001:db8:2::1") } as const;

type Machines = readonly [Address, ...Address[]];

/**
 * The host takes the first usable address of its LAN and an imaginary machine the next; where there is room, a second machine lives in the
 * upper half, which a route may exclude. A single address is the machine's.
 */
export function lanAddresses(prefix: Prefix): { readonly gateway: readonly Address[]; readonly machines: Machines } {
    const places = size(prefix);
    if (places === 1) return { gateway: [beside[prefix.family]], machines: [nth(prefix, 0)] };
    const first = places > 2 ? 1 : 0;
    const near = nth(prefix, first + 1);
    return { gateway: [nth(prefix, first)], machines: places < 8 ? [near] : [near, nth(upperHalf(prefix), 1)] };
}

/** Routing as it is before any tunnel comes up. */
export function fibOf(ports: readonly Port[]): Fib {
    const fib = new Fib();
    for (const port of ports) {
        for (const address of port.addresses) fib.addLocal(address, port.device);
        if (port.lan !== undefined) fib.addConnected(port.lan.prefix, port.device);
    }
    fib.add(parsePrefix("0.0.0.0/0"), wanDevice);
    fib.add(parsePrefix("::/0"), wanDevice);
    return fib;
}
