import { compare } from "./compare";

/** One thing wrong with a graph. Same shape as Pulumi's `CheckFailure`. */
export interface Failure {
    /** Path of the declaration by name, e.g. `routes.clients.to` or `interfaces.hub-wg0.addresses[0]`. */
    readonly property: string;
    /** One sentence: the rule, the legal range, the value in quotes, both culprits by name, the fix when it is certain. Never a secret. */
    readonly reason: string;
}

/** Sorted by property; a mistake that two rules met is said once. */
export function uniqueFailures(failures: readonly Failure[]): Failure[] {
    const byText = new Map(failures.map((failure) => [`${failure.property}: ${failure.reason}`, failure]));
    return [...byText].sort(([a], [b]) => compare(a, b)).map(([, failure]) => failure);
}

/** A graph nothing can be planned for. Carries every failure at once. */
export class InvalidGraphError extends Error {
    /** Plain data, so that the error can cross a serialisation boundary. */
    readonly failures: readonly Failure[];

    constructor(failures: readonly Failure[]) {
        super(describeFailures(failures));
        this.name = "InvalidGraphError";
        this.failures = failures;
    }
}

/** The text of an InvalidGraphError: `invalid graph:` and one `  - property: reason` line per failure. */
export function describeFailures(failures: readonly Failure[]): string {
    return ["invalid graph:", ...failures.map(({ property, reason }) => `  - ${property}: ${reason}`)].join("\n");
}

/** A value as failure texts show it: in double quotes, control characters and quotes escaped, cut after 80 characters. */
export function quote(value: string): string {
    return JSON.stringify(value.length > 80 ? `${value.slice(0, 77)}...` : value);
}
