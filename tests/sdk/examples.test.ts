import * as fs from "node:fs";
import * as path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import * as ts from "typescript";
import { expectGolden } from "../support/golden";

// Every example is a program that plans: run under Pulumi's mocks, with machines from the documentation's address range.
const root = path.resolve(__dirname, "..", "..", "..");
const examples = fs
    .readdirSync(path.join(root, "examples"), { withFileTypes: true })
    .filter((one) => one.isDirectory())
    .map((one) => one.name);
const machine = (nth: number) =>
    JSON.stringify({ host: `198.51.100.${nth}`, hostKey: `ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI${"A".repeat(43)}` });
const key = (name: string) => Buffer.from(name.padEnd(32, ".")).toString("base64");

test.each(examples)("%s", async (name) => {
    const confs: Record<string, string> = {};
    await pulumi.runtime.setMocks(
        {
            newResource: ({ type, name: resource, inputs }) => {
                if (type.endsWith(":WireGuardInterface")) {
                    confs[resource] = inputs.conf;
                }
                const keys = type.endsWith(":KeyPair")
                    ? { privateKey: key(`private ${resource}`), publicKey: key(`public ${resource}`) }
                    : {};
                return { id: resource, state: { ...inputs, ...keys } };
            },
            call: () => ({}),
        },
        name,
        "stack",
    );
    const hosts = Object.fromEntries(
        ["hub", "ann", "bob", "carol", "berlin", "paris"].map((host, nth) => [`${name}:${host}`, machine(10 + nth)]),
    );
    pulumi.runtime.setAllConfig({ ...hosts, [`${name}:sshKey`]: "ssh key" });
    const source = fs.readFileSync(path.join(root, "examples", name, "index.ts"), "utf8");
    const { outputText } = ts.transpileModule(source, {
        compilerOptions: { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022, esModuleInterop: true },
    });
    const outputs = await pulumi.runtime.runInPulumiStack(async () => {
        const exports: Record<string, unknown> = {};
        new Function("require", "exports", outputText)(require, exports);
        return exports;
    });
    await pulumi.runtime.disconnect();
    const text = Object.entries(confs)
        .sort()
        .map(([iface, conf]) => `# ${iface}\n${conf}`)
        .join("\n");
    expectGolden(`sdk/golden/${name}.conf`, `# examples/${name}, public keys made of names\n\n${text}`);
    expect(outputs).toBeDefined();
});
