import { execFileSync, spawn } from "node:child_process";

/** How a command ended. */
export interface Finished {
    /** Exit status; 124 when the time limit ended it, 128 + n for a signal. */
    readonly code: number;
    readonly stdout: string;
    readonly stderr: string;
}

/** Settings of {@link run}. */
export interface RunOptions {
    readonly cwd?: string;
    /** The whole environment; unset means this process's. */
    readonly env?: NodeJS.ProcessEnv;
    /** Text for standard input; unset means an empty one. */
    readonly input?: string;
    /** Seconds until the command is ended. @default 60 */
    readonly timeout?: number;
    /** Called with every piece of output as it comes, for a log or a terminal. */
    readonly onOutput?: (text: string) => void;
}

/** Runs a program to its end and returns what it said; a status other than 0 is an answer, not an error. */
export function run(program: string, args: readonly string[], options: RunOptions = {}): Promise<Finished> {
    return new Promise((resolve, reject) => {
        // A group of its own, so that the time limit also ends what the program started (pulumi's plugins).
        const child = spawn(program, args, { cwd: options.cwd, env: options.env, detached: true });
        const said = { stdout: "", stderr: "" };
        let timedOut = false;
        const end = (signal: NodeJS.Signals) => {
            timedOut = true;
            try {
                process.kill(-(child.pid ?? 0), signal);
            } catch {
                // It ended by itself in this very moment.
            }
        };
        const seconds = options.timeout ?? 60;
        const polite = setTimeout(() => end("SIGTERM"), seconds * 1000);
        const hard = setTimeout(() => end("SIGKILL"), seconds * 1000 + 5000);
        for (const stream of ["stdout", "stderr"] as const) {
            child[stream].setEncoding("utf8").on("data", (text: string) => {
                said[stream] += text;
                options.onOutput?.(text);
            });
        }
        child.on("error", (error) => {
            clearTimeout(polite);
            clearTimeout(hard);
            reject(error);
        });
        child.on("close", (code, signal) => {
            clearTimeout(polite);
            clearTimeout(hard);
            resolve({ ...said, code: timedOut ? 124 : (code ?? 128 + signalNumber(signal)) });
        });
        // A program that ends without reading its input closes the pipe: that is its answer, not our error.
        child.stdin.on("error", () => undefined);
        child.stdin.end(options.input ?? "");
    });
}

/** As {@link run}, but a status other than 0 is an error that shows what was said. Returns stdout. */
export async function mustRun(program: string, args: readonly string[], options: RunOptions = {}): Promise<string> {
    const finished = await run(program, args, options);
    if (finished.code !== 0) {
        throw new Error(
            `"${[program, ...args].join(" ")}" ended with status ${finished.code}: ${finished.stderr}${finished.stdout}`,
        );
    }
    return finished.stdout;
}

/** Runs a short system command and waits for it: the plumbing (`ip`, `nft`), where order matters and each takes milliseconds. */
export function call(program: string, args: readonly string[], input = ""): string {
    return execFileSync(program, args, { input, encoding: "utf8", stdio: ["pipe", "pipe", "pipe"] });
}

function signalNumber(signal: NodeJS.Signals | null): number {
    return signal === "SIGKILL" ? 9 : signal === "SIGINT" ? 2 : 15;
}
