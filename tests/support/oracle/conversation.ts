import type { Tracked } from "./conntrack";

/** Everything one conversation leaves behind on its way: conntrack per host, sessions that exist because a packet crossed. */
export interface Conversation {
    readonly tracked: Map<string, Tracked>;
    readonly crossed: Set<string>;
    /** Connection mark (`ct mark`) by host; absent is 0. */
    readonly marks: Map<string, number>;
    /** MTU of the first tunnel a full-size packet entered, in bytes. Unset: size does not matter. */
    fullSize?: number;
    checkSize?: boolean;
}

export function conversation(): Conversation {
    return { tracked: new Map(), crossed: new Set(), marks: new Map() };
}
