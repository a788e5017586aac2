import type { Namespace } from "./namespace";
import { Segment } from "./segment";
import { Station } from "./station";

/** How a NAT box is set up. */
export interface NatBoxPlan {
    readonly name: string;
    readonly namespace: Namespace;
    /** The net the box has its public address on. */
    readonly outside: Segment;
    /** "198.51.100.100", on {@link outside}, /24. */
    readonly address: string;
    /** The box's own address inside, with prefix length: "10.99.1.1/24". */
    readonly inside: string;
    /** Seconds after which a silent UDP mapping is forgotten. */
    readonly udpTimeout: number;
}

/** A home router: masquerades what goes out, lets in only what answers it, and forgets UDP mappings. */
export class NatBox extends Station {
    /** Its address on the public net, which everybody outside sees. */
    readonly address: string;
    /** The segment behind it. */
    readonly segment: Segment;
    /** Its address inside, without prefix length: the default gateway of those behind it. */
    readonly gateway: string;
    private forwards = 0;

    constructor(private readonly plan: NatBoxPlan) {
        super(plan.name, plan.namespace);
        this.address = plan.address;
        this.segment = new Segment(plan.namespace, "inside0", [plan.inside]);
        this.gateway = plan.inside.replace(/\/.*/, "");
    }

    create(): void {
        const { namespace, outside, address, udpTimeout } = this.plan;
        namespace.create();
        outside.attach(namespace, { device: "outside0", addresses: [`${address}/24`] });
        this.segment.create();
        namespace.sysctl("ipv4/ip_forward", 1);
        namespace.nft(`
            table ip nat {
                chain in { type nat hook prerouting priority dstnat; }
                chain out { type nat hook postrouting priority srcnat; oifname "outside0" masquerade; }
            }
            table ip filter {
                chain forward {
                    type filter hook forward priority filter; policy drop;
                    iifname "inside0" accept
                    ct state established,related accept
                    ct status dnat accept
                }
            }
        `);
        // Only there once the rules above have loaded connection tracking.
        namespace.sysctl("netfilter/nf_conntrack_udp_timeout", udpTimeout);
        namespace.sysctl("netfilter/nf_conntrack_udp_timeout_stream", udpTimeout);
    }

    /** Forwards a new public TCP port to sshd of a host inside, and returns it: the way to a host that has no other. */
    forwardSsh(inside: string): number {
        this.forwards += 1;
        const port = 2200 + this.forwards;
        this.namespace.nft(`add rule ip nat in iifname "outside0" tcp dport ${port} dnat to ${inside}:22`);
        return port;
    }
}
