import * as pulumi from "@pulumi/pulumi";
import { checkValues, type Failure, type KnownValue, type ValueKind } from "../provider/planner";
import { label } from "../provider/planner/rules/labels";
import { declaredAt, fail } from "../provider/planner/rules/text";
import { isObject, type ProxyArgs } from "./connection";
import { type Declaration, ofKind } from "./declaration";
import { known } from "./visible";

/** A value that was given for a property, not looked at yet. */
interface Given {
    readonly owner: string;
    readonly property: string;
    readonly type: "string" | "number";
    /** How its text is judged; unset: only that it is one. */
    readonly kind?: ValueKind;
    readonly value: pulumi.Input<unknown>;
    readonly declaredAt?: string;
}

/**
 * Failures of all values that are known by now; what a preview does not know yet is checked by the next run, which does.
 *
 * An output that turns out to hold nothing is a failure too: passed on it would switch off the check of a host key, make a new identity,
 * or have `@pulumi/command` print the whole connection, private key included, because it cannot decode it.
 *
 * A promise, not an Output: the plan must not become secret because a checked key is, nor depend on the VM an endpoint comes from.
 *
 * @param awaited Holds, while this is running, the values that it waits for, e.g. `hub.endpoint (index.ts:5)`.
 */
export async function checkKnownValues(declarations: readonly Declaration[], awaited: Set<string>): Promise<readonly Failure[]> {
    const given = [...interfaceValues(declarations), ...peerValues(declarations), ...hostValues(declarations)];
    const judged = await Promise.all(given.map((one) => judge(one, awaited)));
    const texts = judged.filter((one): one is KnownValue => "value" in one);
    const failures = judged.filter((one): one is Failure => "reason" in one);
    const interfaces = ofKind(declarations, "interface").map((one) => one.graph);
    return [...hostKeyFailures(declarations), ...failures, ...checkValues(texts, interfaces)];
}

async function judge(
    { owner, property, type, kind, value, ...place }: Given,
    awaited: Set<string>,
): Promise<KnownValue | Failure | Record<string, never>> {
    const what = `${label(owner)}.${property}${declaredAt(place)}`;
    awaited.add(what);
    const found = await known(value);
    awaited.delete(what);
    if (!found.isKnown) {
        return {};
    }
    if (typeof found.value !== type) {
        const got = found.value === undefined || found.value === null ? "nothing" : `a value of type ${typeof found.value}`;
        return fail(`${owner}.${property}`, place, `must be a ${type === "string" ? "text" : "number"}, got ${got}`);
    }
    return kind === undefined ? {} : { owner, kind, value: found.value as string, ...place };
}

function interfaceValues(declarations: readonly Declaration[]): Given[] {
    return ofKind(declarations, "interface").flatMap(({ graph, resource: { args, endpointValue } }) => [
        ...given(graph, "privateKey", "string", args.privateKey, "privateKey"),
        ...given(graph, "endpoint", "string", endpointValue, "endpoint"),
    ]);
}

function peerValues(declarations: readonly Declaration[]): Given[] {
    return ofKind(declarations, "peer").flatMap(({ graph, resource: { args } }) =>
        given(graph, "presharedKey", "string", args.presharedKey, "presharedKey"),
    );
}

function hostValues(declarations: readonly Declaration[]): Given[] {
    return ofKind(declarations, "host").flatMap(({ graph, resource: { args } }) => [
        ...given(graph, "endpoint", "string", args.endpoint, "endpointHost"),
        ...(isObject(args.connection) ? hopValues(graph, "connection", args.connection) : []),
        ...(isObject(args.connection) && isObject(args.connection.proxy)
            ? hopValues(graph, "connection.proxy", args.connection.proxy)
            : []),
    ]);
}

function hopValues(graph: Owner, at: string, hop: ProxyArgs): Given[] {
    const isTarget = at === "connection";
    return [
        // Never left out: a hop without a host goes nowhere.
        ...given(graph, `${at}.host`, "string", hop.host ?? pulumi.output(undefined), isTarget ? "connectionHost" : undefined),
        ...given(graph, `${at}.hostKey`, "string", hop.hostKey, isTarget ? "hostKey" : undefined),
        ...(["user", "privateKey", "privateKeyPassword", "password", "agentSocketPath"] as const).flatMap((name) =>
            given(graph, `${at}.${name}`, "string", hop[name]),
        ),
        ...(["port", "dialErrorLimit", "perDialTimeout"] as const).flatMap((name) =>
            given(graph, `${at}.${name}`, "number", hop[name]),
        ),
    ];
}

type Owner = { readonly name: string; readonly declaredAt?: string };

function given(
    graph: Owner,
    property: string,
    type: Given["type"],
    value: pulumi.Input<unknown> | undefined,
    kind?: ValueKind,
): Given[] {
    if (value === undefined) {
        return [];
    }
    const place = graph.declaredAt === undefined ? {} : { declaredAt: graph.declaredAt };
    return [{ owner: graph.name, property, type, value, ...(kind === undefined ? {} : { kind }), ...place }];
}

const mustBeObject = "must be an object, whose fields may be outputs, so that its host key can be checked";

/** Without a host key `@pulumi/command` would hand all private keys to whoever answers. */
function hostKeyFailures(declarations: readonly Declaration[]): Failure[] {
    return ofKind(declarations, "host").flatMap(({ graph, resource: { args } }) => {
        const { connection } = args;
        if (connection === undefined) {
            return [];
        }
        if (!isObject(connection)) {
            return [fail(`${graph.name}.connection`, graph, mustBeObject)];
        }
        const hops: [string, ProxyArgs | undefined][] = [
            ["connection", connection],
            ["connection.proxy", connection.proxy],
        ];
        return hops
            .filter(
                ([, hop]) =>
                    hop !== undefined && !(isObject(hop) && (hop.hostKey !== undefined || hop.insecureIgnoreHostKey === true)),
            )
            .map(([at, hop]) => {
                if (!isObject(hop)) {
                    return fail(`${graph.name}.${at}`, graph, mustBeObject);
                }
                const reason =
                    'is required, e.g. "ssh-ed25519 AAAA..." from /etc/ssh/ssh_host_ed25519_key.pub; insecureIgnoreHostKey: true does without';
                return fail(`${graph.name}.${at}.hostKey`, graph, reason);
            });
    });
}
