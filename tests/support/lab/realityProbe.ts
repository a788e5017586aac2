import { execFile } from "node:child_process";
import { connect, createServer } from "node:net";

/**
 * One question to the network, asked from a station's own namespace.
 *
 * `patience` in seconds is for how long an unanswered question is asked again: 0 asks once and waits a second.
 */
export type Probe = {
    readonly id: number;
    /** Source address, bound: "10.0.0.2". Unset: the kernel chooses. */
    readonly from?: string;
    readonly to: string;
    readonly patience: number;
} & (
    | { readonly kind: "ping" /** Bytes of payload of a second ping that must not be fragmented. */; readonly full?: number }
    | { readonly kind: "tcp"; readonly port: number }
);

/** Answers of one station's probes. */
export interface ProbeAnswer {
    readonly id: number;
    readonly ok: boolean;
    /** Who answered a TCP probe, or what went wrong. */
    readonly said: string;
}

// Refused questions wait a second each; most stations have fewer than this.
const atOnce = 64;

// `serve NAME PORT...` accepts connections and says NAME; `probe` reads probes from stdin and prints their answers.
// One process a station, not one a pair: starting node takes longer than most answers.
async function main([mode, ...rest]: readonly string[]): Promise<void> {
    if (mode === "serve") {
        const [name = "", ...ports] = rest;
        await Promise.all(ports.map((port) => serve(name, Number(port))));
        console.log("listening");
        return;
    }
    const probes = JSON.parse(await stdin()) as readonly Probe[];
    const answers: ProbeAnswer[] = [];
    const waiting = [...probes];
    const worker = async () => {
        for (let probe = waiting.shift(); probe !== undefined; probe = waiting.shift()) {
            answers.push(await ask(probe));
        }
    };
    await Promise.all(Array.from({ length: atOnce }, worker));
    process.stdout.write(JSON.stringify(answers));
}

function serve(name: string, port: number): Promise<void> {
    return new Promise((resolve, reject) => {
        const server = createServer((socket) => socket.on("error", () => undefined).end(name));
        server.on("error", reject).listen(port, "::", resolve);
    });
}

async function ask(probe: Probe): Promise<ProbeAnswer> {
    const deadline = Date.now() + probe.patience * 1000;
    for (;;) {
        const answer = probe.kind === "tcp" ? await dial(probe) : await pings(probe);
        if (answer.ok || Date.now() >= deadline) {
            return answer;
        }
    }
}

async function pings(probe: Probe & { readonly kind: "ping" }): Promise<ProbeAnswer> {
    const small = await ping(probe, []);
    return small.ok && probe.full !== undefined ? ping(probe, ["-M", "do", "-s", `${probe.full}`]) : small;
}

function ping({ id, from, to }: Probe, more: readonly string[]): Promise<ProbeAnswer> {
    return new Promise((resolve) => {
        execFile(
            "ping",
            ["-n", "-c", "1", "-W", "1", ...(from === undefined ? [] : ["-I", from]), ...more, to],
            (error, stdout, stderr) => {
                resolve({ id, ok: error === null, said: `${more.join(" ")} ${stderr}${stdout}`.trim() });
            },
        );
    });
}

function dial(probe: Probe & { readonly kind: "tcp" }): Promise<ProbeAnswer> {
    return new Promise((resolve) => {
        let said = "";
        const socket = connect({ host: probe.to, port: probe.port, localAddress: probe.from });
        const end = (ok: boolean, text: string) => {
            clearTimeout(timer);
            socket.destroy();
            resolve({ id: probe.id, ok, said: text });
        };
        // The kernel repeats the first packet after one second, so a patient question gets time for a second one.
        const timer = setTimeout(() => end(false, "no answer"), probe.patience > 0 ? 2500 : 1000);
        socket.setEncoding("utf8").on("data", (text: string) => {
            said += text;
        });
        socket.on("end", () => end(true, said)).on("error", (error) => end(false, error.message));
    });
}

async function stdin(): Promise<string> {
    let text = "";
    for await (const part of process.stdin.setEncoding("utf8")) text += String(part);
    return text;
}

main(process.argv.slice(2)).catch((error: unknown) => {
    console.error(error);
    process.exitCode = 1;
});
