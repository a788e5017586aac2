import { cpSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Finished } from "./command";
import type { Lab } from "./lab";

/** What a stack runs. */
export interface StackPlan {
    /** Name of the project, and of its folder: "s1". The stack is always "lab". */
    readonly name: string;
    /** Text of a CommonJS program, or a folder with Pulumi.yaml (an example), which is copied. */
    readonly program: { readonly text: string } | { readonly folder: string };
    /** Stack configuration; keys without a namespace belong to the project. */
    readonly config?: Readonly<Record<string, string>>;
    /** As {@link config}, encrypted. */
    readonly secrets?: Readonly<Record<string, string>>;
}

/** Settings of one operation. */
export interface OperationOptions {
    /** Return a failed operation instead of throwing. @default false */
    readonly mayFail?: boolean;
    /** Further arguments for the CLI: ["--target", urn]. */
    readonly args?: readonly string[];
    /** Seconds. @default 300 */
    readonly timeout?: number;
    readonly env?: NodeJS.ProcessEnv;
}

/** One resource of an exported stack. */
export interface StateResource {
    readonly urn: string;
    readonly type: string;
    readonly id?: string;
    readonly inputs?: Readonly<Record<string, unknown>>;
    readonly outputs?: Readonly<Record<string, unknown>>;
}

/** A Pulumi stack on the lab's controller, driven by the CLI as a user does. */
export class Stack {
    private constructor(
        private readonly lab: Lab,
        /** The program's folder; write to it to change the program. */
        readonly folder: string,
    ) {}

    static async create(lab: Lab, consumer: string, plan: StackPlan): Promise<Stack> {
        const folder = join(consumer, plan.name);
        mkdirSync(folder, { recursive: true });
        const stack = new Stack(lab, folder);
        if ("text" in plan.program) {
            writeFileSync(
                join(folder, "Pulumi.yaml"),
                `name: ${plan.name}\nruntime:\n  name: nodejs\n  options:\n    typescript: false\nmain: index.js\n`,
            );
            writeFileSync(join(folder, "package.json"), `{ "name": "${plan.name}", "private": true, "main": "index.js" }\n`);
            stack.program(plan.program.text);
        } else {
            cpSync(plan.program.folder, folder, {
                recursive: true,
                filter: (source) => !/\/(node_modules|Pulumi\.lab\.yaml)$/.test(source),
            });
        }
        await stack.pulumi(["stack", "init", "lab"]);
        for (const [kind, values] of [["--plaintext", plan.config ?? {}] as const, ["--secret", plan.secrets ?? {}] as const]) {
            const pairs = Object.entries(values).flatMap(([key, value]) => [kind, `${key}=${value}`]);
            if (pairs.length > 0) {
                await stack.pulumi(["config", "set-all", ...pairs]);
            }
        }
        return stack;
    }

    /** Replaces the program of a stack made from text. */
    program(text: string): void {
        writeFileSync(join(this.folder, "index.js"), text);
    }

    /** What would change; `diff` shows every property. */
    preview(options: OperationOptions & { readonly diff?: boolean } = {}): Promise<Finished> {
        return this.pulumi(["preview", ...(options.diff === true ? ["--diff"] : [])], options);
    }

    up(options: OperationOptions = {}): Promise<Finished> {
        return this.pulumi(["up", "--yes", "--skip-preview"], options);
    }

    refresh(options: OperationOptions = {}): Promise<Finished> {
        return this.pulumi(["refresh", "--yes", "--skip-preview"], options);
    }

    destroy(options: OperationOptions = {}): Promise<Finished> {
        return this.pulumi(["destroy", "--yes", "--skip-preview"], options);
    }

    /** All resources in the state, secrets decrypted when asked for. */
    async resources({ showSecrets = false }: { readonly showSecrets?: boolean } = {}): Promise<readonly StateResource[]> {
        const exported = JSON.parse(await this.export({ showSecrets })) as { deployment: { resources?: StateResource[] } };
        return exported.deployment.resources ?? [];
    }

    /** The state's text, as `pulumi stack export` prints it. */
    async export({ showSecrets = false }: { readonly showSecrets?: boolean } = {}): Promise<string> {
        return (await this.pulumi(["stack", "export", ...(showSecrets ? ["--show-secrets"] : [])])).stdout;
    }

    /** The program's exports, secrets in clear. */
    async outputs(): Promise<Readonly<Record<string, unknown>>> {
        return JSON.parse((await this.pulumi(["stack", "output", "--json", "--show-secrets"])).stdout) as Record<string, unknown>;
    }

    /** Any CLI command on this stack. */
    async pulumi(args: readonly string[], options: OperationOptions = {}): Promise<Finished> {
        const own = [
            "--non-interactive",
            "--color",
            "never",
            ...(args[0] === "stack" && args[1] === "init" ? [] : ["--stack", "lab"]),
        ];
        const finished = await this.lab.run(this.lab.engine.pulumi, [...args, ...own, ...(options.args ?? [])], {
            cwd: this.folder,
            timeout: options.timeout ?? 300,
            ...(options.env === undefined ? {} : { env: options.env }),
        });
        if (finished.code !== 0 && options.mayFail !== true) {
            throw new Error(
                `"pulumi ${args.join(" ")}" ended with status ${finished.code}:\n${finished.stdout}${finished.stderr}`,
            );
        }
        return finished;
    }
}
