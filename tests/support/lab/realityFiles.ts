import { parseConf } from "../oracle/conf";
import { publicKeyOf } from "../oracle/keys";

/** What a device was given, in the fields and spelling of `wg show DEVICE dump` (wg(8)); peers and allowed IPs sorted, no statistics. */
export type Dump = readonly string[];

/** What the device must show after it got this file. */
export function meant(text: string): Dump {
    const { privateKey, listenPort, fwMark, peers } = parseConf(text);
    const mark = fwMark === 0 ? "off" : `0x${fwMark.toString(16)}`;
    const own = [privateKey, publicKeyOf(privateKey), listenPort ?? "any", mark].join(" ");
    const others = peers.map(({ publicKey, presharedKey, endpoint, allowedIPs, keepalive }) => {
        const host = endpoint?.host.includes(":") ? `[${endpoint.host}]` : endpoint?.host;
        return [
            publicKey,
            presharedKey || "(none)",
            endpoint === undefined ? "(none)" : `${host}:${endpoint.port}`,
            sorted(allowedIPs.map((prefix) => prefix.text)) || "(none)",
            keepalive === 0 ? "off" : keepalive,
        ].join(" ");
    });
    return [own, ...others.toSorted()];
}

/** Reads a dump; a port that the file did not name was the kernel's choice. */
export function shown(dump: string, text: string): Dump {
    const [own = "", ...peers] = dump.trim().split("\n");
    const [privateKey, publicKey, port, mark] = own.split("\t");
    const others = peers.map((line) => {
        const [key, psk, endpoint, allowed = "", , , , keepalive] = line.split("\t");
        return [key, psk, endpoint, sorted(allowed.split(",")), keepalive].join(" ");
    });
    return [[privateKey, publicKey, /^ListenPort/m.test(text) ? port : "any", mark].join(" "), ...others.toSorted()];
}

/**
 * A bash script that has the real programs of a host read every file: `wg-quick strip`, then `wg setconf` on a device of its own, then
 * `nft -c -f`. Complaints go to stderr; stdout is one dump a conf, with a line "# next" before each.
 */
export function readByTools(confs: readonly string[], scripts: readonly string[]): string {
    const put = (name: string, text: string) => `cat >${name} <<'END'\n${text}END\n`;
    return `set -euo pipefail
umask 077
folder=$(mktemp -d)
mkdir $folder/conf
cd $folder
${confs.map((conf, nth) => put(`conf/wg${nth}.conf`, conf)).join("")}
${scripts.map((text, nth) => put(`${nth}.nft`, text)).join("")}
ip link add wgcheck type wireguard 2>/dev/null || wireguard-go wgcheck >/dev/null 2>&1
for ((nth = 0; nth < ${confs.length}; nth++)); do
    wg-quick strip $folder/conf/wg$nth.conf >stripped || echo "conf $nth: wg-quick strip" >&2
    wg setconf wgcheck stripped || echo "conf $nth: wg setconf" >&2
    echo "# next"
    wg show wgcheck dump
done
ip link delete wgcheck
for ((nth = 0; nth < ${scripts.length}; nth++)); do nft -c -f $nth.nft || echo "script $nth: nft" >&2; done
cd /
rm -rf $folder
`;
}

function sorted(prefixes: readonly string[]): string {
    return prefixes.toSorted().join(",");
}
