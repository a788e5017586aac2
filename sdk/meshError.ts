import * as pulumi from "@pulumi/pulumi";

/**
 * An error that Pulumi prints once, without a stack, attached to the mesh.
 *
 * Every resource that waits for the plan is rejected with it. `message` cannot be reassigned, or Pulumi would prefix it once per
 * waiting resource; `stack` is empty and the resource is not enumerable, or its CLI would inspect the whole object graph (28 s).
 */
export function meshError(message: string, mesh: pulumi.Resource): Error {
    const error = new pulumi.ResourceError(message, mesh, true);
    Object.defineProperty(error, "message", { value: message, writable: false, configurable: false });
    Object.defineProperty(error, "stack", { value: "", writable: false, configurable: false });
    return error;
}
