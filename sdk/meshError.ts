import * as pulumi from "@pulumi/pulumi";

/**
 * An error that Pulumi prints once, without a stack, attached to the mesh.
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
