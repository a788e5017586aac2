import { setTimeout as pause } from "node:timers/promises";

/**
 * Asks again and again until the answer is neither undefined nor false, and returns it.
 *
 * `what` completes the sentence "waited N s for …" of the error that ends a wait without success. `limit` is in seconds.
 */
export async function until<T>(what: string, limit: number, ask: () => T | Promise<T>): Promise<Exclude<T, undefined | false>> {
    const deadline = Date.now() + limit * 1000;
    for (;;) {
        const answer = await ask();
        if (answer !== undefined && answer !== false) {
            return answer as Exclude<T, undefined | false>;
        }
        if (Date.now() > deadline) {
            throw new Error(`waited ${limit} s for ${what}`);
        }
        await pause(50);
    }
}
