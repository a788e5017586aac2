import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { engineEnvironment, findEngine, repository } from "../support/engine/engine";
import { consumerFolder } from "../support/lab/consumer";
import { chapter, readable, tell, typed } from "./terminal";

interface PreviewStep {
    readonly urn: string;
    readonly newState?: { readonly type: string; readonly inputs?: { readonly conf?: string } };
}

/** The story without hosts: a preview contacts nobody, so any address will do. */
export function asPreview(): void {
    const folder = mkdtempSync(join(tmpdir(), "pulumi-wireguard-demo-"));
    try {
        const program = join(consumerFolder(folder), "demo");
        cpSync(join(repository, "examples/two-interface-hub"), program, {
            recursive: true,
            filter: (file) => !file.includes("node_modules"),
        });
        const env = { ...process.env, ...engineEnvironment(folder) };
        const pulumi = (...args: string[]) => {
            const { status, stdout, stderr } = spawnSync(findEngine().pulumi, [...args, "--non-interactive", "--color=never"], {
                cwd: program,
                env,
                encoding: "utf8",
            });
            if (status !== 0) {
                throw new Error(`"pulumi ${args.join(" ")}" ended with status ${status}: ${stdout}${stderr}`);
            }
            return stdout;
        };
        pulumi("stack", "init", "demo");
        for (const [nth, name] of ["hub", "ann", "bob"].entries()) {
            pulumi(
                "config",
                "set",
                name,
                JSON.stringify({
                    host: `198.51.100.${10 + nth}`,
                    hostKey: `ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI${"A".repeat(43)}`,
                }),
            );
        }
        pulumi("config", "set", "--secret", "sshKey", "not used in a preview");
        chapter("What would happen");
        typed("pulumi preview", readable(pulumi("preview")));
        chapter("The configs it would write");
        const steps = (JSON.parse(pulumi("preview", "--json")) as { steps: PreviewStep[] }).steps;
        for (const { urn, newState } of steps) {
            if (newState?.inputs?.conf !== undefined) {
                tell(`\x1b[1m${urn.split("::").at(-1)}\x1b[0m\n${newState.inputs.conf}`);
            }
        }
    } finally {
        rmSync(folder, { recursive: true, force: true });
    }
}
