import * as pulumi from "@pulumi/pulumi";

/** An apply that also runs for unknown values. Pulumi's own code uses the second argument; its types leave it out. */
type ApplyAll<T> = { apply<U>(func: (value: T | typeof pulumi.unknown) => U, runWithUnknowns: true): pulumi.Output<U> };

/**
 * A value as far as a preview may show it: undefined while it is unknown, and undefined when it is secret.
 *
 * The result is always known and never secret, so that one unknown endpoint does not blind the text around it.
 */
export function visible<T>(input: pulumi.Input<T>): pulumi.Output<T | undefined> {
    const value = pulumi.output(input) as pulumi.Output<T>;
    const shown = () => (value as unknown as ApplyAll<T>).apply((v) => (pulumi.isUnknown(v) ? undefined : (v as T)), true);
    return pulumi.output(pulumi.isSecret(value)).apply((secret) => (secret ? undefined : shown())) as pulumi.Output<
        T | undefined
    >;
}

/** A value for checking, secret or not, as far as this run knows it. It stays inside the program. */
export type Known = { readonly isKnown: true; readonly value: unknown } | { readonly isKnown: false };

/** Settles as soon as it is clear whether a value is known. */
export function known(input: pulumi.Input<unknown>): Promise<Known> {
    const value = pulumi.output(input) as unknown as ApplyAll<unknown>;
    return settled(value.apply((v): Known => (pulumi.isUnknown(v) ? { isKnown: false } : { isKnown: true, value: v }), true));
}

/** Settles with the value as soon as it is there; never for one that stays unknown. */
export function settled<T>(output: pulumi.Output<T>): Promise<T> {
    return new Promise((resolve) => output.apply(resolve));
}
