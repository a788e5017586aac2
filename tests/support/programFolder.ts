import { spawn } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { engineEnvironment, findEngine, repository } from "./engine/engine";

/** How a run of the CLI ended. */
export interface CliRun {
    readonly status: number | null;
    /** Both streams. */
    readonly output: string;
}

/** A Pulumi program in a temporary folder of its own, run by the CLI with the Node language host, as users run theirs. */
export class ProgramFolder {
    public readonly folder = fs.mkdtempSync(path.join(os.tmpdir(), "pulumi-wireguard-program-"));

    public constructor() {
        fs.symlinkSync(path.join(repository, "node_modules"), path.join(this.folder, "node_modules"));
        fs.writeFileSync(path.join(this.folder, "Pulumi.yaml"), "name: test\nruntime: nodejs\n");
        fs.writeFileSync(path.join(this.folder, "package.json"), '{ "main": "index.js" }\n');
    }

    /** Previews a program, given as CommonJS text, on the stack `test`. */
    public preview(program: string, ...args: string[]): Promise<CliRun> {
        return this.run(program, "preview", ...args);
    }

    /** Brings it up. */
    public up(program: string): Promise<CliRun> {
        return this.run(program, "up", "--yes", "--skip-preview");
    }

    public remove(): void {
        fs.rmSync(this.folder, { recursive: true });
    }

    private async run(program: string, ...args: string[]): Promise<CliRun> {
        fs.writeFileSync(path.join(this.folder, "index.js"), program);
        if (!fs.existsSync(path.join(this.folder, "Pulumi.test.yaml"))) {
            await this.pulumi("stack", "init", "test");
        }
        return this.pulumi(...args, "--stack", "test");
    }

    private pulumi(...args: string[]): Promise<CliRun> {
        const env = { ...process.env, ...engineEnvironment(this.folder) };
        const child = spawn(findEngine().pulumi, [...args, "--non-interactive", "--color=never"], { cwd: this.folder, env });
        let output = "";
        const collect = (chunk: Buffer) => {
            output += chunk;
        };
        child.stdout.on("data", collect);
        child.stderr.on("data", collect);
        return new Promise((resolve) => child.on("close", (status) => resolve({ status, output })));
    }
}
