import { createHash, createPrivateKey, createPublicKey } from "node:crypto";

/** PKCS #8 header of an X25519 private key (RFC 8410); the 32 key bytes follow. */
const pkcs8 = Buffer.from("302e020100300506032b656e04220420", "hex");
const publicKeys = new Map<string, string>();
const privateKeys = new Map<string, string>();

/** A private key that depends on the name only, base64 of 32 clamped bytes as `wg genkey` prints it. For tests, never for a host. */
export function privateKeyFor(name: string): string {
    let key = privateKeys.get(name);
    if (key === undefined) {
        const seed = createHash("sha256").update(`oracle ${name}`).digest();
        seed[0] = (seed[0] ?? 0) & 248;
        seed[31] = ((seed[31] ?? 0) & 127) | 64;
        key = seed.toString("base64");
        privateKeys.set(name, key);
    }
    return key;
}

/** What `wg pubkey` prints for a private key. By node:crypto, so that it does not share the provider's curve code. */
export function publicKeyOf(privateKey: string): string {
    let key = publicKeys.get(privateKey);
    if (key === undefined) {
        const der = Buffer.concat([pkcs8, Buffer.from(privateKey, "base64")]);
        const spki = createPublicKey(createPrivateKey({ key: der, format: "der", type: "pkcs8" })).export({
            format: "der",
            type: "spki",
        });
        key = spki.subarray(-32).toString("base64");
        publicKeys.set(privateKey, key);
    }
    return key;
}

export function publicKeyFor(name: string): string {
    return publicKeyOf(privateKeyFor(name));
}

/** A preshared key that depends on the name only. */
export function presharedKeyFor(name: string): string {
    return createHash("sha256").update(`oracle psk ${name}`).digest("base64");
}
