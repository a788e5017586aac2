import { cpSync, mkdirSync, readdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { repository } from "../engine/engine";

/**
 * Makes a folder whose programs see this library as users do: `node_modules/pulumi-wireguard` is a copy of what the package ships, beside links to
 * this repository's dependencies. Returns the folder.
 *
 * A copy, because Pulumi takes a linked package for the user's own code and would put its text into the state (pulumi.md 1.4).
 */
export function consumerFolder(folder: string): string {
    const modules = join(folder, "node_modules");
    mkdirSync(modules, { recursive: true });
    for (const name of readdirSync(join(repository, "node_modules"))) {
        if (name !== "pulumi-wireguard" && name !== ".package-lock.json") {
            symlinkSync(join(repository, "node_modules", name), join(modules, name));
        }
    }
    const own = join(modules, "pulumi-wireguard");
    for (const part of ["package.json", "dist/provider", "dist/sdk"]) {
        cpSync(join(repository, part), join(own, part), { recursive: true });
    }
    return folder;
}
