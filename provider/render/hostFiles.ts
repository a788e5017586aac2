import type { HostPlan } from "../planner/hostPlan";
import { nftables } from "./nftables";
import type { Values } from "./values";
import { wgQuick } from "./wgQuick";

/** Everything one host needs, ready for the push. */
export interface HostFiles {
    /** Sorted by device name. */
    readonly interfaces: readonly { readonly interfaceName: string; readonly conf: string; readonly adopt: boolean }[];
    /** Address families in which the host passes packets on, which sysctls turn on. */
    readonly forward: { readonly ipv4: boolean; readonly ipv6: boolean };
    /** A script for `nft -f`; unset: the host judges nothing. */
    readonly nftables?: string;
    /** Name of the table in family inet that the script replaces. */
    readonly nftTable?: string;
}

/**
 * The files of one host: what a push writes, or a preview shows.
 *
 * @param values Keys and endpoints; {@link redacted} ones for a preview.
 * @example hostFiles(plan(graph).hosts[0], redacted(() => "198.51.100.10:51820")).interfaces[0].conf // "[Interface]\nPrivateKey = (private key …
 */
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
