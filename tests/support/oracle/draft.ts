import type { Graph, Host, Interface, Lan, Peer, Route } from "../../../provider/planner/graph";

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
