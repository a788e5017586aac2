import type { HostPlan } from "../planner/hostPlan";
import { nftables } from "./nftables";
import type { Values } from "./values";
import { wgQuick } from "./wgQuick";

/** Everything one host needs, ready for the push. */
export interface HostFiles {
    /** Sorted by device name. */
    readonly interfaces: readonly { readonly interfaceName: string; readonly conf: string; readonly adopt: boolean }[];
    readonly forward: { readonly ipv4: boolean; readonly ipv6: boolean };
    /** A script for `nft -f`; unset: the host judges nothing. */
    readonly nftables?: string;
    /** Name of the table in family inet that the script replaces. */
    readonly nftTable?: string;
}

export function hostFiles(plan: HostPlan, values: Values): HostFiles {
    const { firewall } = plan;
    return {
        interfaces: plan.interfaces.map((one) => ({
            interfaceName: one.interfaceName,
            conf: wgQuick(one, values),
            adopt: one.adopt,
        })),
        forward: plan.forward,
        ...(firewall === undefined ? {} : { nftables: nftables(firewall), nftTable: firewall.table }),
    };
}
