import * as pulumi from "@pulumi/pulumi";
import type { InterfacePlan } from "../provider/planner/hostPlan";
import type { Values } from "../provider/render";
import { endpointOf } from "./endpoint";
import type { Mesh } from "./mesh";

/** What the files of some interfaces need besides the plan: keys and endpoints, by name. Secret as soon as one of them is. */
export function valuesFor(mesh: Mesh, interfaces: readonly InterfacePlan[]): pulumi.Output<Values> {
    const sections = interfaces.flatMap((one) => one.peers);
    const own = (name: string) => mesh.interface(name);
    const collected = pulumi.all([
        record(interfaces.map((one) => [one.name, own(one.name).keys.privateKey])),
        record(sections.map((one) => [one.remote, own(one.remote).publicKey])),
        record(sections.map((one) => [one.peer, mesh.peer(one.peer).args.presharedKey])),
        record(sections.filter((one) => one.endpoint === true).map((one) => [one.remote, endpointOf(own(one.remote))])),
    ]);
    return collected.apply(([privateKeys, publicKeys, presharedKeys, endpoints]) => ({
        privateKey: lookUp(privateKeys, "private key"),
        publicKey: lookUp(publicKeys, "public key"),
        presharedKey: lookUp(presharedKeys, "preshared key"),
        endpoint: lookUp(endpoints, "endpoint"),
    }));
}

function record(
    entries: readonly (readonly [string, pulumi.Input<string> | undefined])[],
): pulumi.Output<Record<string, string>> {
    return pulumi.output(
        Object.fromEntries(entries.filter((entry): entry is [string, pulumi.Input<string>] => entry[1] !== undefined)),
    );
}

function lookUp(values: Readonly<Record<string, string>>, what: string): (name: string) => string {
    return (name) => {
        const value = values[name];
        if (value === undefined) {
            throw new Error(`the ${what} of "${name}" was not collected`);
        }
        return value;
    };
}
