import type { dynamic } from "@pulumi/pulumi";

/** What Pulumi's engine hands to a dynamic provider and takes back: plain JSON objects. */
export type Properties = Readonly<Record<string, unknown>>;

/** The five calls that every dynamic resource of this library answers. Old state rows reach them through `provider/v1` for ever. */
export interface Crud {
    check(olds: Properties, news: Properties): Promise<dynamic.CheckResult>;
    diff(id: string, olds: Properties, news: Properties): Promise<dynamic.DiffResult>;
    create(inputs: Properties): Promise<dynamic.CreateResult>;
    read(id: string, props: Properties): Promise<dynamic.ReadResult>;
    update(id: string, olds: Properties, news: Properties): Promise<dynamic.UpdateResult>;
    delete(id: string, props: Properties): Promise<void>;
}

/** Added by Pulumi to every dynamic resource; never a reason for a change. */
const providerKey = "__provider";

/** Structural equality of JSON values; the order of object keys does not count. */
export function equal(a: unknown, b: unknown): boolean {
    if (a === b) {
        return true;
    }
    if (typeof a !== "object" || typeof b !== "object" || a === null || b === null || Array.isArray(a) !== Array.isArray(b)) {
        return false;
    }
    const left = a as Properties;
    const right = b as Properties;
    const keys = Object.keys(left);
    return keys.length === Object.keys(right).length && keys.every((key) => key in right && equal(left[key], right[key]));
}

/** Names of the inputs that differ. State may hold more than the inputs (computed outputs); those never count. */
export function changedInputs(olds: Properties, news: Properties, computed: readonly string[] = []): string[] {
    const names = new Set([...Object.keys(olds), ...Object.keys(news)]);
    return [...names].filter((name) => name !== providerKey && !computed.includes(name) && !equal(olds[name], news[name])).sort();
}
