import { type Fib, mainTable } from "./fib";
import type { Hook } from "./hook";
import { bits, prefixOf } from "./ip";
import type { Tunnel } from "./tunnel";

/** Drops packets to a full tunnel's own address that come from elsewhere (the preraw chain of add_default, wireguard.md 1.2). */
export interface Guard {
    readonly device: string;
    readonly addresses: ReadonlySet<string>;
    /** The tunnel's mark, which premangle and postmangle copy between packets and connections of UDP. */
    readonly mark: number;
}

export type BringUp = { readonly up: true; readonly guards: readonly Guard[] } | { readonly up: false; readonly reason: string };

/** `wg-quick up` of one file on a host, step by step as in wireguard.md 1.1 and 1.2. A failure takes everything of the device away again. */
export function wgQuickUp(fib: Fib, tunnel: Tunnel, by: "wg-quick" | "app" = "wg-quick"): BringUp {
    const { conf, device } = tunnel;
    if (by === "app") exemptOwnPackets(fib, tunnel);
    for (const own of conf.addresses) fib.addLocal(own.address, device);
    // Routes of the addresses appear when the link goes up. A single IPv4 address has none; IPv6 has one even for a /128 (tried).
    for (const own of conf.addresses) {
        if (own.address.family === 6 || own.length < bits(4)) fib.addConnected(prefixOf(own.address, own.length), device);
    }
    const guards: Guard[] = [];
    for (const prefix of tunnel.allowedIPs) {
        if (conf.table === "off") break;
        let added = true;
        if (by === "app") {
            added = fib.add(prefix, device, appTable);
        } else if (conf.table !== "auto") {
            const table = conf.table === "main" ? mainTable : Number(conf.table);
            if (!Number.isInteger(table)) return fail(fib, tunnel, `"ip route" knows no table "${conf.table}"`);
            added = fib.add(prefix, device, table);
        } else if (prefix.length === 0) {
            if (tunnel.fwMark === 0) {
                let free = 51820;
                while (!fib.isEmpty(free)) free++;
                tunnel.fwMark = free;
            }
            const mark = tunnel.fwMark;
            added = fib.add(prefix, device, mark);
            fib.addRule({ family: prefix.family, table: mark, unlessMark: mark });
            fib.addRule({ family: prefix.family, table: mainTable, suppressLength: 0 });
            const own = conf.addresses.filter(({ address }) => address.family === prefix.family);
            guards.push({ device, addresses: new Set(own.map(({ address }) => address.text)), mark });
        } else if (!fib.hasCover(prefix, device)) {
            added = fib.add(prefix, device);
        }
        if (!added) return fail(fib, tunnel, `"ip route add ${prefix.text} dev ${device}": File exists`);
    }
    for (const hook of conf.hooks) runHook(fib, hook);
    return { up: true, guards };
}

const appTable = 51820;

/**
 * The apps for phones and desktops bind the socket of the tunnel to the uplink (Android: VpnService.protect), so that its own packets do not
 * follow its routes. As rules of Linux: their routes are a table that marked packets pass by, and nearer networks come first.
 */
function exemptOwnPackets(fib: Fib, tunnel: Tunnel): void {
    if (tunnel.fwMark !== 0) return;
    tunnel.fwMark = appTable;
    for (const family of [4, 6] as const) {
        fib.addRule({ family, table: appTable, unlessMark: appTable });
        fib.addRule({ family, table: mainTable, suppressLength: 0 });
    }
}

function runHook(fib: Fib, hook: Hook): void {
    switch (hook.kind) {
        case "throw":
            fib.addThrow(hook.prefix, hook.table);
            return;
        case "unless mark":
            fib.addRule({ family: hook.family, table: hook.table, unlessMark: hook.mark });
            return;
        case "suppress default":
            fib.addRule({ family: hook.family, table: mainTable, suppressLength: 0 });
            return;
        default: {
            const never: never = hook;
            throw new Error(`unknown hook ${JSON.stringify(never)}`);
        }
    }
}

function fail(fib: Fib, tunnel: Tunnel, reason: string): BringUp {
    // The trap of cmd_up deletes the interface.
    fib.remove(tunnel.device);
    return { up: false, reason };
}
