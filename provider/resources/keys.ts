import * as nacl from "tweetnacl";
import { canonicalPrivateKey } from "../planner/rules/keys";

/** Bytes of a Curve25519 key. */
const keyBytes = 32;

/** A key pair as wg(8) writes keys: 44 characters of base64. */
export interface Keys {
    readonly privateKey: string;
    readonly publicKey: string;
}

/** A new pair, clamped as `wg genkey` does: wg(8) stores the clamped form, so an unclamped one would read back differently. */
export function generateKeys(): Keys {
    const privateKey = canonicalPrivateKey(Buffer.from(nacl.randomBytes(keyBytes)).toString("base64"));
    return { privateKey, publicKey: publicKeyOf(privateKey) };
}

/** What `wg pubkey` prints for a private key. */
export function publicKeyOf(privateKey: string): string {
    const secret = Uint8Array.from(Buffer.from(privateKey, "base64"));
    return Buffer.from(nacl.scalarMult.base(secret)).toString("base64");
}
