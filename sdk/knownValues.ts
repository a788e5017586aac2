import type * as pulumi from "@pulumi/pulumi";
import { checkValues, type Failure, type KnownValue } from "../provider/planner";
import { fail } from "../provider/planner/rules/text";
import { type Declaration, ofKind } from "./declaration";
import { ifKnown, settled } from "./visible";

/** A declared value with its owner, not looked at yet. */
type Declared = Omit<KnownValue, "value"> & { readonly value: pulumi.Input<string> | undefined };

/**
 * Failures of all values that are known by now; what a preview does not know yet is checked by the next run, which does.
 *
 * A promise, not an Output: the plan must not become secret because a checked key is, nor depend on the VM an endpoint comes from.
 */
export async function checkKnownValues(declarations: readonly Declaration[]): Promise<readonly Failure[]> {
    const declared = [...interfaceValues(declarations), ...peerValues(declarations), ...hostValues(declarations)];
    const known = await Promise.all(
        declared.map(async ({ value, ...owner }) => {
            const text = value === undefined ? undefined : await settled(ifKnown(value));
            return text === undefined ? [] : [{ ...owner, value: text }];
        }),
    );
    return [...missingHostKeys(declarations), ...checkValues(known.flat())];
}

function interfaceValues(declarations: readonly Declaration[]): Declared[] {
    return ofKind(declarations, "interface").flatMap(({ graph, resource: { args } }) => [
        { owner: graph.name, kind: "privateKey", value: args.privateKey, ...where(graph) },
        { owner: graph.name, kind: "endpoint", value: args.endpoint, ...where(graph) },
    ]);
}

function peerValues(declarations: readonly Declaration[]): Declared[] {
    return ofKind(declarations, "peer").map(({ graph, resource: { args } }) => ({
        owner: graph.name,
        kind: "presharedKey",
        value: args.presharedKey,
        ...where(graph),
    }));
}

function hostValues(declarations: readonly Declaration[]): Declared[] {
    return ofKind(declarations, "host").flatMap(({ graph, resource: { args } }) => [
        { owner: graph.name, kind: "endpointHost", value: args.endpoint, ...where(graph) },
        { owner: graph.name, kind: "connectionHost", value: args.connection?.host, ...where(graph) },
        { owner: graph.name, kind: "hostKey", value: args.connection?.hostKey, ...where(graph) },
    ]);
}

/** Without a host key `@pulumi/command` would hand all private keys to whoever answers. */
function missingHostKeys(declarations: readonly Declaration[]): Failure[] {
    return ofKind(declarations, "host").flatMap(({ graph, resource: { args } }) => {
        const { connection } = args;
        if (connection === undefined || connection.hostKey !== undefined || connection.insecureIgnoreHostKey === true) {
            return [];
        }
        const reason =
            'is required, e.g. "ssh-ed25519 AAAA..." from /etc/ssh/ssh_host_ed25519_key.pub; insecureIgnoreHostKey: true does without';
        return [fail(`${graph.name}.connection.hostKey`, graph, reason)];
    });
}

function where(graph: { readonly declaredAt?: string }): { readonly declaredAt?: string } {
    return graph.declaredAt === undefined ? {} : { declaredAt: graph.declaredAt };
}
