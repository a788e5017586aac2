import type { InterfacePlan, PeerSection } from "../planner/hostPlan";
import type { Values } from "./values";

/**
 * The `.conf` of one interface: canonical, so that equal plans are equal bytes. Keys of wg(8) come first in the order of `wg showconf`,
 * then those of wg-quick(8); what is unset is absent, because an empty value rejects the whole file (wireguard.md 1.8).
 */
export function wgQuick(iface: InterfacePlan, values: Values): string {
    const own = section("Interface", [
        ["ListenPort", iface.listenPort],
        ["FwMark", iface.fwMark === undefined ? undefined : `0x${iface.fwMark.toString(16)}`],
        ["PrivateKey", values.privateKey(iface.name)],
        ["Address", iface.addresses.join(", ")],
        // Without it wg-quick guesses from the routes at boot, differently per version (wireguard.md 1.4).
        ["MTU", iface.mtu],
        // "true" would let `wg-quick down` overwrite this file (man wg-quick).
        ["SaveConfig", "false"],
    ]);
    return [own, ...iface.peers.map((peer) => peerSection(peer, values))].join("\n");
}

function peerSection(peer: PeerSection, values: Values): string {
    const text = section("Peer", [
        ["PublicKey", values.publicKey(peer.remote)],
        ["PresharedKey", peer.presharedKey ? values.presharedKey(peer.peer) : undefined],
        ["AllowedIPs", peer.allowedIPs.length === 0 ? undefined : peer.allowedIPs.join(", ")],
        ["Endpoint", peer.endpoint ? values.endpoint(peer.remote) : undefined],
        ["PersistentKeepalive", peer.persistentKeepalive],
    ]);
    return text.replace("\n", `\n# ${peer.remote}\n`);
}

/** One `Key = value` line per field that is set, and a newline at the end. */
function section(name: string, fields: readonly (readonly [key: string, value: string | number | undefined])[]): string {
    const lines = fields.flatMap(([key, value]) => (value === undefined ? [] : [`${key} = ${value}`]));
    return [`[${name}]`, ...lines, ""].join("\n");
}
