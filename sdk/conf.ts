import * as pulumi from "@pulumi/pulumi";
import { redacted, wgQuick } from "../provider/render";
import { endpointShown } from "./endpoint";
import type { Mesh } from "./mesh";
import { valuesFor } from "./values";

/** An interface's `.conf` with names in place of secrets: what a preview shows. Never secret, never unknown. */
export function redactedConf(mesh: Mesh, name: string): pulumi.Output<string> {
    return mesh.planned.apply((planned) => {
        const plan = planned.interface(name);
        const remotes = plan.peers.filter((one) => one.endpoint === true).map((one) => one.remote);
        const shown = pulumi.all(Object.fromEntries(remotes.map((remote) => [remote, endpointShown(mesh.interface(remote))])));
        const keys = pulumi.output(
            Object.fromEntries(
                [name, ...plan.peers.map((one) => one.remote)].map((one) => [one, mesh.interface(one).keys.shown]),
            ),
        );
        return pulumi.all([shown, keys]).apply(([endpoints, publicKeys]) =>
            wgQuick(
                plan,
                redacted(
                    (remote) => endpoints[remote] ?? "",
                    (iface) => publicKeys[iface],
                ),
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
