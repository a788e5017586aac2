import type * as pulumi from "@pulumi/pulumi";
import type { Failure } from "../provider/planner";
import { label } from "../provider/planner/rules/labels";
import { nearMiss } from "../provider/planner/rules/nearMiss";
import { fail } from "../provider/planner/rules/text";
import { unknownField } from "../provider/planner/rules/unknownField";
import { declaredAt } from "./declared";
import { requiredObject } from "./misuse";

/** The names of all options of an arguments interface. The type makes one forgotten here a compile error. */
export type Options<T> = Readonly<Record<keyof T, true>>;

/** Arguments as they were meant, and what is wrong with how they were written. */
export interface Read<T> {
    readonly args: T;
    readonly failures: readonly Failure[];
}

/**
 * Rejects options that nobody would read, which TypeScript lets through in a spread and plain JavaScript everywhere.
 *
 * A misspelt option counts as the one it was probably meant to be, so that it is rejected once and not also as missing; with a failure
 * nothing is deployed.
 *
 * @param owner First part of the failures' property, e.g. `hub-wg0`.
 * @param noun What the options are of, e.g. `an interface`.
 */
export function readOptions<T extends object>(owner: string, noun: string, args: T, options: Options<T>): Read<T> {
    const known = Object.keys(options);
    const given = Object.entries(requiredObject(args, `${owner}: the options of ${noun}`));
    const unknown = given.filter(([name]) => !Object.hasOwn(options, name));
    if (unknown.length === 0) {
        return { args, failures: [] };
    }
    const place = declaredAt();
    const near = nearMiss(known);
    const meant = unknown.map(([name, value]) => [near(name), value] as const).filter(([name]) => name !== undefined);
    return {
        args: Object.fromEntries([...meant, ...given.filter(([name]) => Object.hasOwn(options, name))]) as T,
        failures: unknown.map(([name]) => unknownField(`${owner}.${label(name)}`, place, name, known, noun)),
    };
}

/** Whatever Pulumi is told to ignore the push would change all the same, and no preview would show it. */
export function ignoredChanges(name: string, opts: pulumi.CustomResourceOptions): Failure[] {
    return (opts.ignoreChanges ?? []).map((path) => {
        const reason = `must not name "${path}": the push would change it on the hosts all the same, and no preview would show it`;
        return fail(`${label(name)}.ignoreChanges`, declaredAt(), reason);
    });
}
