import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync } from "node:fs";
import { join } from "node:path";

/**
 * Mount points of the hierarchies that systemd keeps units in: the cgroup2 one, and on machines with the older layout "name=systemd".
 *
 * On a machine that runs systemd itself our groups lie beside its slices, where it leaves groups it did not make alone.
 */
export function systemdHierarchies(): readonly string[] {
    return readFileSync("/proc/self/mountinfo", "utf8")
        .split("\n")
        .flatMap((line) => {
            const [mount = "", filesystem = ""] = line.split(" - ");
            const point = mount.split(" ")[4];
            const wanted = filesystem.startsWith("cgroup2 ") || /^cgroup .*\bname=systemd\b/.test(filesystem);
            return wanted && point !== undefined ? [point] : [];
        });
}

/** Makes a group in every hierarchy; returns their folders. */
export function createGroups(name: string): readonly string[] {
    const groups = systemdHierarchies().map((hierarchy) => join(hierarchy, name));
    for (const group of groups) {
        mkdirSync(group, { recursive: true });
    }
    return groups;
}

/** Ids of all processes in a group and below. */
export function processesIn(group: string): readonly number[] {
    if (!existsSync(group)) {
        return [];
    }
    const own = readFileSync(join(group, "cgroup.procs"), "utf8").split("\n").filter(Boolean).map(Number);
    return [...own, ...children(group).flatMap(processesIn)];
}

/** Removes a group and those below; true when it is gone, false when a process that is ending still holds it. */
export function removeGroup(group: string): boolean {
    if (!existsSync(group)) {
        return true;
    }
    try {
        for (const child of children(group)) {
            removeGroup(child);
        }
        rmdirSync(group);
        return true;
    } catch {
        return false;
    }
}

function children(group: string): readonly string[] {
    return readdirSync(group, { withFileTypes: true })
        .filter((entry) => entry.isDirectory())
        .map((entry) => join(group, entry.name));
}
