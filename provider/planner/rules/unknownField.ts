import type { Failure } from "../failure";
import type { Declared } from "../graph";
import { nearMiss } from "./nearMiss";
import { fail } from "./text";

/** A field that nobody reads: the one it was probably meant to be, else all there are. */
export function unknownField(
    property: string,
    declared: Declared,
    name: string,
    known: readonly string[],
    noun: string,
): Failure {
    const near = nearMiss(known)(name);
    const help = near === undefined ? `its fields are ${known.join(", ")}` : `did you mean "${near}"?`;
    return fail(property, declared, `is not a field of ${noun}; ${help}`);
}
