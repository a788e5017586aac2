import { createHash } from "node:crypto";
import type { Namespace } from "./namespace";

let ports = 0;

/** One end of a cable: a station's interface and its port on the segment's bridge. */
export interface Cable {
    /** The station's interface: "eth0". */
    readonly device: string;
    /** Pulls the plug on the bridge's side; the station still thinks its link is there, as with a broken network further away. */
    cut(): void;
    /** Puts the plug back. */
    mend(): void;
    /** Takes the cable away, both ends. */
    unplug(): void;
}

/** What a station gets on a segment. */
export interface Attachment {
    /** Name of the station's interface: "eth0". */
    readonly device: string;
    /** With prefix length: ["198.51.100.10/24"]. */
    readonly addresses: readonly string[];
    /** Gateways for default routes, one a family at most: ["198.51.100.1"]. */
    readonly defaultVia?: readonly string[];
    /** Stations on isolated ports reach the bridge itself but not each other. @default false */
    readonly isolated?: boolean;
}

/** An Ethernet segment: a bridge in some namespace. */
export class Segment {
    constructor(
        readonly namespace: Namespace,
        readonly bridge: string,
        readonly addresses: readonly string[],
    ) {}

    create(): void {
        this.namespace.ip(
            `link add name ${this.bridge} type bridge`,
            ...this.addresses.map((address) => `address add ${address} dev ${this.bridge}${nodad(address)}`),
            `link set ${this.bridge} up`,
        );
    }

    /** Plugs a station in. The pair is born inside the two namespaces, so nothing passes through the machine's own. */
    attach(station: Namespace, attachment: Attachment): Cable {
        ports += 1;
        const port = `port${ports}`;
        const { device, addresses, defaultVia = [], isolated = false } = attachment;
        this.namespace.ip(
            `link add name ${port} type veth peer name ${device} address ${hardwareAddress(station.name, device)} netns ${station.name}`,
            `link set ${port} master ${this.bridge}`,
            ...(isolated ? [`link set ${port} type bridge_slave isolated on`] : []),
            `link set ${port} up`,
        );
        station.ip(
            ...addresses.map((address) => `address add ${address} dev ${device}${nodad(address)}`),
            `link set ${device} up`,
            ...defaultVia.map(
                (gateway) => `route add ${gateway.includes(":") ? "::/0" : "0.0.0.0/0"} via ${gateway} dev ${device}`,
            ),
        );
        return {
            device,
            cut: () => this.namespace.ip(`link set ${port} down`),
            unplug: () => this.namespace.ip(`link delete ${port}`),
            mend: () => this.namespace.ip(`link set ${port} up`),
        };
    }
}

// Duplicate address detection would keep an IPv6 address unusable for a second after boot.
function nodad(address: string): string {
    return address.includes(":") ? " nodad" : "";
}

// The same at every boot, as a network card's: with a new one, neighbours would talk to the old one until their tables forget it.
function hardwareAddress(station: string, device: string): string {
    const bytes = createHash("sha256").update(`${station}/${device}`).digest().subarray(0, 5);
    return ["02", ...[...bytes].map((byte) => byte.toString(16).padStart(2, "0"))].join(":");
}
