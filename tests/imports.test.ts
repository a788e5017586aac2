import * as fs from "node:fs";
import * as path from "node:path";

const root = path.resolve(__dirname, "..", "..");

// Arrows point one way: examples -> sdk -> provider/resources, provider/host -> provider/render -> provider/planner (DESIGN, section 3).
const mayImport: Readonly<Record<string, readonly string[]>> = {
    "provider/planner": ["provider/planner"],
    "provider/render": ["provider/render", "provider/planner"],
    "provider/host": ["provider/host", "provider/render", "provider/planner"],
    "provider/resources": ["provider/resources", "provider/render", "provider/planner"],
    provider: ["provider", "provider/render", "provider/planner"],
    sdk: ["sdk", "provider/resources", "provider/host", "provider/render", "provider/planner"],
};

// Packages a folder may load at run time; `import type` is free except in the pure folders, which may not even know Pulumi's types.
const packages: Readonly<Record<string, readonly string[]>> = {
    "provider/planner": [],
    "provider/render": [],
    "provider/host": ["node:fs", "node:path", "node:zlib"],
    "provider/resources": ["tweetnacl"],
    provider: [],
    sdk: ["@pulumi/pulumi", "@pulumi/command", "qrcode", "node:path", "node:child_process", "node:util"],
};

interface Import {
    readonly file: string;
    readonly folder: string;
    readonly target: string;
    readonly typeOnly: boolean;
}

const sources = ["provider", "sdk"].flatMap((top) =>
    fs
        .readdirSync(path.join(root, top), { recursive: true, encoding: "utf8" })
        .filter((file) => file.endsWith(".ts"))
        .map((file) => path.join(top, file)),
);

function house(file: string): string {
    return Object.keys(mayImport)
        .sort((a, b) => b.length - a.length)
        .find((one) => file.startsWith(`${one}/`)) as string;
}

const imports: readonly Import[] = sources.flatMap((file) => {
    const text = fs.readFileSync(path.join(root, file), "utf8");
    const found = text.matchAll(/^(?:import|export)\s+(type\s)?[^;]*?from\s+"([^"]+)";/gm);
    return [...found].map((match) => ({ file, folder: house(file), target: match[2] ?? "", typeOnly: match[1] !== undefined }));
});

test("the rule is looked at where there is something to see", () => {
    expect(imports.length).toBeGreaterThan(50);
});

test.each(Object.keys(mayImport))("%s imports only what is below it", (folder) => {
    const wrong = imports.filter((one) => {
        if (one.folder !== folder || !one.target.startsWith(".")) {
            return false;
        }
        const target = house(`${path.join(path.dirname(one.file), one.target)}/`);
        return !(mayImport[folder] ?? []).includes(target);
    });
    expect(wrong.map((one) => `${one.file} imports ${one.target}`)).toEqual([]);
});

test.each(Object.keys(packages))("%s loads only its own packages", (folder) => {
    const pure = folder === "provider/planner" || folder === "provider/render";
    const wrong = imports.filter(
        (one) =>
            one.folder === folder &&
            !one.target.startsWith(".") &&
            !(one.typeOnly && !pure) &&
            !(packages[folder] ?? []).includes(one.target),
    );
    expect(wrong.map((one) => `${one.file} imports ${one.target}`)).toEqual([]);
});

test("one file each knows @pulumi/command and tweetnacl", () => {
    const users = (name: string) => imports.filter((one) => one.target === name).map((one) => one.file);
    expect([users("@pulumi/command"), users("tweetnacl")]).toEqual([["sdk/push.ts"], ["provider/resources/keys.ts"]]);
});

test("the planner and the renderers have no clock, no randomness and no console", () => {
    const impure = sources
        .filter((file) => file.startsWith("provider/planner/") || file.startsWith("provider/render/"))
        .filter((file) =>
            /\bDate\b|Math\.random|\bconsole\.|\bprocess\.|\brequire\(/.test(
                fs.readFileSync(path.join(root, file), "utf8").replace(/^\s*(\/\/|\*|\/\*).*$/gm, ""),
            ),
        );
    expect(impure).toEqual([]);
});

test("examples import the package by its name only", () => {
    const files = fs
        .readdirSync(path.join(root, "examples"), { recursive: true, encoding: "utf8" })
        .filter((file) => file.endsWith(".ts") && !file.includes("node_modules"));
    expect(files.length).toBeGreaterThan(0);
    const targets = files.flatMap((file) =>
        [...fs.readFileSync(path.join(root, "examples", file), "utf8").matchAll(/from "([^"]+)"/g)].map((match) => match[1]),
    );
    expect(
        targets.filter((target) => !["@pulumi/pulumi", "pulumi-wireguard"].includes(target ?? "") && !target?.startsWith("./")),
    ).toEqual([]);
});
