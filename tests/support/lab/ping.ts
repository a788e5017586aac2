import type { Namespace } from "./namespace";

/** Settings of a ping; see ping(8). */
export interface PingOptions {
    /** Packets to send. @default 3 */
    readonly count?: number;
    /** Seconds between two packets. @default 0.2 */
    readonly interval?: number;
    /** Bytes of payload; 28 more make the IPv4 packet. @default 56 */
    readonly size?: number;
    /** Forbid fragmentation, on this host and on the way. @default false */
    readonly df?: boolean;
    /** Source address or interface: "10.0.0.2". */
    readonly from?: string;
    /** Seconds to wait for the last answers. @default 1 */
    readonly wait?: number;
}

/** What became of the packets. */
export interface PingResult {
    readonly sent: number;
    readonly received: number;
    /** 0 to 1; 1 also when nothing could be sent. */
    readonly loss: number;
    /** TTL (hop limit) of every answer, in order. */
    readonly ttl: readonly number[];
    /** Milliseconds of every answer, in order. */
    readonly time: readonly number[];
    /** Everything ping printed, for a failure's message. */
    readonly text: string;
}

export async function ping(namespace: Namespace, target: string, options: PingOptions = {}): Promise<PingResult> {
    const { count = 3, interval = 0.2, size = 56, df = false, from, wait = 1 } = options;
    const finished = await namespace.run(
        "ping",
        [
            ...["-n", "-c", `${count}`, "-i", `${interval}`, "-s", `${size}`, "-W", `${wait}`],
            ...(df ? ["-M", "do"] : []),
            ...(from === undefined ? [] : ["-I", from]),
            target,
        ],
        { timeout: count * interval + wait + 20 },
    );
    return parsePing(`${finished.stdout}${finished.stderr}`);
}

/** Reads the output of iputils' ping. */
export function parsePing(text: string): PingResult {
    const summary = /(\d+) packets transmitted, (\d+) received/.exec(text);
    const sent = Number(summary?.[1] ?? 0);
    const received = Number(summary?.[2] ?? 0);
    const answers = [...text.matchAll(/icmp_seq=\d+ ttl=(\d+) time=([\d.]+) ms(.*)/g)].filter(
        (match) => !match[3]?.includes("DUP!"),
    );
    return {
        sent,
        received,
        loss: sent === 0 ? 1 : 1 - received / sent,
        ttl: answers.map((match) => Number(match[1])),
        time: answers.map((match) => Number(match[2])),
        text,
    };
}
