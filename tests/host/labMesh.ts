import { generateKeyPairSync } from "node:crypto";
import { type HostPush, type InterfacePush, payload, pushCommand, removeCommand } from "../../provider/host/payload";
import type { Finished } from "../support/lab/command";
import type { Host } from "../support/lab/host";

/** A key pair as `wg genkey | wg pubkey` prints it; RFC 7748 keys from Node, so no tool under test has a hand in it. */
export interface Keys {
    readonly privateKey: string;
    readonly publicKey: string;
}

export function makeKeys(): Keys {
    const { d = "", x = "" } = generateKeyPairSync("x25519").privateKey.export({ format: "jwk" });
    return { privateKey: fromUrl(d), publicKey: fromUrl(x) };
}

function fromUrl(text: string): string {
    return Buffer.from(text, "base64url").toString("base64");
}

/** One `[Peer]` of {@link conf}. */
export interface ConfPeer {
    readonly publicKey: string;
    readonly allowedIPs: readonly string[];
    readonly endpoint?: string;
    readonly keepalive?: number;
    readonly presharedKey?: string;
}

/** A wg-quick file as the library renders it. */
export interface Conf {
    readonly privateKey: string;
    readonly address: readonly string[];
    readonly listenPort?: number;
    readonly mtu?: number;
    readonly peers: readonly ConfPeer[];
    /** Further lines of [Interface]. */
    readonly extra?: readonly string[];
}

export function conf({ privateKey, address, listenPort, mtu = 1420, peers, extra = [] }: Conf): string {
    const lines = ["[Interface]", `PrivateKey = ${privateKey}`, ...address.map((one) => `Address = ${one}`)];
    if (listenPort !== undefined) {
        lines.push(`ListenPort = ${listenPort}`);
    }
    lines.push(`MTU = ${mtu}`, "SaveConfig = false", ...extra);
    for (const peer of peers) {
        lines.push("", "[Peer]", `PublicKey = ${peer.publicKey}`);
        if (peer.presharedKey !== undefined) {
            lines.push(`PresharedKey = ${peer.presharedKey}`);
        }
        lines.push(`AllowedIPs = ${peer.allowedIPs.join(", ")}`);
        if (peer.endpoint !== undefined) {
            lines.push(`Endpoint = ${peer.endpoint}`);
        }
        if (peer.keepalive !== undefined) {
            lines.push(`PersistentKeepalive = ${peer.keepalive}`);
        }
    }
    return `${lines.join("\n")}\n`;
}

/** A push of one interface and nothing else. */
export function onePush(host: string, text: string, more: Partial<HostPush> & { readonly adopt?: boolean } = {}): HostPush {
    const { adopt = false, ...rest } = more;
    const interfaces: readonly InterfacePush[] = [{ interfaceName: "wg0", conf: text, adopt }];
    return { mesh: "office", host, interfaces, forward: { ipv4: false, ipv6: false }, ...rest };
}

/** Pushes as Pulumi does: the payload on the stdin of one SSH command. */
export function push(host: Host, what: HostPush, user: "root" | "ops" | "nopass" = "root"): Promise<Finished> {
    return host.ssh(pushCommand(user), { user, input: payload(what), timeout: 200 });
}

/** As {@link push}, but a failed one is an error. Returns what was printed. */
export async function mustPush(host: Host, what: HostPush, user: "root" | "ops" = "root"): Promise<string> {
    const finished = await push(host, what, user);
    if (finished.code !== 0) {
        throw new Error(`push to "${host.name}" ended with status ${finished.code}: ${finished.stdout}${finished.stderr}`);
    }
    return finished.stdout;
}

export function removeMesh(host: Host, mesh = "office"): Promise<Finished> {
    return host.ssh(removeCommand(mesh, "root"), { timeout: 200 });
}

/** Everything a push may change, as text: files, units, sysctls, addresses, routes, rules, nft. */
export function snapshot(host: Host): Promise<string> {
    return host.must(`
        find /etc /usr/local /var/lib/pulumi-wireguard -xdev ! -name ld.so.cache -printf '%p %y %m %u %l\\n' 2>/dev/null | sort
        find /etc /usr/local -xdev -type f ! -name ld.so.cache -exec sha256sum {} + | sort -k 2
        systemctl list-unit-files --no-legend --no-pager; systemctl list-units --all --no-legend --no-pager --plain 'wg-quick*' 'pulumi*' 'nftables*'
        for key in net/ipv4/ip_forward net/ipv6/conf/all/forwarding net/ipv6/conf/eth0/accept_ra net/ipv4/conf/eth0/forwarding; do
            echo "$key $(cat /proc/sys/$key)"; done
        # Link-local addresses and MACs are new at every boot of a lab host and every start of wireguard-go.
        { ip -o link | sed 's/^[0-9]*: //; s/@if[0-9]*//'; ip -o address | sed 's/^[0-9]*: //; s/valid_lft.*//'; ip route show table all; ip -6 route show table all; } |
            sed 's/link.ether.*//; s/expires [0-9a-z]*//' | grep -v 'fe80::[0-9a-f]*:'
        ip rule; ip -6 rule; nft -s list ruleset; ls -A /run/pulumi-wireguard 2>/dev/null || true`);
}
