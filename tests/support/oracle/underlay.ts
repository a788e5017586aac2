import type { Graph } from "../../../provider/planner/graph";
import { type Address, parseAddress } from "./ip";

/** Name of every host's device towards the internet, and of its LAN devices: `lan0`, `lan1` in the order of declaration. */
export const wanDevice = "eth0";

/** Imaginary machines on the internet, two of them so that one may be excluded from a route. Documentation ranges (RFC 5737, RFC 3849), never 192.0.2.0/24 (lab.md). */
export const internetAddresses: readonly Address[] = ["203.0.113.9", "203.0.113.200", "2001:db8:feed::9"].map(parseAddress);

/** Addresses of the network under the tunnels. A host without an endpoint has one too, but nobody can open a flow to it. */
export interface Underlay {
    /** By host name, IPv4 then IPv6. */
    readonly wan: ReadonlyMap<string, readonly Address[]>;
    /** Host that owns an underlay address or endpoint, by the address's text. */
    readonly owner: ReadonlyMap<string, string>;
    /** Value of an interface's endpoint, without the port, by declared interface name. Unset: not reachable. */
    readonly endpoint: ReadonlyMap<string, string>;
}

export function underlayOf(graph: Graph): Underlay {
    const wan = new Map<string, readonly Address[]>();
    const owner = new Map<string, string>();
    const endpoint = new Map<string, string>();
    graph.hosts.forEach((host, index) => {
        const addresses = [parseAddress(`198.51.100.${10 + index}`), parseAddress(`2001:db8:1::${(10 + index).toString(16)}`)];
        wan.set(host.name, addresses);
        for (const address of addresses) owner.set(address.text, host.name);
        for (const [at, iface] of graph.interfaces.filter((each) => each.host === host.name).entries()) {
            // An endpoint of the interface's own is a port forward at another address.
            const forwarded = `198.51.${101 + at}.${10 + index}`;
            if (iface.endpoint === true) owner.set(forwarded, host.name);
            // Every third host is reached over IPv6, so that both spellings of Endpoint are rendered.
            const own = index % 3 === 2 ? addresses[1] : addresses[0];
            if (iface.endpoint === true) endpoint.set(iface.name, forwarded);
            else if (host.endpoint && own !== undefined) endpoint.set(iface.name, own.text);
        }
    });
    return { wan, owner, endpoint };
}
