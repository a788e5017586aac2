import type { InterfacePlan, PeerSection } from "../planner/hostPlan";
import type { Values } from "./values";

/**
 * The `.conf` of one interface: canonical, so that equal plans are equal bytes. Keys of wg(8) come first in the order of `wg showconf`,
 * then those of wg-quick(8) with the hooks last; what is unset is absent, because an empty value rejects the whole file (wireguard.md 1.8).
 *
 * @example wgQuick(plan(graph).hosts[0].interfaces[0], redacted(() => "198.51.100.10:51820")) // "[Interface]\nPrivateKey = …"
 */
export function wgQuick(iface: InterfacePlan, values: Values): string {
    const own = section("Interface", [
        ["ListenPort", iface.listenPort],
        ["FwMark", iface.fwMark === undefined ? undefined : `0x${iface.fwMark.toString(16)}`],
        ["PrivateKey", values.privateKey(iface.name)],
        ["Address", iface.addresses.join(", ")],
        // Without it wg-quick guesses from the routes at boot, differently per version (wireguard.md 1.4).
        ["MTU", iface.mtu],
        // "true" would let `wg-quick down` overwrite this file (man wg-quick). The apps for phones reject files with keys they do not know.
        ["SaveConfig", iface.isForApp === true ? undefined : "false"],
        ...splitTunnel(iface),
    ]);
    return [own, ...iface.peers.map((peer) => peerSection(peer, values))].join("\n");
}

/**
 * Keeps prefixes out of a full tunnel: in its table, `throw` means "ask the next rule" (ip-route(8)), which is the host's main table.
 *
 * `replace`, because a failing PostUp deletes the interface and such a route, without a device, outlives an interface that was deleted
 * by hand; `|| true`, because a failing PreDown would keep the interface up (wireguard.md 1.3). Allowed IPs for the rest of 0.0.0.0/0 would
 * be ordinary routes instead, and the tunnel's own packets would follow them (wireguard.md I11).
 */
function splitTunnel({ fwMark, excluded = [] }: InterfacePlan): (readonly [key: string, value: string])[] {
    const routes = excluded.map(
        (prefix) => [`ip -${prefix.includes(":") ? 6 : 4} route`, `throw ${prefix} table ${fwMark}`] as const,
    );
    return [
        ...routes.map(([ip, route]) => ["PostUp", `${ip} replace ${route}`] as const),
        ...routes.map(([ip, route]) => ["PreDown", `${ip} del ${route} || true`] as const),
    ];
}

/** In one text, not a line at a time: a full mesh of two hundred has forty thousand sections. */
function peerSection(peer: PeerSection, values: Values): string {
    const { remote, allowedIPs, persistentKeepalive: keepalive } = peer;
    const presharedKey = peer.presharedKey ? `\nPresharedKey = ${values.presharedKey(peer.peer)}` : "";
    const prefixes = allowedIPs.length === 0 ? "" : `\nAllowedIPs = ${allowedIPs.join(", ")}`;
    const carried = peer.endpoint === true ? values.endpoint(remote) : peer.endpoint;
    const endpoint = carried === false ? "" : `\nEndpoint = ${carried}`;
    const pings = keepalive === undefined ? "" : `\nPersistentKeepalive = ${keepalive}`;
    return `[Peer]\n# ${remote}\nPublicKey = ${values.publicKey(remote)}${presharedKey}${prefixes}${endpoint}${pings}\n`;
}

/** One `Key = value` line per field that is set, and a newline at the end. */
function section(name: string, fields: readonly (readonly [key: string, value: string | number | undefined])[]): string {
    return `[${name}]\n${fields.map(([key, value]) => line(key, value)).join("")}`;
}

function line(key: string, value: string | number | undefined): string {
    return value === undefined ? "" : `${key} = ${value}\n`;
}
