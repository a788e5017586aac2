import { show } from "./text";

const example = '"ssh-ed25519 AAAA..." from /etc/ssh/ssh_host_ed25519_key.pub';

/** Key types that `@pulumi/command` can pin: it offers the server exactly the algorithm that stands in front of the key. */
const pinnable = /^(?:ssh-ed25519|ecdsa-sha2-nistp(?:256|384|521))$/;

/** Why a host key cannot be pinned; undefined when it can. The grammar is the one of authorized_keys: type, base64, comment. */
export function hostKeyReason(value: string): string | undefined {
    if (value.includes("PRIVATE KEY")) {
        return `must be the public host key, ${example}, got a private key`;
    }
    if (value.trim() === "") {
        return `must be ${example}, got an empty text`;
    }
    if (value.trim().includes("\n")) {
        return `must be one key, ${example}, got ${value.trim().split("\n").length} lines`;
    }
    if (/^(?:SHA256|MD5):/.test(value.trim())) {
        return `must be the whole key, ${example}, got the fingerprint ${show(value.trim())}`;
    }
    const words = value.trim().split(/\s+/);
    const type = words.findIndex((word) => /^(?:ssh-|ecdsa-|sk-)/.test(word));
    const [algorithm = "", body = ""] = type < 0 ? words : words.slice(type);
    if (type > 0 && pinnable.test(algorithm)) {
        const short = body.length > 12 ? `${body.slice(0, 8)}...` : body;
        return `must begin with the key type, got a line of known_hosts; leave out ${show(words.slice(0, type).join(" "))}: "${algorithm} ${short}"`;
    }
    if (algorithm === "ssh-rsa") {
        return `must be an ed25519 or ecdsa key: a pinned RSA key asks for SHA-1 signatures, which OpenSSH 8.8 and later refuse; use ${example}`;
    }
    if (!pinnable.test(algorithm)) {
        return `must be an ed25519 or ecdsa key, ${example}, got ${show(value)}`;
    }
    return holds(algorithm, body)
        ? undefined
        : `must be ${example}, got ${show(`${algorithm} ${body}`)}, which is not a whole ${algorithm} key`;
}

/** True when the base64 is the key it says it is: RFC 4253 section 6.6, a length and the type first; 51 bytes for ed25519 (RFC 8709). */
function holds(algorithm: string, body: string): boolean {
    const bytes = Buffer.from(body, "base64");
    const length = bytes.length >= 4 ? bytes.readUInt32BE(0) : 0;
    const named = length === algorithm.length && bytes.subarray(4, 4 + length).toString("latin1") === algorithm;
    const whole = algorithm === "ssh-ed25519" ? bytes.length === 51 : bytes.length > 80;
    return named && whole && /^[A-Za-z0-9+/]+=*$/.test(body);
}
