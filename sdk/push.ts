import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { payload, pushCommand, removeCommand } from "../provider/host/payload";
import { hostFiles } from "../provider/render";
import { type ConnectionArgs, commandConnection, dialTimeouts } from "./connection";
import type { Host } from "./host";
import { valuesFor } from "./values";

/**
 * Applies a host's plan in one SSH session. Nothing but `stdin` carries content, and `stdin` is secret: `@pulumi/command` prints
 * the command line on failure, and keeps everything else in plain state.
 *
 * @param ready Settles when every resource of the mesh is registered: all hosts are pushed to at about the same time, so that one
 * that fails does not keep Pulumi from starting the others.
 */
export function push(host: Host, connection: ConnectionArgs, ready: pulumi.Input<pulumi.Resource[]>): command.remote.Command {
    const { mesh, hostName } = host;
    const stdin = mesh.planned.apply((planned) => {
        const plan = planned.host(hostName);
        return valuesFor(mesh, plan.interfaces).apply((values) => {
            const { nftables, nftTable, ...files } = hostFiles(plan, values);
            const filter =
                nftables === undefined || nftTable === undefined ? {} : { nftables: { table: nftTable, text: nftables } };
            return payload({ mesh: mesh.meshName, host: hostName, ...files, ...filter });
        });
    });
    const user: pulumi.Output<string> = pulumi.output(connection.user ?? "root");
    const run = user.apply((name) => pushCommand(name));
    const args: command.remote.CommandArgs = {
        connection: commandConnection(connection),
        create: run,
        update: run,
        delete: pulumi.all([user, mesh.planned.apply(() => mesh.meshName)]).apply(([name, sound]) => removeCommand(sound, name)),
        stdin: pulumi.secret(stdin),
        logging: "none",
        addPreviousOutputInEnv: false,
        // Another machine is another push: taken off the old one first. A VM given as `deletedWith` is another one when it was replaced,
        // also under the same address. `replaceOnChanges: ["connection.host"]` would say it better, but the
        // connection is secret as a whole, and the engine does not look inside a secret (tried with plugin 1.2.1).
        triggers: [connection.host, ...(host.deletedWith instanceof pulumi.CustomResource ? [host.deletedWith.id] : [])],
    };
    return new command.remote.Command(hostName, args, {
        parent: host,
        dependsOn: ready,
        deleteBeforeReplace: true,
        customTimeouts: dialTimeouts(connection),
        ...(host.deletedWith === undefined ? {} : { deletedWith: host.deletedWith }),
    });
}
