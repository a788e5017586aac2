import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { plan } from "../../provider/planner";
import { hostFiles } from "../../provider/render";
import { publicKeyOf } from "../../provider/resources/keys";
import { fullMesh } from "./graphs";

// What `wg-meshconf genconfig` does, by our planner: private keys in, one .conf per node out. A program of its own, so that
// both can be timed as whole processes.
const [keyFile, folder] = process.argv.slice(2);
if (keyFile === undefined || folder === undefined) {
    throw new Error("usage: meshFiles.js KEYS FOLDER");
}
const privateKeys: Readonly<Record<string, string>> = JSON.parse(readFileSync(keyFile, "utf8"));
const publicKeys = Object.fromEntries(Object.entries(privateKeys).map(([name, key]) => [name, publicKeyOf(key)]));
const planned = plan(fullMesh(Object.keys(privateKeys).length));
const values = {
    privateKey: (name: string) => privateKeys[name] ?? "",
    publicKey: (name: string) => publicKeys[name] ?? "",
    presharedKey: () => "",
    endpoint: (name: string) => `${name}.example.com:51820`,
};
mkdirSync(folder, { recursive: true });
for (const host of planned.hosts) {
    for (const { conf } of hostFiles(host, values).interfaces) {
        writeFileSync(join(folder, `${host.name}.conf`), conf);
    }
}
