import { once } from "node:events";
import { createInterface } from "node:readline";
import type { Namespace } from "./namespace";
import { until } from "./until";

/** Packets counted around an action. */
export interface Loss {
    /** Packets sent from the first answer before the action to the first answer after it. */
    readonly sent: number;
    readonly lost: number;
    /** The longest time between two answers minus one interval, in milliseconds: how long the path was broken. */
    readonly longestGap: number;
}

/** Settings of {@link lossDuring}. */
export interface LossOptions {
    /** Packets a second at most, 1 to 500 (ping waits in kernel ticks, 100 come out as about 70); sequence numbers are 16 bits, so at 100 an action may take 10 minutes. @default 100 */
    readonly perSecond?: number;
    /** Seconds to wait for an answer after the action; with none, everything after the last answer counts as lost. @default 5 */
    readonly drain?: number;
    /** Source address or interface. */
    readonly from?: string;
}

/**
 * Counts the packets lost between two stations while something is done to them.
 *
 * The count is by sequence number between an answer before the action and one to a packet sent after it, so packets still under way
 * at either end are not mistaken for losses. Rejects when the target does not answer before the action: then there is nothing to lose.
 */
export async function lossDuring(
    namespace: Namespace,
    target: string,
    action: () => Promise<unknown>,
    options: LossOptions = {},
): Promise<Loss> {
    const { perSecond = 100, drain = 5, from } = options;
    // -O names every packet that had no answer when the next one was sent, so the newest number seen is the newest sent.
    const pinging = namespace.start("ping", [
        ...["-n", "-O", "-D", "-i", `${1 / perSecond}`],
        ...(from === undefined ? [] : ["-I", from]),
        target,
    ]);
    const answered = new Map<number, number>();
    const newest = { sent: 0, answered: 0 };
    const lines = createInterface({ input: pinging.stdout });
    lines.on("line", (line) => {
        const sequence = Number(/icmp_seq=(\d+)/.exec(line)?.[1] ?? 0);
        newest.sent = Math.max(newest.sent, sequence);
        if (line.includes(" ttl=")) {
            answered.set(sequence, Number(/^\[([\d.]+)\]/.exec(line)?.[1] ?? 0) * 1000);
            newest.answered = Math.max(newest.answered, sequence);
        }
    });
    const ended = once(pinging, "close");
    try {
        await until(`"${target}" to answer ${namespace.name} before the action`, 10, () => answered.size >= 3);
        const start = newest.answered;
        await action();
        const end = newest.sent;
        // No answer after the action is a result too: everything since the last answer is lost.
        await until("an answer after the action", drain, () => newest.answered > end).catch(() => undefined);
        const last = newest.answered > end ? newest.answered : newest.sent;
        return count(answered, start, last, 1000 / perSecond);
    } finally {
        pinging.kill("SIGINT");
        await ended;
    }
}

function count(answered: ReadonlyMap<number, number>, start: number, last: number, interval: number): Loss {
    let lost = 0;
    let longest = 0;
    let before = answered.get(start) ?? 0;
    for (let sequence = start + 1; sequence <= last; sequence += 1) {
        const at = answered.get(sequence) ?? (sequence === last ? Date.now() : undefined);
        lost += answered.has(sequence) ? 0 : 1;
        longest = Math.max(longest, at === undefined ? 0 : at - before - interval);
        before = at ?? before;
    }
    return { sent: last - start, lost, longestGap: Math.round(longest) };
}
