import * as pulumi from "@pulumi/pulumi";
import { meshError } from "../../sdk/meshError";

test("a mesh error cannot be prefixed by Pulumi, and gives its CLI nothing to inspect", () => {
    const error = meshError("invalid graph:\n  - x: y", undefined as never);
    expect(pulumi.ResourceError.isInstance(error) && error.hideStack).toBe(true);
    error.message = `error serializing property: ${error.message}`;
    expect(Object.keys(error)).not.toContain("resource");
    expect([error.message, error.stack]).toEqual(["invalid graph:\n  - x: y", ""]);
});
