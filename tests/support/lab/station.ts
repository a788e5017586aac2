import { once } from "node:events";
import { type Loss, type LossOptions, lossDuring } from "./loss";
import type { Namespace } from "./namespace";
import { type PingOptions, type PingResult, ping } from "./ping";

/** A listening TCP port. */
export interface Listener {
    close(): Promise<void>;
}

/** Anything with a network stack of its own: a host, a machine in a LAN, a NAT box, the controller. */
export class Station {
    constructor(
        /** "hub", without the lab's prefix. */
        readonly name: string,
        readonly namespace: Namespace,
    ) {}

    /** Sends pings and returns what came back; no answer is a result, not an error. */
    ping(target: string, options: PingOptions = {}): Promise<PingResult> {
        return ping(this.namespace, target, options);
    }

    /** Counts the packets lost on the way to `target` and back while `action` runs. */
    lossDuring(target: string, action: () => Promise<unknown>, options: LossOptions = {}): Promise<Loss> {
        return lossDuring(this.namespace, target, action, options);
    }

    /** Whether a TCP connection to the port is accepted within `limit` seconds. */
    async connects(address: string, port: number, limit = 2): Promise<boolean> {
        const program = `require("net").connect(${port}, ${JSON.stringify(address)}, () => process.exit(0)).on("error", () => process.exit(1))`;
        const finished = await this.namespace.run(process.execPath, ["-e", program], { timeout: limit });
        return finished.code === 0;
    }

    /** Accepts TCP connections on a port of every address, until closed, the next reboot, or the lab's end. */
    async listen(port: number): Promise<Listener> {
        const program = `require("net").createServer((socket) => socket.on("error", () => {}).end("hello")).listen(${port}, "::", () => console.log("listening"))`;
        // A client that leaves without reading resets its connection; that must not end the listener.
        const server = this.namespace.start(process.execPath, ["-e", program]);
        const [how] = await Promise.race([once(server.stdout, "data"), once(server, "close")]);
        if (!String(how).includes("listening")) {
            throw new Error(`port ${port} of "${this.name}" cannot be listened on, it may be taken`);
        }
        return {
            close: async () => {
                if (server.exitCode === null && server.signalCode === null) {
                    const exited = once(server, "exit");
                    server.kill();
                    await exited;
                }
            },
        };
    }
}
