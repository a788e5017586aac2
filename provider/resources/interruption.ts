/** One section of a wg-quick file: its keys and values in order, a repeated key joined. */
type Section = ReadonlyMap<string, string>;

/** A wg-quick file read back: the interface's own keys, and the peers by the name in their comment. */
interface Conf {
    readonly interface: Section;
    readonly peers: ReadonlyMap<string, Section>;
}

/**
 * What replacing one redacted `.conf` by another does to the traffic, e.g. `live, 1 peer added`.
 *
 * It names what the push does on the host (provider/host/apply.sh): whatever the kernel can change live is changed
 * live; a default route in or out is not. Undefined when nothing differs or a text is not known yet.
 */
export function interruption(before: string, after: string): string | undefined {
    if (before === "" || !after.startsWith("[Interface]") || before === after) {
        return undefined;
    }
    const old = parse(before);
    const next = parse(after);
    const added = [...next.peers.keys()].filter((name) => !old.peers.has(name));
    const removed = [...old.peers.keys()].filter((name) => !next.peers.has(name));
    const changed = [...next.peers].filter(([name, section]) => differs(old.peers.get(name), section)).map(([name]) => name);
    // To WireGuard another key is another peer; to its users it is the same one, which has to shake hands anew.
    const rekeyed = [...next.peers.keys()].filter((name) => {
        const before = old.peers.get(name);
        return before !== undefined && before.get("PublicKey") !== next.peers.get(name)?.get("PublicKey");
    });
    const restart = restartReason(old, next);
    if (restart !== undefined) {
        return `RESTART, ${restart}; ${count(next.peers.size, "peer")} ${next.peers.size === 1 ? "reconnects" : "reconnect"}`;
    }
    const parts = [
        ...(added.length > 0 ? [`${count(added.length, "peer")} added`] : []),
        ...(removed.length > 0 ? [`${count(removed.length, "peer")} removed (${removed.join(", ")} cut off)`] : []),
        ...(changed.length > 0 ? [`${count(changed.length, "peer")} changed`] : []),
        ...(rekeyed.length > 0 ? [`new public key of ${rekeyed.join(", ")} (reconnects)`] : []),
        ...interfaceChanges(old.interface, next.interface),
    ];
    return parts.length === 0 ? undefined : `live, ${parts.join(", ")}`;
}

/**
 * wg-quick sets up policy routing for a default route, and runs hooks, only while it brings the interface up (wg-quick(8)). What the push
 * restarts for is in provider/host/live.sh.
 */
function restartReason(old: Conf, next: Conf): string | undefined {
    const before = defaultRoutes(old);
    const after = defaultRoutes(next);
    const gained = after.filter((prefix) => !before.includes(prefix));
    const lost = before.filter((prefix) => !after.includes(prefix));
    if (gained.length > 0) {
        return `default route ${gained.join(" and ")} added`;
    }
    if (lost.length > 0) {
        return `default route ${lost.join(" and ")} removed`;
    }
    return hookReason(old.interface, next.interface);
}

/** `down` runs with the file in force and `up` with the new one, so that each hook meets its counterpart; there is no live way. */
function hookReason(old: Section, next: Section): string | undefined {
    const [before, after] = [old, next].map(exclusions);
    const parts = [
        ...(after ?? []).filter((prefix) => before?.includes(prefix) === false).map((prefix) => `${prefix} excluded`),
        ...(before ?? []).filter((prefix) => after?.includes(prefix) === false).map((prefix) => `${prefix} no longer excluded`),
    ];
    if (parts.length > 0) {
        return parts.join(", ");
    }
    if (hookKeys.some((key) => old.get(key) !== next.get(key))) {
        return "hooks changed";
    }
    return old.get("FwMark") === next.get("FwMark") ? undefined : "FwMark changed";
}

const hookKeys = ["PreUp", "PostUp", "PreDown", "PostDown"] as const;

/** Prefixes that PostUp keeps out of the full tunnel (render/wgQuick). */
function exclusions(own: Section): string[] {
    return [...(own.get("PostUp") ?? "").matchAll(/ route replace throw (\S+) table /g)].flatMap(([, prefix]) => prefix ?? []);
}

function defaultRoutes(conf: Conf): string[] {
    const prefixes = [...conf.peers.values()].flatMap((section) => (section.get("AllowedIPs") ?? "").split(", "));
    return ["0.0.0.0/0", "::/0"].filter((prefix) => prefixes.includes(prefix));
}

function interfaceChanges(old: Section, next: Section): string[] {
    const words: Readonly<Record<string, string>> = {
        Address: "addresses",
        ListenPort: "listen port",
        MTU: "MTU",
        PrivateKey: "private key",
    };
    const keys = [...new Set([...old.keys(), ...next.keys()])].filter((key) => old.get(key) !== next.get(key));
    return keys.map((key) => `${words[key] ?? key} changed`);
}

/** Does more than the key differ? */
function differs(a: Section | undefined, b: Section): boolean {
    return (
        a !== undefined &&
        [...new Set([...a.keys(), ...b.keys()])].some((key) => key !== "PublicKey" && a.get(key) !== b.get(key))
    );
}

function count(n: number, noun: string): string {
    return `${n} ${noun}${n === 1 ? "" : "s"}`;
}

/** Reads only what render/wgQuick writes: `[Peer]` is followed by a comment with the remote interface's name. */
function parse(conf: string): Conf {
    const own = new Map<string, string>();
    const peers = new Map<string, Map<string, string>>();
    let section = own;
    for (const line of conf.split("\n")) {
        const [key, value] = line.split(" = ");
        if (line.startsWith("# ") && section !== own && section.size === 0) {
            peers.set(line.slice(2), section);
        } else if (line === "[Peer]") {
            section = new Map();
        } else if (key !== undefined && value !== undefined && !line.startsWith("#")) {
            section.set(key, section.has(key) ? `${section.get(key)}, ${value}` : value);
        }
    }
    return { interface: own, peers };
}
