import { existsSync } from "node:fs";
import { findEngine } from "../support/engine/engine";
import { asPreview } from "./asPreview";
import { onRealHosts } from "./onRealHosts";
import { tell } from "./terminal";

/** Why this machine cannot boot test hosts; undefined when it can. */
function obstacle(): string | undefined {
    if (process.platform !== "linux") {
        return `test hosts need Linux, this is ${process.platform}`;
    }
    if (process.getuid?.() !== 0) {
        return "test hosts need root: network namespaces, overlay mounts, systemd-nspawn";
    }
    if (!existsSync("/dev/net/tun") || findEngine().image === undefined) {
        return "test hosts need /dev/net/tun and a Debian or Ubuntu machine with apt-get";
    }
    return undefined;
}

async function main(): Promise<void> {
    const reason = obstacle();
    if (reason === undefined) {
        await onRealHosts();
    } else {
        tell(`No hosts are booted here, because ${reason}. So this shows the preview and the configs instead.`);
        asPreview();
    }
}

main().catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
});
