import { readFileSync } from "node:fs";
import { join } from "node:path";

/** One interface of a push. */
export interface InterfacePush {
    /** Device name: `wg0`. */
    readonly interfaceName: string;
    /** The whole wg-quick file, keys included; `/etc/wireguard/wg0.conf` becomes exactly this. */
    readonly conf: string;
    /** Take over a file of that name that the library does not own; it is backed up and comes back on removal. */
    readonly adopt: boolean;
}

/** Everything one host needs. */
export interface HostPush {
    /** Name of the mesh: `office`. Names files and the folder of owned things on the host. */
    readonly mesh: string;
    /** Name of the host as the user declared it: `hub`. Only ever used in sentences. */
    readonly host: string;
    readonly interfaces: readonly InterfacePush[];
    /** Address families the host passes on. */
    readonly forward: { readonly ipv4: boolean; readonly ipv6: boolean };
    /** The packet filter. Unset: none. */
    readonly nftables?: {
        /** Name of the one table, family inet: `wireguard_office`. */
        readonly table: string;
        /** An nft file that declares, deletes and declares the table again, so that loading it twice is the same as once. */
        readonly text: string;
    };
}

// The order in which the tool's parts are joined; `say.sh` first, it has the settings.
const toolParts = [
    "say",
    "undo",
    "packages",
    "conf",
    "units",
    "live",
    "forwarding",
    "firewall",
    "judge",
    "foreign",
    "confirm",
    "greet",
    "push",
    "remove",
] as const;

const installedTool = "/usr/local/lib/pulumi-wireguard/apply";
const meshName = /^[a-zA-Z0-9][a-zA-Z0-9_-]{0,62}$/;
const interfaceName = /^[a-zA-Z][a-zA-Z0-9_-]{0,14}$/;
const tableName = /^[a-zA-Z_][a-zA-Z0-9_-]{0,62}$/;

/** Text of the tool that a push installs and runs. */
export function toolText(): string {
    return `${toolParts.map(part).join("\n")}\nmain "$@"\n`;
}

/**
 * The tool as a push carries it: gzip in base64, a third of its size in every host's row of the state, twice.
 *
 * Packed once, by `npm run build`, never by the user's machine: another zlib would make other bytes, and every host look changed.
 */
function packedTool(): string {
    return part("tool.gz.base64").trim();
}

/**
 * The text for the stdin of {@link pushCommand}: a script that stages the push on the host and applies it. Same push, same bytes.
 *
 * It holds keys: treat it as a secret. Throws on names that cannot be file or device names, and on NUL characters.
 */
export function payload(push: HostPush): string {
    check("mesh name", push.mesh, meshName);
    const staged: [name: string, text: string][] = [
        ["mesh", push.mesh],
        ["host", push.host],
    ];
    if (push.forward.ipv4) {
        staged.push(["ipv4", ""]);
    }
    if (push.forward.ipv6) {
        staged.push(["ipv6", ""]);
    }
    if (push.nftables !== undefined) {
        check("nftables table", push.nftables.table, tableName);
        staged.push(["firewall.table", push.nftables.table], ["firewall.nft", push.nftables.text]);
    }
    for (const { interfaceName: name, conf, adopt } of push.interfaces.toSorted(byName)) {
        check("interface name", name, interfaceName);
        staged.push([`interfaces/${name}.conf`, conf]);
        if (adopt) {
            staged.push([`interfaces/${name}.adopt`, ""]);
        }
    }
    const stage = staged.map(([name, text]) => `    put ${quote(name)} ${quote(text)}\n`).join("");
    // `</dev/null`: whatever runs must not read the rest of the script from stdin.
    return `${part("session")}\nstage() {\n    unpack tool ${packedTool()}\n${stage}}\nmain </dev/null\n`;
}

/** The command whose stdin gets {@link payload}. For users other than root it needs passwordless sudo, and says so when it is not there. */
export function pushCommand(user: string): string {
    return user === "root" ? "bash -s" : withSudo("bash -s");
}

/** The command that removes a mesh from a host; the host is then as before. Succeeds when nothing is there (any more). */
export function removeCommand(mesh: string, user: string): string {
    check("mesh name", mesh, meshName);
    const remove = `${installedTool} remove ${mesh}`;
    return `test ! -e ${installedTool} || ${user === "root" ? remove : withSudo(remove)}`;
}

/** One argument of a shell. Only single quotes are special inside single quotes, so nothing can leave them. */
export function quote(text: string): string {
    if (text.includes("\0")) {
        throw new Error("text for a host must not contain a NUL character");
    }
    return `'${text.replaceAll("'", "'\\''")}'`;
}

// `sh -c`, because the login shell may be one that knows neither `{` nor `||`.
function withSudo(command: string): string {
    const program = command.split(" ")[0];
    const sentence = `echo "user $(id -un) on $(uname -n) cannot run ${program} as root without a password; allow passwordless sudo or connect as root" >&2`;
    return `sh -c '${`sudo -n -l ${command} >/dev/null 2>&1 || { ${sentence}; exit 1; }; exec sudo -n ${command}`}'`;
}

function byName(a: InterfacePush, b: InterfacePush): number {
    return a.interfaceName < b.interfaceName ? -1 : 1;
}

function check(what: string, value: string, pattern: RegExp): void {
    if (!pattern.test(value)) {
        throw new Error(`${what} must match ${pattern.source}, got "${value}"`);
    }
}

// Beside the compiled JavaScript; `npm run build` copies them.
function part(name: string): string {
    return readFileSync(join(__dirname, name.includes(".") ? name : `${name}.sh`), "utf8");
}
