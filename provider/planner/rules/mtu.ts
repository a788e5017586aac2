import type { Failure } from "../failure";
import type { Declarations } from "./declarations";
import { label } from "./labels";
import { declaredAt, fail, show } from "./text";

/** Least MTU of a link that carries IPv6; the kernel takes IPv6 off an interface below it (RFC 8200 section 5). */
const ipv6Minimum = 1280;

/** 20 bytes IPv4, 8 UDP, 32 WireGuard: the least that a tunnel adds to a packet. Over IPv6 it is 80. */
const leastOverhead = 60;

const defaultUplinkMtu = 1500;

/** An interface with IPv6 addresses has room for IPv6. */
export function mtuFitsIPv6({ graph }: Declarations): Failure[] {
    return graph.interfaces.flatMap((one) => {
        if (one.mtu === undefined || one.mtu >= ipv6Minimum || one.mtu < 576) {
            return [];
        }
        const address = [...(one.addresses ?? []), one.allocate ?? ""].find((text) => text.includes(":"));
        if (address === undefined) {
            return [];
        }
        const reason = `must be at least ${ipv6Minimum} bytes with the IPv6 address ${show(address)}, got ${one.mtu}`;
        return [fail(`${label(one.name)}.mtu`, one, reason)];
    });
}

/** A packet of the tunnel, wrapped up, fits into one packet of the uplink. */
export function mtuFitsUplink({ graph, hosts }: Declarations): Failure[] {
    return graph.interfaces.flatMap((one) => {
        const host = hosts.get(one.host);
        const uplink = host?.uplinkMtu ?? defaultUplinkMtu;
        if (one.mtu === undefined || host === undefined || one.mtu > 65535 || uplink < 576 || one.mtu <= uplink - leastOverhead) {
            return [];
        }
        const where = `uplinkMtu ${uplink} of host ${show(host.name)}${declaredAt(host)}${host.uplinkMtu === undefined ? ", the default" : ""}`;
        const rule = `must be at most ${uplink - leastOverhead} bytes (${where}, less ${leastOverhead} for WireGuard over IPv4; over IPv6 it is 80)`;
        return [fail(`${label(one.name)}.mtu`, one, `${rule}, got ${one.mtu}`)];
    });
}
