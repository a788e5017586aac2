import type { Client, ClientChannel } from "ssh2";
import type { CommandInputs } from "./commandInputs";
import { type DialLimits, dial } from "./dial";

/** What a command said, each without one trailing newline. */
export interface Outputs {
    readonly stdout: string;
    readonly stderr: string;
}

/** What {@link execute} needs besides the inputs. */
export interface ExecuteOptions extends DialLimits {
    /** Called with every line the inputs' `logging` lets through. */
    readonly onLine: (line: string) => void;
}

/**
 * Runs one command of a `remote.Command` over a connection of its own.
 *
 * The real plugin never closes that connection before it exits, so a host sees it open until the end of the update; the same here, since a test of what
 * a push leaves behind must see what users see.
 */
export async function execute(inputs: CommandInputs, command: string, options: ExecuteOptions): Promise<Outputs> {
    const client = await dial(inputs.connection, options);
    const channel = await open(client, command);
    const { stdout, stderr, both, end } = await collect(client, channel, inputs, options.onLine);
    if (end !== undefined) {
        throw new Error(`${end}: running ${quoted(command)}:\n${both}`);
    }
    return { stdout: stdout.replace(/\n$/, ""), stderr: stderr.replace(/\n$/, "") };
}

function open(client: Client, command: string): Promise<ClientChannel> {
    return new Promise((resolve, reject) => {
        client.exec(command, (error, channel) => (error ? reject(new Error(`ssh: ${error.message}`)) : resolve(channel)));
    });
}

interface Collected extends Outputs {
    /** Both streams as they came. */
    readonly both: string;
    /** How it failed, unset for status 0. */
    readonly end: string | undefined;
}

function collect(
    client: Client,
    channel: ClientChannel,
    inputs: CommandInputs,
    onLine: (line: string) => void,
): Promise<Collected> {
    const said = { stdout: "", stderr: "" };
    let both = "";
    let end: string | undefined = "wait: remote command exited without exit status or exit signal";
    const logging = inputs.logging ?? "stdoutAndStderr";
    const read = (name: "stdout" | "stderr", stream: NodeJS.ReadableStream) => {
        const line = lines(logging === "stdoutAndStderr" || logging === name ? onLine : () => undefined);
        stream.setEncoding("utf8");
        stream.on("data", (text: string) => {
            said[name] += text;
            both += text;
            line(text);
        });
        stream.on("end", () => line("\n"));
    };
    read("stdout", channel);
    read("stderr", channel.stderr);
    return new Promise((resolve) => {
        channel.on("exit", (code: number | null, signal?: string) => {
            end =
                code === 0
                    ? undefined
                    : `Process exited with status ${code ?? 128}${signal === undefined ? "" : ` from signal ${signal}`}`;
        });
        const finish = () => resolve({ ...said, both, end });
        channel.on("close", finish);
        // A broken connection closes the channel too, but not in every version of ssh2.
        client.on("close", finish);
        channel.on("error", () => undefined);
        channel.end(inputs.stdin ?? "");
    });
}

/** Cuts text that comes in pieces into lines; empty ones are not told. */
function lines(tell: (line: string) => void): (text: string) => void {
    let rest = "";
    return (text) => {
        const parts = (rest + text).split("\n");
        rest = parts.pop() ?? "";
        for (const line of parts.filter((part) => part !== "")) {
            tell(line);
        }
    };
}

// Go's %q; JSON differs from it only for characters no command here has.
function quoted(text: string): string {
    return JSON.stringify(text);
}
