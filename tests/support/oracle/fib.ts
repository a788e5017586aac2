import { type Address, contains, covers, type Family, type Prefix } from "./ip";

/** A route of one device in one table. */
export interface FibRoute {
    readonly prefix: Prefix;
    readonly device: string;
    readonly table: number;
    readonly metric: number;
    /** True for `throw`: the table has no answer, the next rule is asked. */
    readonly thrown?: boolean;
}

interface PolicyRule {
    readonly family: Family;
    readonly table: number;
    /** The rule applies to packets without this mark. Unset: to all. */
    readonly unlessMark?: number;
    /** Ignore routes of this length and shorter. */
    readonly suppressLength?: number;
}

export const mainTable = 254;
/** The kernel's default metrics (tried): IPv4 has 0 everywhere; IPv6 has 256 for connected and 1024 for added routes. */
export const metrics = { connected: { 4: 0, 6: 256 }, added: { 4: 0, 6: 1024 } } as const;

/** Routing tables and policy rules of one host. Mutable while interfaces come up, read-only afterwards. */
export class Fib {
    private readonly routes: FibRoute[] = [];
    /** Lowest priority number first; table local is asked before all of them. */
    private readonly rules: PolicyRule[] = [
        { family: 4, table: mainTable },
        { family: 6, table: mainTable },
    ];
    private readonly locals = new Map<string, string>();
    private readonly cache = new Map<string, FibRoute | undefined>();

    addLocal(address: Address, device: string): void {
        this.locals.set(address.text, device);
    }

    isLocal = (address: Address): boolean => this.locals.has(address.text);

    /** The kernel appends connected routes behind equal ones, so they never fail. */
    addConnected(prefix: Prefix, device: string): void {
        this.cache.clear();
        this.routes.push({ prefix, device, table: mainTable, metric: metrics.connected[prefix.family] });
    }

    /** `ip route add throw`. */
    addThrow(prefix: Prefix, table: number): void {
        this.cache.clear();
        this.routes.push({ prefix, device: "", table, metric: metrics.added[prefix.family], thrown: true });
    }

    /** `ip route add`; false is "RTNETLINK answers: File exists". */
    add(prefix: Prefix, device: string, table = mainTable): boolean {
        const metric = metrics.added[prefix.family];
        const exists = this.routes.some(
            (route) => route.table === table && route.metric === metric && route.prefix.text === prefix.text,
        );
        if (!exists) this.routes.push({ prefix, device, table, metric });
        this.cache.clear();
        return !exists;
    }

    /** `ip route show dev DEVICE match PREFIX` of the main table prints something. */
    hasCover(prefix: Prefix, device: string): boolean {
        return this.routes.some((route) => route.table === mainTable && route.device === device && covers(route.prefix, prefix));
    }

    isEmpty(table: number): boolean {
        return this.routes.every((route) => route.table !== table);
    }

    /** `ip rule add` without a priority goes in front of every rule but the one for table local (tried). */
    addRule(rule: PolicyRule): void {
        this.cache.clear();
        this.rules.unshift(rule);
    }

    remove(device: string): void {
        this.cache.clear();
        for (let index = this.routes.length - 1; index >= 0; index--)
            if (this.routes[index]?.device === device) this.routes.splice(index, 1);
        for (const [text, owner] of this.locals) if (owner === device) this.locals.delete(text);
    }

    /** Where a packet with this destination and mark leaves. Undefined: network unreachable. */
    lookup(destination: Address, mark = 0): FibRoute | undefined {
        const key = mark === 0 ? destination.text : `${destination.text} ${mark}`;
        if (this.cache.has(key)) return this.cache.get(key);
        const route = this.find(destination, mark);
        this.cache.set(key, route);
        return route;
    }

    private find(destination: Address, mark: number): FibRoute | undefined {
        for (const rule of this.rules) {
            if (rule.family !== destination.family || rule.unlessMark === mark) continue;
            let best: FibRoute | undefined;
            for (const route of this.routes) {
                if (route.table !== rule.table || !contains(route.prefix, destination)) continue;
                if (best === undefined || isBetter(route, best)) best = route;
            }
            if (best !== undefined && best.thrown !== true && best.prefix.length > (rule.suppressLength ?? -1)) return best;
        }
        return undefined;
    }
}

/** Longest prefix, then lowest metric; among equals the earlier one stays. */
function isBetter(route: FibRoute, than: FibRoute): boolean {
    return route.prefix.length > than.prefix.length || (route.prefix.length === than.prefix.length && route.metric < than.metric);
}
