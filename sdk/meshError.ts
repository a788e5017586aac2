import * as pulumi from "@pulumi/pulumi";

/** The language host's status for "the user has been told, say nothing more" (`@pulumi/pulumi/cmd/run`). */
const loggedUserActionableMessage = 32;

/**
 * Says what is wrong, attached to the mesh, and lets the program end as failed.
 *
 * For programs under the language host. Rejecting the plan would do when the mistake is found while the program's module is still being
 * loaded; later (an assigned address, an endpoint that a cloud has to be asked for) Pulumi prints a rejection without its resource.
 * The plan is simply never there: what waits for it is not registered, and Pulumi stays silent about that once an error was logged.
 */
export function reportAndExit(message: string, mesh: pulumi.Resource): void {
    process.exitCode = loggedUserActionableMessage;
    void pulumi.log.error(message, mesh);
}

/**
 * For programs that are not a process of their own (Automation API, unit tests): an error that Pulumi prints without a stack.
 *
 * Every resource that waits for the plan is rejected with it. `message` ignores assignments, or Pulumi would prefix it once per
 * waiting resource; `stack` is empty, or its CLI would inspect the error's whole object graph (28 s); and the resource is not
 * enumerable, or Node would print that graph where nobody catches the error, e.g. in a unit test under mocks.
 */
export function meshError(message: string, mesh: pulumi.Resource): Error {
    const error = new pulumi.ResourceError(message, mesh, true);
    // An accessor that ignores assignments: assigning to a property that is merely not writable throws an error of its own.
    Object.defineProperty(error, "message", { get: () => message, set: () => {} });
    Object.defineProperty(error, "stack", { value: "" });
    Object.defineProperty(error, "resource", { value: mesh, enumerable: false });
    return error;
}
