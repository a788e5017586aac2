import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { LocalWorkspace, PulumiCommand, type PulumiFn } from "@pulumi/pulumi/automation";
import { engineEnvironment, findEngine } from "./engine/engine";

/** How a preview of an inline program ended. */
export interface Previewed {
    readonly ok: boolean;
    /** Everything the CLI printed, both streams. */
    readonly output: string;
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
        const { PULUMI_HOME: pulumiHome = folder, ...environment } = engineEnvironment(folder);
        // PulumiCommand wants <root>/bin/pulumi; the engine may have been found anywhere on PATH.
        const bin = path.join(folder, "bin");
        fs.mkdirSync(bin);
        fs.symlinkSync(findEngine().pulumi, path.join(bin, "pulumi"));
        const stack = await LocalWorkspace.createOrSelectStack(
            { projectName: "inline", stackName: "test", program },
            { envVars: environment, pulumiHome, pulumiCommand: await PulumiCommand.get({ root: folder }) },
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
            return { ok: false, output: output === "" ? String(error) : output };
        }
    } finally {
        fs.rmSync(folder, { recursive: true, force: true });
    }
}
