import * as pulumi from "@pulumi/pulumi";
import { redacted, wgQuick } from "../provider/render";
import { endpointShown } from "./endpoint";
import type { Mesh } from "./mesh";
import { valuesFor } from "./values";

/** An interface's `.conf` with names in place of keys: what a preview shows. Never secret, never unknown. */
export function redactedConf(mesh: Mesh, name: string): pulumi.Output<string> {
    return mesh.planned.apply((planned) => {
        const plan = planned.interface(name);
        const remotes = plan.peers.filter((one) => one.endpoint).map((one) => one.remote);
        const shown = pulumi.all(Object.fromEntries(remotes.map((remote) => [remote, endpointShown(mesh.interface(remote))])));
        return shown.apply((endpoints) =>
            wgQuick(
                plan,
                redacted((remote) => endpoints[remote] ?? ""),
            ),
        );
    });
}

/** An interface's `.conf` with its keys: what stands on the host. Always secret. */
export function fullConf(mesh: Mesh, name: string): pulumi.Output<string> {
    const conf = mesh.planned.apply((planned) => {
        const plan = planned.interface(name);
        return valuesFor(mesh, [plan]).apply((values) => wgQuick(plan, values));
    });
    return pulumi.secret(conf);
}
