import type { Lan } from "../../../provider/planner/graph";
import { Fib } from "./fib";
import { type Address, nth, type Prefix, parsePrefix, size } from "./ip";
import { type Underlay, wanDevice } from "./underlay";

/** A device of a host that is no tunnel. */
export interface Port {
    readonly device: string;
    readonly addresses: readonly Address[];
    /** Unset: the device towards the internet. */
    readonly lan: { readonly prefix: Prefix; readonly machine: Address; readonly nat: boolean } | undefined;
}

/** The devices of a host besides its tunnels: one towards the internet, one per LAN. */
export function portsOf(host: string, lans: readonly Lan[], underlay: Underlay): Port[] {
    const own = lans.filter((lan) => lan.host === host);
    return [
        { device: wanDevice, addresses: underlay.wan.get(host) ?? [], lan: undefined },
        ...own.map((lan, index) => {
            const prefix = parsePrefix(lan.prefix);
            const { gateway, machine } = lanAddresses(prefix);
            return { device: `lan${index}`, addresses: gateway, lan: { prefix, machine, nat: lan.nat === true } };
        }),
    ];
}

/** The host takes the first usable address of its LAN and the imaginary machine the next; a single address is the machine's. */
export function lanAddresses(prefix: Prefix): { readonly gateway: readonly Address[]; readonly machine: Address } {
    const places = size(prefix);
    if (places === 1) return { gateway: [], machine: nth(prefix, 0) };
    const first = places > 2 ? 1 : 0;
    return { gateway: [nth(prefix, first)], machine: nth(prefix, first + 1) };
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
