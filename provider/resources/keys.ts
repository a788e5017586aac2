import * as nacl from "tweetnacl";

/** Bytes of a Curve25519 key. */
const keyBytes = 32;

/** A key pair as wg(8) writes keys: 44 characters of base64. */
export interface Keys {
    readonly privateKey: string;
    readonly publicKey: string;
}

/** A new pair, clamped as `wg genkey` does: wg(8) stores the clamped form, so an unclamped one would read back differently. */
export function generateKeys(): Keys {
    const secret = nacl.randomBytes(keyBytes);
    secret[0] = (secret[0] ?? 0) & 248;
    secret[31] = ((secret[31] ?? 0) & 127) | 64;
    const privateKey = Buffer.from(secret).toString("base64");
    return { privateKey, publicKey: publicKeyOf(privateKey) };
}

/** What `wg pubkey` prints for a private key. */
export function publicKeyOf(privateKey: string): string {
    const secret = Uint8Array.from(Buffer.from(privateKey, "base64"));
    return Buffer.from(nacl.scalarMult.base(secret)).toString("base64");
}

/** True for 44 characters of canonical base64 of 32 bytes, the only form that wg(8) reads. */
export function isKey(value: string): boolean {
    const bytes = Buffer.from(value, "base64");
    return bytes.length === keyBytes && bytes.toString("base64") === value;
}
