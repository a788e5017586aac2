import { existsSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { processesIn, removeGroup, systemdHierarchies } from "./cgroup";
import { call } from "./command";

/** Where labs keep their hosts' disks and state files; one folder a lab, named by its prefix. */
export const labFolders = "/var/tmp/pulumi-wireguard-lab";

/** Everything a lab makes on this machine starts with its prefix: "pwg1234-0-" is the first lab of process 1234. */
export function labPrefix(pid: number, nth: number): string {
    return `pwg${pid}-${nth}-`;
}

/** What is there of the labs whose names match. */
interface Leftovers {
    readonly groups: readonly string[];
    readonly namespaces: readonly string[];
    readonly folders: readonly string[];
}

/**
 * Ends and removes everything of one lab: processes, namespaces, cgroups, files. The one way a lab ends, whether it was stopped, failed or its
 * process was killed. Rejects with what is left if something resists for 20 seconds.
 */
export async function removeLab(prefix: string): Promise<void> {
    const deadline = Date.now() + 20_000;
    for (;;) {
        const left = find(prefix);
        if (left.groups.length + left.namespaces.length + left.folders.length === 0) {
            return;
        }
        removeOnce(left);
        if (Date.now() > deadline) {
            throw new Error(
                `the lab "${prefix}" could not be removed: ${[left.groups, left.namespaces, left.folders].flat().join(", ")}`,
            );
        }
        // A killed process leaves its cgroup when the kernel has collected it; nothing announces that on both cgroup versions.
        await pause(50);
    }
}

/** Removes labs whose process is gone without its undertaker having done so (machine out of memory, both killed). */
export async function removeDeadLabs(): Promise<void> {
    const { groups, namespaces, folders } = find("pwg");
    const prefixes = [...groups, ...namespaces, ...folders].flatMap(
        (path) => /(?:^|\/)(pwg(\d+)-\d+-)[^/]*$/.exec(path)?.slice(1) ?? [],
    );
    const dead = new Set<string>();
    for (let i = 0; i < prefixes.length; i += 2) {
        const [prefix, pid] = [prefixes[i], prefixes[i + 1]];
        if (prefix !== undefined && !existsSync(`/proc/${pid}`)) {
            dead.add(prefix);
        }
    }
    for (const prefix of dead) {
        await removeLab(prefix);
    }
}

function find(prefix: string): Leftovers {
    const named = (folder: string) =>
        existsSync(folder)
            ? readdirSync(folder)
                  .filter((name) => name.startsWith(prefix))
                  .map((name) => join(folder, name))
            : [];
    return {
        groups: systemdHierarchies().flatMap(named),
        namespaces: named("/run/netns").map((path) => path.slice("/run/netns/".length)),
        // nspawn makes one a host and removes it only when it ends by itself.
        folders: [...named(labFolders), ...named("/run/systemd/nspawn/propagate")],
    };
}

// Order: nothing may run in a namespace or on a disk that is about to go.
function removeOnce({ groups, namespaces, folders }: Leftovers): void {
    const inNamespaces = namespaces.flatMap(
        (name) => attempt(() => call("ip", ["netns", "pids", name]).split("\n").filter(Boolean).map(Number)) ?? [],
    );
    for (const pid of new Set([...groups.flatMap(processesIn), ...inNamespaces])) {
        attempt(() => process.kill(pid, "SIGKILL"));
    }
    for (const name of namespaces) {
        attempt(() => call("ip", ["netns", "delete", name]));
    }
    if (groups.map(removeGroup).every(Boolean)) {
        for (const folder of folders) {
            rmSync(folder, { recursive: true, force: true });
        }
    }
}

// The thing may have gone between looking and acting; the next round looks again.
function attempt<T>(act: () => T): T | undefined {
    try {
        return act();
    } catch {
        return undefined;
    }
}
