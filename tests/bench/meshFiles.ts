import { createPrivateKey, createPublicKey } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { plan } from "../../provider/planner";
import { hostFiles } from "../../provider/render";
import { fullMesh } from "./graphs";

// What `wg-meshconf genconfig` does, by our planner: private keys in, one .conf per node out. A program of its own, so that
// both can be timed as whole processes. Nodes are devices, because wg-meshconf writes no firewall either; public keys are derived on
// both sides, by OpenSSL on both. Prints the CPU seconds of every run.
const [keyFile, folder, runs = "1"] = process.argv.slice(2);
if (keyFile === undefined || folder === undefined) {
    throw new Error("usage: meshFiles.js KEYS FOLDER [RUNS]");
}
for (let run = 0; run < Number(runs); run++) {
    const before = process.cpuUsage();
    generate(keyFile, folder);
    const { user, system } = process.cpuUsage(before);
    console.log((user + system) / 1e6);
}

function generate(keyFile: string, folder: string): void {
    const privateKeys: Readonly<Record<string, string>> = JSON.parse(readFileSync(keyFile, "utf8"));
    const publicKeys = new Map(Object.entries(privateKeys).map(([name, key]) => [name, publicKeyOf(key)]));
    const planned = plan(fullMesh(publicKeys.size, false));
    const values = {
        privateKey: (name: string) => privateKeys[name] ?? "",
        publicKey: (name: string) => publicKeys.get(name) ?? "",
        presharedKey: () => "",
        endpoint: (name: string) => `${name}.example.com:51820`,
    };
    mkdirSync(folder, { recursive: true });
    for (const host of planned.hosts) {
        for (const { conf } of hostFiles(host, values).interfaces) {
            writeFileSync(join(folder, `${host.name}.conf`), conf);
        }
    }
}

/** RFC 8410: what stands before the 32 bytes of an X25519 private key in PKCS #8; a public key in SPKI ends with its 32 bytes. */
function publicKeyOf(privateKey: string): string {
    const header = Buffer.from("302e020100300506032b656e04220420", "hex");
    const key = Buffer.concat([header, Buffer.from(privateKey, "base64")]);
    const publicKey = createPublicKey(createPrivateKey({ key, format: "der", type: "pkcs8" }));
    return publicKey.export({ format: "der", type: "spki" }).subarray(-32).toString("base64");
}
