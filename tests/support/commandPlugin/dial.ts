import { connect, type Socket } from "node:net";
import type { Duplex } from "node:stream";
import { setTimeout as pause } from "node:timers/promises";
import { Client } from "ssh2";
import type { SshTarget } from "./commandInputs";

/** What lets a dial end before it succeeds. */
export interface DialLimits {
    /** Aborted when the engine cancels or the resource's time is over; its reason is the error. */
    readonly signal: AbortSignal;
    /** Told before every further try. */
    readonly onRetry: (message: string) => void;
}

/** Connects and logs in, through the proxy if there is one, and tries again as the real plugin does. */
export async function dial(target: SshTarget & { readonly proxy?: SshTarget }, limits: DialLimits): Promise<Client> {
    const { proxy } = target;
    if (proxy === undefined) {
        return withRetries("Dial", target.dialErrorLimit, limits, async () => logIn(target, await tcp(target)));
    }
    try {
        const bastion = await withRetries("Dial proxy", proxy.dialErrorLimit, limits, async () => logIn(proxy, await tcp(proxy)));
        const stream = await withRetries("Dial from proxy", target.dialErrorLimit, limits, () => forward(bastion, target));
        return await withRetries("Dial", target.dialErrorLimit, limits, () => logIn(target, stream));
    } catch (error) {
        throw new Error(`proxy: ${messageOf(error)}`);
    }
}

// 100 ms, then half as much again, at most 5 s: sdk/go/common/util/retry of pulumi/pulumi.
async function withRetries<T>(
    what: string,
    limit: number,
    { signal, onRetry }: DialLimits,
    attempt: () => Promise<T>,
): Promise<T> {
    let delay = 100;
    for (let failed = 0; ; failed += 1) {
        try {
            return await attempt();
        } catch (error) {
            if (limit > -1 && failed + 1 > limit) {
                throw new Error(`after ${failed} failed attempts: ${messageOf(error)}`);
            }
            onRetry(`${what} ${failed + 1}/${limit === -1 ? "inf" : limit} failed: retrying`);
        }
        try {
            await pause(delay, undefined, { signal });
        } catch {
            throw signal.reason;
        }
        delay = Math.min(delay * 1.5, 5000);
    }
}

// perDialTimeout is for the TCP connection alone; a server that accepts and then says nothing is waited for, as by the real plugin.
function tcp({ host, port, perDialTimeout }: SshTarget): Promise<Socket> {
    const address = host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
    return new Promise((resolve, reject) => {
        const socket = connect({ host, port });
        const fail = (reason: string) => {
            socket.destroy();
            reject(new Error(`dial tcp ${address}: ${reason}`));
        };
        const timer = perDialTimeout > 0 ? setTimeout(() => fail("i/o timeout"), perDialTimeout * 1000) : undefined;
        socket.once("error", (error: NodeJS.ErrnoException) => {
            clearTimeout(timer);
            fail(systemErrors[error.code ?? ""] ?? error.message);
        });
        socket.once("connect", () => {
            clearTimeout(timer);
            socket.removeAllListeners("error");
            resolve(socket);
        });
    });
}

const systemErrors: Readonly<Record<string, string>> = {
    ECONNREFUSED: "connect: connection refused",
    EHOSTUNREACH: "connect: no route to host",
    ENETUNREACH: "connect: network is unreachable",
    ETIMEDOUT: "connect: connection timed out",
    ENOTFOUND: "lookup: no such host",
};

function forward(bastion: Client, { host, port }: SshTarget): Promise<Duplex> {
    return new Promise((resolve, reject) => {
        bastion.forwardOut("127.0.0.1", 0, host, port, (error, stream) => (error ? reject(error) : resolve(stream)));
    });
}

function logIn(target: SshTarget, stream: Socket | Duplex): Promise<Client> {
    const [keyType, keyText] = target.hostKey?.trim().split(/\s+/) ?? [];
    if (target.hostKey !== undefined && (keyType === undefined || keyText === undefined)) {
        throw new Error("failed to parse host key: ssh: no key found");
    }
    const agent = target.agentSocketPath ?? process.env.SSH_AUTH_SOCK;
    return new Promise((resolve, reject) => {
        const client = new Client();
        let wrongKey = false;
        client.once("ready", () => {
            // A connection that breaks later ends the command that runs on it, which has listeners of its own.
            client.removeAllListeners("error").on("error", () => undefined);
            resolve(client);
        });
        client.once("error", (error) => {
            stream.destroy();
            client.on("error", () => undefined);
            reject(new Error(`ssh: handshake failed: ${wrongKey ? "ssh: host key mismatch" : loginError(error)}`));
        });
        client.on("keyboard-interactive", (_name, _text, _language, prompts, finish) =>
            finish(prompts.map(() => target.password ?? "")),
        );
        client.connect({
            sock: stream as Socket,
            username: target.user,
            readyTimeout: 0,
            tryKeyboard: target.password !== undefined,
            ...(target.password === undefined ? {} : { password: target.password }),
            ...(target.privateKey === undefined ? {} : { privateKey: target.privateKey }),
            ...(target.privateKeyPassword === undefined ? {} : { passphrase: target.privateKeyPassword }),
            ...(agent === undefined || agent === "" ? {} : { agent }),
            ...(keyType === undefined || keyText === undefined
                ? {}
                : {
                      // The names are checked by ssh2 at run time; its typings list them all.
                      algorithms: { serverHostKey: [keyType] as never[] },
                      hostVerifier: (key: Buffer) => {
                          wrongKey = key.toString("base64") !== keyText;
                          return !wrongKey;
                      },
                  }),
        });
    });
}

function loginError(error: Error & { readonly level?: string }): string {
    return error.level === "client-authentication"
        ? "ssh: unable to authenticate, attempted methods [none publickey], no supported methods remain"
        : error.message;
}

export function messageOf(error: unknown): string {
    return error instanceof Error ? error.message : String(error);
}
