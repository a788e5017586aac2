import { isDeepStrictEqual } from "node:util";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";

// How the engine writes what JSON has no word for (sdk/go/common/resource/sig.go and plugin/rpc.go of pulumi/pulumi).
const signature = "4dabf18193072939515e22adb298388d";
const secretSignature = "1b47061264138c4ac30d75fd1eb44270";
const outputSignature = "d0e6a833031e9bbcd3f4e8bde6ca49a4";

/** The engine's sign for "not known before the update". */
export const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** A property as it travels, secrets still wrapped. */
export type Value = null | boolean | number | string | readonly Value[] | { readonly [key: string]: Value };

/** A resource's properties. */
export type Properties = { readonly [key: string]: Value };

export function fromStruct(struct: Struct | undefined): Properties {
    return (struct?.toJavaScript() ?? {}) as Properties;
}

export function toStruct(properties: Properties): Struct {
    // The typings ask for any JSON; undefined members would be dropped without a word, and Value has none.
    return Struct.fromJavaScript(properties as { [key: string]: Value } as Parameters<typeof Struct.fromJavaScript>[0]);
}

export function isObject(value: Value | undefined): value is { readonly [key: string]: Value } {
    return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function secret(value: Value): Value {
    return isSecret(value) ? value : { [signature]: secretSignature, value };
}

export function isSecret(value: Value | undefined): boolean {
    return isObject(value) && value[signature] === secretSignature;
}

/** The value without the wrapping of secrets and outputs, at every depth. */
export function plain(value: Value): Value {
    if (Array.isArray(value)) {
        return value.map(plain);
    }
    if (!isObject(value)) {
        return value;
    }
    if (value[signature] === secretSignature) {
        return plain(value.value ?? null);
    }
    if (value[signature] === outputSignature) {
        return plain(value.value ?? unknown);
    }
    return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, plain(member)]));
}

/**
 * Paths at which two sets of properties differ, as the engine writes them: "triggers[0]". A secret is compared as a whole, as the real plugin does: a new
 * host is a change of "connection", never of "connection.host".
 */
export function differences(olds: Properties, news: Properties): ReadonlyMap<string, "add" | "delete" | "update"> {
    const found = new Map<string, "add" | "delete" | "update">();
    compare("", olds, news, found);
    return found;
}

function compare(
    path: string,
    old: Value | undefined,
    now: Value | undefined,
    found: Map<string, "add" | "delete" | "update">,
): void {
    const before = old === null ? undefined : old;
    const after = now === null ? undefined : now;
    if (before === undefined || after === undefined) {
        if (before !== after) {
            found.set(path, before === undefined ? "add" : "delete");
        }
    } else if (!isSecret(before) && !isSecret(after) && isObject(before) && isObject(after)) {
        for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
            compare(path === "" ? key : `${path}.${key}`, before[key], after[key], found);
        }
    } else if (Array.isArray(before) && Array.isArray(after)) {
        for (let index = 0; index < Math.max(before.length, after.length); index += 1) {
            compare(`${path}[${index}]`, before[index], after[index], found);
        }
    } else if (!isDeepStrictEqual(before, after)) {
        found.set(path, "update");
    }
}
