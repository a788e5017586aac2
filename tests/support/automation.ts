import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { LocalWorkspace, PulumiCommand, type PulumiFn } from "@pulumi/pulumi/automation";
import { findEngine } from "./engine/engine";

/** How a preview of an inline program ended. */
export interface Previewed {
    readonly ok: boolean;
    /** Everything the CLI printed, both streams. */
    readonly output: string;
}

/** Settings every run of the CLI in tests has: a state folder of its own, nothing downloaded, nothing asked. */
export function pulumiEnvironment(folder: string): Record<string, string> {
    fs.mkdirSync(path.join(folder, "state"), { recursive: true });
    return {
        PATH: findEngine().path,
        PULUMI_HOME: path.join(folder, "home"),
        PULUMI_BACKEND_URL: `file://${path.join(folder, "state")}`,
        PULUMI_CONFIG_PASSPHRASE: "",
        PULUMI_SKIP_UPDATE_CHECK: "true",
        PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
    };
}

/** Runs a compiled inline program, as {@link previewInline} does, in a process of its own, as users do: jest would catch its rejections. */
export function previewInProcess(module: string): Previewed {
    const { status, stdout, stderr } = spawnSync(process.execPath, [module], { encoding: "utf8", timeout: 60_000 });
    return { ok: status === 0, output: stdout + stderr };
}

/** Previews an inline Automation API program on a new stack, and removes everything afterwards. */
export async function previewInline(program: PulumiFn): Promise<Previewed> {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "pulumi-wireguard-inline-"));
    try {
        const environment = pulumiEnvironment(folder);
        // PulumiCommand wants <root>/bin/pulumi; the engine may have been found anywhere on PATH.
        const bin = path.join(folder, "bin");
        fs.mkdirSync(bin);
        fs.symlinkSync(findEngine().pulumi, path.join(bin, "pulumi"));
        const stack = await LocalWorkspace.createOrSelectStack(
            { projectName: "inline", stackName: "test", program },
            { envVars: environment, pulumiHome: path.join(folder, "home"), pulumiCommand: await PulumiCommand.get({ root: folder }) },
        );
        let output = "";
        try {
            await stack.preview({
                color: "never",
                onOutput: (text) => {
                    output += text;
                },
                onError: (text) => {
                    output += text;
                },
            });
            return { ok: true, output };
        } catch (error) {
            return { ok: false, output: `${output}\n${error instanceof Error ? error.message : error}` };
        }
    } finally {
        fs.rmSync(folder, { recursive: true, force: true });
    }
}
