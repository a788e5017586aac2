import { type Hook, parseHook } from "./hook";
import { type Address, type Prefix, parseAddressWithLength, parsePrefix } from "./ip";

/** A `.conf` file as wg(8) and wg-quick(8) read it. */
export interface Conf {
    readonly privateKey: string;
    readonly listenPort: number | undefined;
    /** 0 for off. */
    readonly fwMark: number;
    readonly addresses: readonly ConfAddress[];
    readonly mtu: number | undefined;
    /** Verbatim: `auto`, `off` or a table number (wireguard.md 1.1: values are case-sensitive). */
    readonly table: string;
    readonly saveConfig: boolean;
    /** What the PostUp lines do, in file order. */
    readonly hooks: readonly Hook[];
    readonly peers: readonly ConfPeer[];
}

export interface ConfAddress {
    readonly address: Address;
    readonly length: number;
}

export interface ConfPeer {
    readonly publicKey: string;
    readonly presharedKey: string;
    /** In file order, host bits cleared as on read-back from the kernel. */
    readonly allowedIPs: readonly Prefix[];
    readonly endpoint: { readonly host: string; readonly port: number } | undefined;
    /** Seconds, 0 for off. */
    readonly keepalive: number;
}

interface Section {
    readonly name: string;
    readonly entries: Map<string, string[]>;
}

const interfaceKeys = new Set([
    "privatekey",
    "listenport",
    "fwmark",
    "address",
    "mtu",
    "table",
    "saveconfig",
    "postup",
    "predown",
]);
const peerKeys = new Set(["publickey", "presharedkey", "allowedips", "endpoint", "persistentkeepalive"]);

/**
 * Parses one file by the grammar of wireguard.md 1.8.
 *
 * A PostUp the walk does not know is an error rather than ignored, and so is DNS. PreDown plays no part in a walk.
 */
export function parseConf(text: string): Conf {
    const sections = readSections(text);
    const own = sections.filter((section) => section.name === "interface");
    if (own.length !== 1 || own[0] === undefined) throw new Error("expected exactly one [Interface]");
    const entries = own[0].entries;
    return {
        privateKey: single(entries, "privatekey"),
        listenPort: optionalNumber(entries, "listenport", 65535),
        fwMark: readFwMark(entries.get("fwmark")?.[0]),
        addresses: list(entries, "address").map(parseAddressWithLength),
        mtu: optionalNumber(entries, "mtu", 65535),
        table: entries.get("table")?.[0] ?? "auto",
        saveConfig: readBoolean(entries.get("saveconfig")?.[0] ?? "false"),
        hooks: (entries.get("postup") ?? []).map(parseHook),
        peers: mergePeers(sections.filter((section) => section.name === "peer").map(readPeer)),
    };
}

function readSections(text: string): Section[] {
    const sections: Section[] = [];
    for (const line of text.split("\n")) {
        // Hooks keep their spaces: wg-quick takes these lines out before wg(8) reads the rest.
        const isHook = /^\s*(postup|predown)\s*=/i.test(line);
        const bare = isHook ? line.trim().replace(/\s*=\s*/, "=") : line.replace(/#.*$/, "").replace(/\s+/g, "");
        if (bare === "") continue;
        const heading = /^\[(interface|peer)\]$/i.exec(bare);
        if (heading !== null) {
            sections.push({ name: (heading[1] ?? "").toLowerCase(), entries: new Map() });
            continue;
        }
        const section = sections.at(-1);
        const [, key = "", value = ""] = /^([^=]+)=(.+)$/.exec(bare) ?? [];
        const known = section?.name === "peer" ? peerKeys : interfaceKeys;
        if (section === undefined || !known.has(key.toLowerCase())) throw new Error(`line unrecognized: "${line}"`);
        const values = section.entries.get(key.toLowerCase()) ?? [];
        section.entries.set(key.toLowerCase(), [...values, value]);
    }
    return sections;
}

function readPeer(section: Section): ConfPeer {
    const keepalive = section.entries.get("persistentkeepalive")?.[0] ?? "off";
    if (!/^(off|\d{1,5})$/.test(keepalive)) throw new Error(`bad PersistentKeepalive "${keepalive}"`);
    return {
        publicKey: single(section.entries, "publickey"),
        presharedKey: section.entries.get("presharedkey")?.[0] ?? "",
        allowedIPs: list(section.entries, "allowedips").map(parsePrefix),
        endpoint: readEndpoint(section.entries.get("endpoint")?.[0]),
        keepalive: keepalive === "off" ? 0 : Number(keepalive),
    };
}

/** The same key in two blocks is one peer, and only the last block's AllowedIPs survive (wireguard.md 1.8). */
function mergePeers(peers: readonly ConfPeer[]): ConfPeer[] {
    return [...new Map(peers.map((peer) => [peer.publicKey, peer])).values()];
}

function readEndpoint(text: string | undefined): ConfPeer["endpoint"] {
    if (text === undefined) return undefined;
    const [, host = "", port = ""] = /^\[?([^\]]+)\]?:(\d+)$/.exec(text) ?? [];
    if (host === "") throw new Error(`bad Endpoint "${text}"`);
    return { host, port: Number(port) };
}

function single(entries: Section["entries"], key: string): string {
    const values = entries.get(key) ?? [];
    if (values.length !== 1 || values[0] === undefined) throw new Error(`expected one "${key}", got ${values.length}`);
    return values[0];
}

function list(entries: Section["entries"], key: string): string[] {
    const items = (entries.get(key) ?? []).flatMap((value) => value.split(","));
    if (items.includes("")) throw new Error(`"${key}" has an empty item`);
    return items;
}

function optionalNumber(entries: Section["entries"], key: string, max: number): number | undefined {
    const text = entries.get(key)?.[0];
    if (text === undefined) return undefined;
    if (!/^\d+$/.test(text) || Number(text) > max) throw new Error(`"${key}" must be 0-${max}, got "${text}"`);
    return Number(text);
}

function readFwMark(text: string | undefined): number {
    if (text === undefined || text === "off") return 0;
    if (!/^(0x[0-9a-f]+|\d+)$/.test(text)) throw new Error(`bad FwMark "${text}"`);
    return Number(text);
}

function readBoolean(text: string): boolean {
    if (!/^(true|false)$/i.test(text)) throw new Error(`bad SaveConfig "${text}"`);
    return text.toLowerCase() === "true";
}
