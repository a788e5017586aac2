import type * as graph from "../provider/planner/graph";
import type { Host } from "./host";
import type { Mesh } from "./mesh";
import type { Options } from "./options";
import type { WireGuardInterface } from "./wireGuardInterface";

/** What a route may go from or to: one interface, all of a network, a LAN behind a host, or the internet behind a host. */
export type RouteEndpoint = WireGuardInterface | Network | Lan | Internet;

/** The subnets of an interface's addresses, with everyone who peers with it: `iface.network`. */
export class Network {
    /** @internal Use `iface.network`. */
    public constructor(private readonly owner: WireGuardInterface) {}

    /** @internal */
    public get mesh(): Mesh {
        return this.owner.mesh;
    }

    /** @internal */
    public get end(): graph.RouteEnd {
        return { kind: "network", interface: this.owner.declaredName };
    }
}

/**
 * Options of {@link Host.lan}.
 *
 * @example { nat: true }
 */
export interface LanArgs {
    /**
     * True when the LAN's router knows no way back into the mesh: the host then masquerades towards it, and the LAN can
     * answer but not open connections. @default false
     */
    readonly nat?: boolean;
}

/** @internal */
export const lanOptions: Options<LanArgs> = { nat: true };

/** A network behind a host: `host.lan("192.168.10.0/24")`. */
export class Lan {
    /** @internal Use `host.lan(prefix)`. */
    public constructor(
        private readonly host: Host,
        /** The network, e.g. `192.168.10.0/24`. */
        public readonly prefix: string,
    ) {}

    /** @internal */
    public get mesh(): Mesh {
        return this.host.mesh;
    }

    /** @internal */
    public get end(): graph.RouteEnd {
        return { kind: "lan", host: this.host.hostName, prefix: this.prefix };
    }
}

/** Everything behind a host's default route: `host.internet`. */
export class Internet {
    /** @internal Use `host.internet`. */
    public constructor(private readonly host: Host) {}

    /** @internal */
    public get mesh(): Mesh {
        return this.host.mesh;
    }

    /** @internal */
    public get end(): graph.RouteEnd {
        return { kind: "internet", host: this.host.hostName };
    }
}
