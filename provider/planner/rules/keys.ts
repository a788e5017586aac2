/** True for 32 bytes in canonical base64, the only form wg(8) takes: 44 characters, and the two spare bits of the last one are zero. */
export function isKey(value: string): boolean {
    return /^[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=$/.test(value);
}

/**
 * The key that WireGuard makes of a private key: it is clamped (RFC 7748 section 5), so keys that differ in the five clamped bits only
 * are one key with one public key.
 */
export function canonicalPrivateKey(key: string): string {
    const bytes = Buffer.from(key, "base64");
    bytes[0] = (bytes[0] ?? 0) & 248;
    bytes[31] = ((bytes[31] ?? 0) & 127) | 64;
    return bytes.toString("base64");
}
