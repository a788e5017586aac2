import { execFileSync, spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { explain, type Graph, plan, type Question } from "../../provider/planner";
import { office, on } from "../planner/scenarios";
import { repository } from "../support/engine/engine";

// `npx pulumi-wireguard explain` as a user has it: out of the tarball that `npm pack` makes, linked into node_modules/.bin by npm, over the
// state that `pulumi stack export` prints. A stand-in plays `pulumi`; on real hosts tests/lab/s1.test.ts does the same with the real one.
const folder = fs.mkdtempSync(path.join(os.tmpdir(), "pulumi-wireguard-cli-"));
const modules = path.join(folder, "node_modules");
const pulumi = path.join(folder, "pulumi");
const run = (file: string, args: readonly string[]) =>
    execFileSync(file, [...args], { cwd: folder, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });

const chat: Graph = {
    ...office(),
    routes: [{ name: "chat", from: [on("ann-wg0")], to: [on("bob-wg0")], allow: ["tcp/443"], initiate: "from" }],
};
const guests: Graph = { ...office(), mesh: "guests" };

/** A state as the CLI exports it, with other resources around the meshes. */
const state = (...graphs: readonly Graph[]) => ({
    version: 3,
    deployment: {
        resources: [
            { urn: "urn:pulumi:dev::office::pulumi:pulumi:Stack::office-dev", type: "pulumi:pulumi:Stack" },
            ...graphs.map((graph) => ({
                urn: `urn:pulumi:dev::office::pulumi-wireguard:index:Mesh::${graph.mesh}`,
                type: "pulumi-wireguard:index:Mesh",
                outputs: { graph },
            })),
        ],
    },
});

beforeAll(() => {
    const [packed] = JSON.parse(run("npm", ["pack", "--json", "--ignore-scripts", "--pack-destination", folder, repository]));
    fs.mkdirSync(modules);
    for (const name of fs.readdirSync(path.join(repository, "node_modules"))) {
        if (!name.startsWith(".") && name !== "pulumi-wireguard") {
            fs.symlinkSync(path.join(repository, "node_modules", name), path.join(modules, name));
        }
    }
    const own = path.join(modules, "pulumi-wireguard");
    fs.mkdirSync(own);
    run("tar", ["-xzf", packed.filename, "-C", own, "--strip-components=1"]);
    // What an installation does after unpacking, without a registry: it links `bin`.
    run("npm", ["rebuild", "--offline", "--ignore-scripts", "pulumi-wireguard"]);
    fs.writeFileSync(
        pulumi,
        '#!/bin/sh\ncase "$*" in "stack export --stack "*) cat "state-$4.json" ;; *) echo "unexpected: $*" >&2; exit 9 ;; esac\n',
        { mode: 0o755 },
    );
    fs.writeFileSync(path.join(folder, "state-dev.json"), JSON.stringify(state(chat)));
    fs.writeFileSync(path.join(folder, "state-two.json"), JSON.stringify(state(chat, guests)));
    fs.writeFileSync(path.join(folder, "state-empty.json"), '{ "version": 3, "deployment": {} }');
}, 60_000);
afterAll(() => fs.rmSync(folder, { recursive: true }));

function cli(...args: readonly string[]): { readonly code: number | null; readonly out: string; readonly err: string } {
    const env = { ...process.env, PATH: `${folder}${path.delimiter}${process.env.PATH}` };
    const ended = spawnSync(path.join(modules, ".bin", "pulumi-wireguard"), [...args], { cwd: folder, env, encoding: "utf8" });
    return { code: ended.status, out: ended.stdout, err: ended.stderr };
}

const lines = (graph: Graph, from: string, to: string, question: Question) =>
    `${explain(graph, from, to, question).lines.join("\n")}\n`;

test("0: the walk of a packet that arrives", () => {
    const out = lines(chat, "ann", "bob", { protocol: "tcp", port: 443 });
    expect(out).toMatch(/tcp\/443\n[\s\S]*route "chat" lets it pass[\s\S]*\nit works\n$/);
    expect(cli("explain", "dev", "ann", "bob", "--protocol", "tcp", "--port", "443")).toEqual({ code: 0, out, err: "" });
});

test.each<[string, readonly string[], Question]>([
    ["a protocol that no route lets pass", ["ann", "bob", "--protocol", "icmp"], { protocol: "icmp" }],
    ["nothing said, where only one port is open", ["ann", "bob"], {}],
    ["the internet without an exit", ["ann", "8.8.8.8"], {}],
    ["an address of a host", ["10.0.1.2", "10.0.0.2"], {}],
])("1: %s", (_what, args, question) => {
    const [from = "", to = ""] = args;
    expect(cli("explain", "dev", ...args)).toEqual({ code: 1, out: lines(chat, from, to, question), err: "" });
});

test("--mesh chooses one of several", () => {
    const asked = ["explain", "two", "ann", "bob", "--protocol", "tcp", "--port", "443"];
    expect(cli(...asked, "--mesh", "office").code).toBe(0);
    expect(cli(...asked, "--mesh", "guests").code).toBe(1);
});

const usage = /^usage: pulumi-wireguard explain STACK FROM TO /;
test.each<[readonly string[], string | RegExp]>([
    [["two", "ann", "bob"], 'the stack holds several meshes; choose one with --mesh: "office", "guests"\n'],
    [["two", "ann", "bob", "--mesh", "lab"], 'the stack holds no mesh "lab"; it has "office", "guests"\n'],
    [["empty", "ann", "bob"], "the stack holds no deployed mesh; run pulumi up first\n"],
    [["dev", "ann", "bobb"], '"bobb" is no interface, host, address or LAN of mesh "office"; did you mean "bob"?\n'],
    [["dev", "ann", "bob", "--port", "443"], 'a port needs protocol "tcp" or "udp", but no protocol is given with port 443\n'],
    [
        ["dev", "ann", "bob", "--protocol", "icmp", "--port", "8"],
        'a port needs protocol "tcp" or "udp", "icmp" has no ports; leave port 8 out\n',
    ],
    [["dev", "ann", "bob", "--protocol", "sctp"], '--protocol must be tcp, udp or icmp, got "sctp"\n'],
    [["dev", "ann", "bob", "--protocol", "tcp", "--port", "0"], '--port must be 1-65535, got "0"\n'],
    [["dev", "ann", "bob", "--protocol", "tcp", "--port", "http"], '--port must be 1-65535, got "http"\n'],
    [["dev", "ann", "bob", "--prot", "tcp"], /^Unknown option '--prot'/],
    [["nowhere", "ann", "bob"], /state-nowhere\.json[\s\S]*stack export --stack nowhere/],
    [["dev", "ann"], usage],
    [["dev", "ann", "bob", "cat"], usage],
])("2: explain %j", (args, sentence) => {
    const { code, out, err } = cli("explain", ...args);
    expect([code, out]).toEqual([2, ""]);
    typeof sentence === "string" ? expect(err).toBe(sentence) : expect(err).toMatch(sentence);
});

test("another word than explain is answered with the usage, and --help is no error", () => {
    expect(cli("destroy", "dev", "ann", "bob")).toMatchObject({ code: 2, out: "", err: expect.stringMatching(usage) });
    expect(cli()).toMatchObject({ code: 2, err: expect.stringMatching(usage) });
    expect(cli("--help")).toMatchObject({ code: 0, out: expect.stringMatching(usage), err: "" });
});

describe("the package", () => {
    const own = path.join(modules, "pulumi-wireguard");
    const files = () => fs.readdirSync(own, { recursive: true, encoding: "utf8" });

    test("holds what runs and what documents it, and nothing else", () => {
        expect(fs.readdirSync(own).sort()).toEqual(["CHANGELOG.md", "LICENSE", "README.md", "dist", "package.json"]);
        expect(fs.readdirSync(path.join(own, "dist")).sort()).toEqual(["provider", "sdk"]);
        expect(files().filter((name) => /\.map$|\.test\.|(?<!\.d)\.ts$/.test(name))).toEqual([]);
    });

    test("its exports plan, render and declare, with types, and no other file can be imported", () => {
        const program = `
            const wg = require("pulumi-wireguard");
            const { plan, hostFiles, redacted } = require("pulumi-wireguard/planner");
            const graph = ${JSON.stringify(chat)};
            const ann = plan(graph).hosts.find(({ name }) => name === "ann");
            const { version } = require("pulumi-wireguard/package.json");
            let closed;
            try { require("pulumi-wireguard/dist/sdk/mesh.js"); } catch (error) { closed = error.code; }
            console.log(JSON.stringify({
                classes: [wg.Mesh, wg.Host, wg.Peer].map((one) => typeof one),
                provider: Object.keys(require("pulumi-wireguard/provider/v1")).sort(),
                plan: plan(graph), files: hostFiles(ann, redacted((name) => name)) !== undefined, version, closed,
            }));`;
        const said = JSON.parse(run(process.execPath, ["-e", program]));
        expect(said).toEqual({
            classes: ["function", "function", "function"],
            provider: Object.keys(require("../../provider/resources/v1")).sort(),
            plan: JSON.parse(JSON.stringify(plan(chat))),
            files: true,
            version: JSON.parse(fs.readFileSync(path.join(repository, "package.json"), "utf8")).version,
            closed: "ERR_PACKAGE_PATH_NOT_EXPORTED",
        });
    });

    test.each(["Node10", "Node16"])(
        "its types are found by TypeScript's %s",
        (kind) => {
            fs.writeFileSync(
                path.join(folder, "program.ts"),
                `import * as wg from "pulumi-wireguard";
             import { explain, type Graph } from "pulumi-wireguard/planner";
             export const lines = (graph: Graph): readonly string[] => explain(graph, "ann", "bob").lines;
             export const host: wg.HostArgs["mesh"] = new wg.Mesh("office");`,
            );
            const compilerOptions = {
                ...{ module: kind === "Node10" ? "CommonJS" : kind, moduleResolution: kind, ignoreDeprecations: "6.0" },
                ...{ target: "ES2022", strict: true, skipLibCheck: true, noEmit: true, types: [] },
            };
            fs.writeFileSync(path.join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, files: ["program.ts"] }));
            const compiler = path.join(modules, "typescript", "bin", "tsc");
            const { stdout, status } = spawnSync(process.execPath, [compiler], { cwd: folder, encoding: "utf8" });
            expect([stdout, status]).toEqual(["", 0]);
        },
        60_000,
    );
});
