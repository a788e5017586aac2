import { once } from "node:events";
import type { Station } from "../support/lab/station";

/** A TCP server that tells whoever connects from which address it sees them. */
export interface Mirror {
    /** The address the server sees when `client` connects to `address`; undefined when no connection comes about within 3 s. */
    seen(client: Station, address: string): Promise<string | undefined>;
    close(): Promise<void>;
}

/** Starts a mirror on a station; unlike a packet dump this also proves that answers come back. */
export async function mirrorOn(station: Station, port = 7000): Promise<Mirror> {
    const server = `require("net").createServer((socket) => socket.on("error", () => {}).end(socket.remoteAddress)).listen(${port}, "::", () => console.log("listening"))`;
    const running = station.namespace.start(process.execPath, ["-e", server]);
    await Promise.race([
        once(running.stdout, "data"),
        once(running, "close").then(() => Promise.reject(new Error(`port ${port} of "${station.name}" cannot be listened on`))),
    ]);
    return {
        seen: async (client, address) => {
            const program = `require("net").connect(${port}, ${JSON.stringify(address)}).on("data", (text) => process.stdout.write(text)).on("error", () => process.exit(1))`;
            const finished = await client.namespace.run(process.execPath, ["-e", program], { timeout: 3 });
            return finished.code === 0 ? finished.stdout.replace(/^::ffff:/, "") : undefined;
        },
        close: async () => {
            const closed = once(running, "close");
            running.kill();
            await closed;
        },
    };
}
