import type { Firewall } from "../planner/hostPlan";
import { chain, perFamily, setOf, text } from "./nftWords";

/**
 * Answers to connections from outside leave the way those came, not through the full tunnel: else a push that brings one in would cut
 * off its own SSH session. Packets with the tunnel's mark go by the main table (wg-quick's rule `not fwmark`), so such packets get it.
 *
 * The connection mark has the same value, because wg-quick's own chains copy marks between packets and connections of UDP
 * (wireguard.md 1.2): with another one they would undo this after the first answer. Marks of others, of packets and of connections, stay.
 *
 * In prerouting before destination NAT, so that ports published from containers are "to this host" too, and the packets of such a
 * connection get their mark there. What is only passed on, as from a LAN into the tunnel, is never marked.
 *
 * A connection older than this table has no mark yet, and its next packet may well be ours. With an address of the mesh or a LAN it goes
 * where routes say; with another one it would be dropped at the far end of the tunnel, so it is an answer if conntrack says so. Conntrack
 * itself may be as young as this table; then the first packet it sees is not a SYN, and a server's port lies below the ephemeral ones.
 */
export function bypass(firewall: Firewall, names: readonly string[]): string[] {
    const { bypassMark } = firewall;
    if (bypassMark === undefined) {
        return [];
    }
    const mark = `0x${bypassMark.toString(16)}`;
    const pin = `ct mark set ${mark} meta mark set ${mark}`;
    return [
        chain("bypass_in", [
            "type filter hook prerouting priority mangle; policy accept;",
            `iifname != ${setOf([...names, "lo"].map(text))} ct direction original fib daddr type local ct mark 0 ct mark set ${mark}`,
            `ct mark ${mark} meta mark 0 meta mark set ${mark}`,
        ]),
        chain("bypass_out", [
            "type route hook output priority mangle; policy accept;",
            'oifname "lo" accept',
            "meta mark != 0 accept",
            `ct mark ${mark} meta mark set ${mark} accept`,
            "ct mark != 0 accept",
            ...perFamily(firewall.ownSources, (family, set) => `${family} saddr ${set} accept`),
            `ct direction reply ${pin} accept`,
            `ct state new tcp flags & (syn | rst) != syn tcp sport 1-32767 ${pin}`,
        ]),
    ];
}
