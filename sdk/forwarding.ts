import * as pulumi from "@pulumi/pulumi";
import { nftables } from "../provider/render";
import type { Host } from "./host";
import { forwardingProvider } from "./provider";

/** What a host passes on, and the rules that judge it: shown in the preview, put in force by the host's push. */
export class Forwarding extends pulumi.dynamic.Resource {
    /** Address families the host forwards: `ipv4`, `ipv6`. */
    declare public readonly forward: pulumi.Output<string[]>;
    /** The text of the mesh's nftables table on this host; empty: none. */
    declare public readonly nftables: pulumi.Output<string>;
}

/** The forwarding of a host, where it forwards or filters at all. The plan is always known, so a preview lists it. */
export function forwarding(host: Host): pulumi.Output<pulumi.Resource[]> {
    return host.mesh.planned.apply((planned) => {
        const plan = planned.host(host.hostName);
        const forward = [...(plan.forward.ipv4 ? ["ipv4"] : []), ...(plan.forward.ipv6 ? ["ipv6"] : [])];
        if (forward.length === 0 && plan.firewall === undefined) {
            return [];
        }
        const props = { host: host.hostName, forward, nftables: plan.firewall === undefined ? "" : nftables(plan.firewall) };
        return [new Forwarding(forwardingProvider, host.hostName, props, { parent: host }, "wireguard", "Forwarding")];
    }) as pulumi.Output<pulumi.Resource[]>;
}
