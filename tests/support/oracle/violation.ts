/** One broken promise of a plan. */
export interface Violation {
    readonly kind:
        | "unreachable"
        | "leak"
        | "spoof"
        | "loop"
        | "bring-up"
        | "shared prefix"
        | "not minimal"
        | "mtu"
        | "nested"
        | "other traffic"
        | "split tunnel"
        | "needless NAT"
        | "unbound";
    readonly text: string;
}

/** What was looked at, so that an empty property cannot pass unnoticed. */
export interface Counts {
    promised: number;
    narrowed: number;
    oneWay: number;
    masqueraded: number;
    lan: number;
    multiHop: number;
    nested: number;
    ipv6: number;
    undeclared: number;
    attacks: number;
    foreign: number;
    unbound: number;
    rewritten: number;
    allowedIPs: number;
}

export function noCounts(): Counts {
    return {
        promised: 0,
        narrowed: 0,
        oneWay: 0,
        masqueraded: 0,
        lan: 0,
        multiHop: 0,
        nested: 0,
        ipv6: 0,
        undeclared: 0,
        attacks: 0,
        foreign: 0,
        unbound: 0,
        rewritten: 0,
        allowedIPs: 0,
    };
}

export function addCounts(sum: Counts, more: Counts): void {
    for (const key of Object.keys(sum) as (keyof Counts)[]) sum[key] += more[key];
}
