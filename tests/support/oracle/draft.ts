import type { Graph, Host, Interface, Lan, Peer, Route } from "../../../provider/planner/graph";
import { nth, parseAddressWithLength, prefixOf, size } from "./ip";

/** A graph under construction. */
export class Draft {
    readonly hosts: Host[] = [];
    readonly interfaces: Interface[] = [];
    readonly peers: Peer[] = [];
    readonly lans: Lan[] = [];
    readonly routes: Route[] = [];
    private readonly nextPlace = new Map<string, number>();
    private subnets = 0;

    /** A network of its own: both families' prefixes, without the host part and the length. */
    newSubnet(): Subnet {
        const number = this.subnets++;
        return {
            v4: `10.0.${number}.`,
            v6: `fd00:${(number + 1).toString(16)}::`,
            length4: [24, 28, 24, 27, 24, 26][number % 6] ?? 24,
            length6: number % 2 === 0 ? 64 : 120,
        };
    }

    addInterface(host: string, rest: Partial<Interface>): Interface {
        const count = this.interfaces.filter((iface) => iface.host === host).length;
        const iface: Interface = { name: `${host}-wg${count}`, host, interfaceName: `wg${count}`, ...rest };
        this.interfaces.push(iface);
        return iface;
    }

    /** Next free place in a subnet, as addresses of the wanted families. */
    addresses(subnet: Subnet, families: readonly (4 | 6)[], wholeNetwork: boolean): string[] {
        const place = (this.nextPlace.get(subnet.v4) ?? 0) + 1;
        this.nextPlace.set(subnet.v4, place);
        return families.map((family) => {
            if (family === 4) return `${subnet.v4}${place}/${wholeNetwork ? subnet.length4 : 32}`;
            return `${subnet.v6}${place.toString(16)}/${wholeNetwork ? subnet.length6 : 128}`;
        });
    }

    change(iface: Interface, to: Partial<Interface>): Interface {
        const changed = { ...iface, ...to };
        this.interfaces[this.interfaces.indexOf(iface)] = changed;
        return changed;
    }

    /** `10.0.0.0/24` for `10.0.0.7` and 24. */
    network(address: string, length: number): string {
        return prefixOf(parseAddressWithLength(address).address, length).text;
    }

    /** The last address of the same network that nobody has, with a length of its own: `10.0.0.254/25` for `10.0.0.1/24` and 25. */
    neighbour(text: string, length: number): string | undefined {
        const { address, length: around } = parseAddressWithLength(text);
        const network = prefixOf(address, around);
        const taken = new Set(this.interfaces.flatMap((iface) => iface.addresses ?? []).map((each) => each.split("/")[0]));
        for (let place = size(network) - 2; place > 0 && place > size(network) - 20; place--) {
            const { text: next } = nth(network, place);
            if (!taken.has(next)) return `${next}/${length}`;
        }
        return undefined;
    }

    connect(a: Interface, b: Interface, rest: Partial<Peer> = {}): void {
        const known = this.peers.some(({ between }) => between.includes(a.name) && between.includes(b.name));
        if (a.host !== b.host && !known) this.peers.push({ name: `${a.name}-${b.name}`, between: [a.name, b.name], ...rest });
    }

    graph(): Graph {
        return {
            mesh: "office",
            hosts: this.hosts,
            interfaces: this.interfaces,
            peers: this.peers,
            ...(this.lans.length > 0 ? { lans: this.lans } : {}),
            ...(this.routes.length > 0 ? { routes: this.routes } : {}),
        };
    }
}

export interface Subnet {
    readonly v4: string;
    readonly v6: string;
    readonly length4: number;
    readonly length6: number;
}
