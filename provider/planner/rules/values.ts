import type { Failure } from "../failure";
import type { Interface } from "../graph";
import { sorted } from "./declarations";
import { endpointReason, hostReason } from "./endpoints";
import { hostKeyReason } from "./hostKeys";
import { canonicalPrivateKey, isKey } from "./keys";
import { label } from "./labels";
import { endpointsInMesh } from "./meshEndpoints";
import { declaredAt, fail, show } from "./text";

/** What a value is for, which decides its grammar. */
export type ValueKind =
    /** Private key of an interface, as `wg genkey` prints it. Never repeated in a failure. */
    | "privateKey"
    /** Public key of an interface, as `wg pubkey` prints it. */
    | "publicKey"
    /** Preshared key of a peer, as `wg genpsk` prints it. Never repeated in a failure. */
    | "presharedKey"
    /** `Host.endpoint`: a DNS name or address without a port. */
    | "endpointHost"
    /** `WireGuardInterface.endpoint`: a DNS name or address, with a port when it differs from `listenPort`. */
    | "endpoint"
    /** `Host.connection.host`: where sshd answers. */
    | "connectionHost"
    /** `Host.connection.hostKey`: the public half of the host's key. */
    | "hostKey";

/** A value that is carried beside the graph and known by now. */
export interface KnownValue {
    /** Name of the declaration it belongs to, e.g. `hub-wg0`. */
    readonly owner: string;
    /** What it is for. */
    readonly kind: ValueKind;
    /** The value itself, e.g. `vpn.example.com`; a secret is never in a failure. */
    readonly value: string;
    /** Where the owner is declared, e.g. `index.ts:12`. */
    readonly declaredAt?: string;
}

const properties: Readonly<Record<ValueKind, string>> = {
    privateKey: "privateKey",
    publicKey: "publicKey",
    presharedKey: "presharedKey",
    endpointHost: "endpoint",
    endpoint: "endpoint",
    connectionHost: "connection.host",
    hostKey: "connection.hostKey",
};

/** Why one value cannot be used, without repeating a secret; undefined when it can. */
function reasonAgainst(kind: ValueKind, value: string): string | undefined {
    switch (kind) {
        case "privateKey":
        case "publicKey":
        case "presharedKey":
            return keyReason(kind, value);
        case "endpointHost":
            return endpointReason(value, "host");
        case "endpoint":
            return endpointReason(value, "interface");
        case "connectionHost":
            return hostReason(value);
        case "hostKey":
            return hostKeyReason(value);
        default:
            return kind satisfies never;
    }
}

const madeBy = { privateKey: "wg genkey", publicKey: "wg pubkey", presharedKey: "wg genpsk" } as const;

function keyReason(kind: "privateKey" | "publicKey" | "presharedKey", value: string): string | undefined {
    const rule = `must be the 44 characters of base64 that "${madeBy[kind]}" prints`;
    if (!isKey(value)) {
        // The length helps to find a truncated copy and tells nothing about the key.
        return value.length === 44
            ? `${rule}, got 44 characters that are not the canonical base64 of 32 bytes`
            : `${rule}, got ${value.length} characters${isKey(value.trim()) ? "; there is white space around the key" : ""}`;
    }
    // wg(8) takes it for "no key" when it is a preshared one, and no handshake completes with it when it is not.
    return /^A{43}=$/.test(value) ? `${rule}, got a key of zeros only` : undefined;
}

/** Interfaces that would be one and the same to WireGuard, which knows its peers by key. */
function sharedKeys(values: readonly KnownValue[]): Failure[] {
    const failures: Failure[] = [];
    const first = new Map<string, KnownValue>();
    for (const value of values) {
        if ((value.kind !== "privateKey" && value.kind !== "publicKey") || reasonAgainst(value.kind, value.value) !== undefined) {
            continue;
        }
        const key = value.kind === "privateKey" ? `private ${canonicalPrivateKey(value.value)}` : `public ${value.value}`;
        const other = first.get(key);
        if (other === undefined) {
            first.set(key, value);
        } else if (other.owner !== value.owner) {
            const who = `${show(other.owner)}${declaredAt(other)}`;
            const reason = `is the same key as that of ${who}; every interface needs its own, because WireGuard knows peers by their key`;
            failures.push(fail(`${label(value.owner)}.${properties[value.kind]}`, value, reason));
        }
    }
    return failures;
}

/** One place cannot be the endpoint of two interfaces: the packets of both would arrive at one of them. */
function sharedEndpoints(values: readonly KnownValue[]): Failure[] {
    const failures: Failure[] = [];
    const first = new Map<string, KnownValue>();
    for (const value of values) {
        // Without a port two interfaces may well share a name: their listen ports tell them apart.
        if (value.kind !== "endpoint" || !/^(?:[^:]+|\[.*\]):\d+$/.test(value.value)) {
            continue;
        }
        const key = value.value.toLowerCase();
        const other = first.get(key);
        if (other === undefined) {
            first.set(key, value);
        } else if (other.owner !== value.owner) {
            const reason = `${show(value.value)} is already the endpoint of ${show(other.owner)}${declaredAt(other)}; give one of them another port`;
            failures.push(fail(`${label(value.owner)}.endpoint`, value, reason));
        }
    }
    return failures;
}

/** A private key where the world can read it, or one secret used for two purposes. */
function mixedUpKeys(values: readonly KnownValue[]): Failure[] {
    const privateKeys = new Map(values.filter(({ kind }) => kind === "privateKey").map((value) => [value.value, value]));
    return values.flatMap((value) => {
        const other = value.kind === "publicKey" || value.kind === "presharedKey" ? privateKeys.get(value.value) : undefined;
        if (other === undefined || !isKey(value.value)) {
            return [];
        }
        const fix = `make one with "${value.kind === "publicKey" ? "wg pubkey" : "wg genpsk"}"`;
        return [
            fail(
                `${label(value.owner)}.${properties[value.kind]}`,
                value,
                `is the private key of ${show(other.owner)}${declaredAt(other)}; ${fix}`,
            ),
        ];
    });
}

/**
 * Everything wrong with the values beside the graph, as far as they are known: all mistakes at once, no private or preshared key in any
 * text, sorted, and the same in whatever order the values are given.
 *
 * @param interfaces The declared interfaces, whose addresses cannot be endpoints.
 */
export function checkValues(values: readonly KnownValue[], interfaces: readonly Interface[] = []): Failure[] {
    const inOrder = sorted(values, ({ owner, kind }) => `${owner} ${kind}`);
    const single = inOrder.flatMap((value) => {
        const reason = reasonAgainst(value.kind, value.value);
        return reason === undefined ? [] : [fail(`${label(value.owner)}.${properties[value.kind]}`, value, reason)];
    });
    return [
        ...single,
        ...sharedKeys(inOrder),
        ...sharedEndpoints(inOrder),
        ...endpointsInMesh(inOrder, interfaces),
        ...mixedUpKeys(inOrder),
    ].sort((a, b) => order([a.property, a.reason], [b.property, b.reason]));
}

function order(a: readonly string[], b: readonly string[]): number {
    const i = a.findIndex((text, index) => text !== b[index]);
    return i < 0 ? 0 : (a[i] ?? "") < (b[i] ?? "") ? -1 : 1;
}
