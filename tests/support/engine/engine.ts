import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, dirname, join, resolve } from "node:path";

/** The root folder of this repository, seen from the compiled file in dist/tests/support/engine. */
export const repository: string = resolve(__dirname, "../../../..");

/** What setup.sh left on this machine, found anew at every call: nothing is remembered in a file that could be out of date. */
export interface Engine {
    /** The `pulumi` CLI, absolute. */
    readonly pulumi: string;
    /** PATH for everything that starts the CLI: Node 24, the CLI, its plugins, then the caller's own PATH. */
    readonly path: string;
    /** The executable that serves as pulumi-resource-command. */
    readonly commandPluginFile: string;
    /** "stand-in": tests/support/commandPlugin plays pulumi-resource-command. */
    readonly commandPlugin: "real" | "stand-in";
    /** Root file system of the lab's hosts; a folder that is never written to. Unset when this machine cannot carry them. */
    readonly image?: string;
}

/**
 * Finds what setup.sh installed.
 *
 * Fails when there is no `pulumi`, naming the script that builds it.
 */
export function findEngine(environment: NodeJS.ProcessEnv = process.env): Engine {
    const versions = readVersions();
    const cache = join(environment.XDG_CACHE_HOME || join(homedir(), ".cache"), "pulumi-wireguard");
    const built = join(cache, "engine", `${versions.PULUMI_CLI}-${versions.PULUMI_LANGUAGE_HOST}`, "bin");
    const callersPath = (environment.PATH ?? "").split(delimiter);
    const pulumi = findProgram("pulumi", [...callersPath, built]);
    if (pulumi === undefined) {
        throw new Error('the pulumi CLI is neither on PATH nor built; run "tests/support/engine/setup.sh"');
    }
    const homes = [environment.PULUMI_HOME || join(homedir(), ".pulumi"), join(cache, "engine", "home")];
    const realPlugin = findProgram("pulumi-resource-command", [...callersPath, ...homes.flatMap(commandPluginFolders)]);
    const image = join(cache, "image", `${versions.DEBIAN}-${versions.IMAGE_REVISION}`);
    const commandPluginFile = realPlugin ?? join(repository, "tests/support/commandPlugin/bin/pulumi-resource-command");
    return {
        pulumi,
        commandPluginFile,
        path: [
            join(repository, "node_modules", ".bin"),
            dirname(pulumi),
            join(repository, "tests/support/engine/bin"),
            dirname(commandPluginFile),
            ...callersPath,
        ].join(delimiter),
        commandPlugin: realPlugin === undefined ? "stand-in" : "real",
        ...(existsSync(image) ? { image } : {}),
    };
}

/**
 * Environment for the CLI with everything it keeps below `folder`: its home (with the command plugin installed, as a user's CLI does) and the state.
 *
 * A plugin that is only on PATH works too, but the CLI then warns about it under every preview and update.
 */
export function engineEnvironment(folder: string, engine: Engine = findEngine()): Readonly<Record<string, string>> {
    const home = join(folder, "home");
    const plugin = join(home, "plugins", `resource-command-v${commandSdkVersion()}`);
    mkdirSync(plugin, { recursive: true });
    mkdirSync(join(folder, "state"), { recursive: true });
    const installed = join(plugin, "pulumi-resource-command");
    if (!existsSync(installed)) {
        symlinkSync(engine.commandPluginFile, installed);
    }
    return {
        PATH: engine.path
            .split(delimiter)
            .filter((entry) => entry !== dirname(engine.commandPluginFile))
            .join(delimiter),
        PULUMI_HOME: home,
        PULUMI_BACKEND_URL: `file://${join(folder, "state")}`,
        PULUMI_CONFIG_PASSPHRASE: "",
        PULUMI_SKIP_UPDATE_CHECK: "true",
        PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
    };
}

// The CLI looks for the plugin in the version that the program's SDK names.
function commandSdkVersion(): string {
    const manifest = JSON.parse(readFileSync(join(repository, "node_modules/@pulumi/command/package.json"), "utf8")) as {
        version: string;
    };
    return manifest.version;
}

// Only major version 1: npm's 4.5.0 of the SDK has no plugin, and the library pins ^1.2.1.
function commandPluginFolders(pulumiHome: string): readonly string[] {
    const plugins = join(pulumiHome, "plugins");
    if (!existsSync(plugins)) {
        return [];
    }
    return readdirSync(plugins)
        .filter((name) => /^resource-command-v1\.\d+\.\d+$/.test(name))
        .sort((a, b) => b.localeCompare(a, "en", { numeric: true }))
        .map((name) => join(plugins, name));
}

function findProgram(name: string, folders: readonly string[]): string | undefined {
    return folders
        .filter((folder) => folder !== "")
        .map((folder) => join(folder, name))
        .find((file) => existsSync(file));
}

function readVersions(): Readonly<Record<string, string>> {
    const lines = readFileSync(join(repository, "tests/support/engine/versions.env"), "utf8").split("\n");
    return Object.fromEntries(
        lines.flatMap((line) => {
            const match = /^([A-Z_]+)=(.+)$/.exec(line);
            return match?.[1] !== undefined && match[2] !== undefined ? [[match[1], match[2]]] : [];
        }),
    );
}
