import type { Host } from "./host";
import { Namespace } from "./namespace";
import { Segment } from "./segment";
import { Station } from "./station";

/** A LAN behind a host: the host has one foot in it, plain machines the others. */
export class Lan {
    /** The host's device in this LAN: "lan0". */
    readonly device: string;
    private readonly segment: Segment;

    constructor(
        private readonly prefix: string,
        readonly name: string,
        private readonly router: Host,
        /** The host's address in the LAN, with prefix length: "192.168.10.1/24". */
        readonly routerAddress: string,
        nth: number,
    ) {
        this.device = `lan${nth}`;
        this.segment = new Segment(new Namespace(`${prefix}${name}`), "segment0", []);
    }

    create(): void {
        this.segment.namespace.create();
        this.segment.create();
        this.router.plug(this.segment, { device: this.device, addresses: [this.routerAddress] });
    }

    /**
     * Adds a machine: a network stack without a system, which answers pings.
     *
     * `address` has a prefix length: "192.168.10.5/24". Its default route leads to the LAN's host; with `defaultVia: "none"` it knows only its own
     * LAN (no return route), with an address it uses that gateway.
     */
    machine(name: string, address: string, { defaultVia }: { readonly defaultVia?: string } = {}): Station {
        const namespace = new Namespace(`${this.prefix}${name}`);
        namespace.create();
        const gateway = defaultVia ?? this.routerAddress.replace(/\/.*/, "");
        this.segment.attach(namespace, { device: "eth0", addresses: [address], defaultVia: gateway === "none" ? [] : [gateway] });
        return new Station(name, namespace);
    }
}
