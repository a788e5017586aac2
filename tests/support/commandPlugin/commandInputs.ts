import { isObject, type Properties, plain, secret, unknown, type Value } from "./wire";

/** How one machine is reached; the real plugin's defaults are filled in by {@link withDefaults}. */
export interface SshTarget {
    readonly host: string;
    readonly user: string;
    readonly port: number;
    readonly password?: string;
    readonly privateKey?: string;
    readonly privateKeyPassword?: string;
    readonly agentSocketPath?: string;
    /** Failed dials that are forgiven; -1: any number. */
    readonly dialErrorLimit: number;
    /** Seconds for one TCP connection; 0: no limit. */
    readonly perDialTimeout: number;
    /** "ssh-ed25519 AAAA…"; unset: any key is accepted. */
    readonly hostKey?: string;
}

/** A `command:remote:Command`, decoded. */
export interface CommandInputs {
    readonly connection: SshTarget & { readonly proxy?: SshTarget };
    readonly create?: string;
    readonly update?: string;
    readonly delete?: string;
    readonly stdin?: string;
    readonly logging?: "stdout" | "stderr" | "stdoutAndStderr" | "none";
}

/** Inputs of the resource; whatever else is in a state is an output. */
export const inputNames: readonly string[] = [
    ...["connection", "create", "update", "delete", "stdin", "logging", "triggers", "environment", "addPreviousOutputInEnv"],
];

const targetDefaults = { user: "root", port: 22, dialErrorLimit: 10, perDialTimeout: 15 };
const targetFields = ["host", "user", "port", "password", "privateKey", "privateKeyPassword", "agentSocketPath"].concat([
    ...["dialErrorLimit", "perDialTimeout", "hostKey"],
]);

/** Fills in the connection's defaults and makes it secret, as the real plugin's check does. */
export function withDefaults(inputs: Properties): Properties {
    const connection = plain(inputs.connection ?? null);
    if (!isObject(connection)) {
        return connection === unknown ? { ...inputs, connection: secret(unknown) } : inputs;
    }
    const proxy = connection.proxy;
    const filled = { ...targetDefaults, ...connection, ...(isObject(proxy) ? { proxy: { ...targetDefaults, ...proxy } } : {}) };
    return { ...inputs, connection: secret(filled) };
}

/** What is wrong with the inputs, as property and reason. Unknown values are right until they are known. */
export function failures(inputs: Properties): readonly (readonly [string, string])[] {
    const found: (readonly [string, string])[] = [];
    for (const name of Object.keys(inputs)) {
        if (!inputNames.includes(name) && name !== "version" && !name.startsWith("__")) {
            found.push([name, `Unrecognized field "${name}"`]);
        }
    }
    const connection = plain(inputs.connection ?? null);
    if (isObject(connection)) {
        found.push(...targetFailures("connection", connection, [...targetFields, "proxy"]));
        if (isObject(connection.proxy)) {
            found.push(...targetFailures("connection.proxy", connection.proxy, targetFields));
        }
    } else if (connection !== unknown) {
        found.push(["connection", "missing required property 'connection'"]);
    }
    for (const name of ["create", "update", "delete", "stdin", "logging"]) {
        const value = plain(inputs[name] ?? null);
        if (value !== null && typeof value !== "string") {
            found.push([name, `expected a string, got ${typeof value}`]);
        }
    }
    // sshd refuses variables unless told otherwise, ssh2 does not report the refusal, and this library uses none.
    if (inputs.environment !== undefined && inputs.environment !== null) {
        found.push(["environment", "the stand-in for the command plugin does not support environment"]);
    }
    return found;
}

function targetFailures(
    path: string,
    target: { readonly [key: string]: Value },
    fields: readonly string[],
): (readonly [string, string])[] {
    const unrecognized = Object.keys(target).filter((name) => !fields.includes(name));
    // Names only: a value here can be a key.
    const found = unrecognized.map((name) => [`${path}.${name}`, `Unrecognized field "${name}"`] as const);
    return typeof target.host === "string" ? found : [...found, [`${path}.host`, "missing required property 'host'"]];
}

/** Decodes checked inputs, or the state they are part of. */
export function decode(properties: Properties): CommandInputs {
    const wanted = ["connection", "create", "update", "delete", "stdin", "logging"];
    const values = wanted.flatMap((name) => {
        const value = plain(properties[name] ?? null);
        return value === null ? [] : [[name, value] as const];
    });
    // check has seen to the types; a state written by the real plugin has the same ones.
    return Object.fromEntries(values) as unknown as CommandInputs;
}
