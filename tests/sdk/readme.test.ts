import * as fs from "node:fs";
import * as path from "node:path";
import * as ts from "typescript";
import { explain, type Graph } from "../../provider/planner";
import { repository } from "../support/engine/engine";
import { moduleOf } from "../support/moduleOf";
import { underMocks } from "../support/underMocks";

// The programs of README.md compile and plan as they stand there, and what it says they write is what they write.
const readme = fs.readFileSync(path.join(repository, "README.md"), "utf8");
const blocks = (language: string) =>
    [...readme.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, "gms"))].map(([, text = ""]) => text);

const yours = `
    const vm = { publicIp: "198.51.100.10" };
    const privateKey = "ssh key";
    const hostKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI${"A".repeat(43)}";
    const annKey = hostKey;
`;
/** A hub with clients, for the blocks that begin in the middle of a program. */
const office = `
    import * as wg from "pulumi-wireguard";
    ${yours}
    const mesh = new wg.Mesh("office");
    const hub = new wg.Host("hub", { mesh, endpoint: vm.publicIp, connection: { host: vm.publicIp, privateKey, hostKey } });
    const wg0 = new wg.WireGuardInterface("hub-wg0", { host: hub, name: "wg0", addresses: ["10.0.0.1/24"], listenPort: 51820 });
    const managed = (name: string) => new wg.Host(name, { mesh, connection: { host: name, privateKey, hostKey: annKey } });
    const on = (host: wg.Host, name: string, address: string) =>
        new wg.WireGuardInterface(host.hostName + "-" + name, { host, name, addresses: [address] });
    const peer = (name: string, ...between: [wg.WireGuardInterface, wg.WireGuardInterface]) => new wg.Peer(name, { between });
    const ann = managed("ann");
    const annWg = on(ann, "wg0", "10.0.0.2/24");
    peer("ann", annWg, wg0);
`;

/** In the order of the blocks: what the reader has declared before, and after. */
const around: readonly (readonly [before: string, after: string])[] = [
    [yours, ""],
    [
        `${office}
        const office = managed("office");
        const depot = managed("depot");
        const phone = on(new wg.Host("phone", { mesh }), "wg0", "10.0.0.5/32");
        const guests = new wg.WireGuardInterface("hub-wg1", { host: hub, name: "wg1", addresses: ["10.0.1.1/24"], listenPort: 51821 });
        for (const [host, address] of [[office, "10.0.0.3/32"], [depot, "10.0.0.4/32"]] as const) peer(host.hostName, on(host, "wg0", address), wg0);
        peer("phone", phone, wg0);
        peer("guest", on(managed("guest"), "wg0", "10.0.1.2/24"), guests);`,
        "mesh.deploy();",
    ],
    [
        `${office}
        const bob = managed("bob");
        const annWg1 = on(ann, "wg1", "10.0.1.2/32");`,
        `peer("bob", outer, wg0);
        mesh.deploy();`,
    ],
];
const programs = blocks("ts").map((block, i) => {
    const [before = "", after = ""] = around[i] ?? [];
    return `${before}${block}${after}\nexport {};\n`;
});

test("every block has its surroundings", () => {
    expect(programs).toHaveLength(around.length);
    expect(blocks("ini")).toHaveLength(1);
});

test("they compile", () => {
    // Beside the examples, whose settings are those of a user's program.
    const folder = path.join(repository, "examples", "two-interface-hub");
    const { config } = ts.readConfigFile(path.join(folder, "tsconfig.json"), ts.sys.readFile);
    const { options } = ts.parseJsonConfigFileContent({ ...config, files: [], include: [] }, ts.sys, folder);
    const files = new Map(programs.map((text, i) => [path.join(folder, `readme${i + 1}.ts`), text]));
    const host = ts.createCompilerHost(options);
    const { readFile, fileExists } = host;
    host.readFile = (name) => files.get(name) ?? readFile(name);
    host.fileExists = (name) => files.has(name) || fileExists(name);
    const sourceFile = host.getSourceFile;
    host.getSourceFile = (name, version, ...rest) => {
        const text = files.get(name);
        return text === undefined ? sourceFile(name, version, ...rest) : ts.createSourceFile(name, text, version);
    };
    const program = ts.createProgram([...files.keys()], { ...options, noEmit: true, skipLibCheck: true }, host);
    const said = ts.getPreEmitDiagnostics(program).map(({ file, start = 0, messageText }) => {
        const at = file === undefined ? "" : `${path.basename(file.fileName)}: ${file.text.slice(start).split("\n")[0]}: `;
        return at + ts.flattenDiagnosticMessageText(messageText, "\n");
    });
    expect(said).toEqual([]);
}, 60_000);

test.each(programs.map((text, i) => [i + 1, text] as const))("block %i plans", async (nth, text) => {
    const { result, graphs, confs } = await underMocks<Record<string, unknown>>(() => moduleOf(text, require));
    const graph = graphs.get("office") as Graph;
    const ann = (confs.get("ann-wg0") ?? "").replace(/^(PrivateKey|PublicKey) = .*$/gm, "$1 = …");
    switch (nth) {
        case 1:
            expect(ann).toBe(blocks("ini")[0]);
            expect(explain(graph, "ann", "bob").reaches).toBe(true);
            break;
        case 2:
            expect(graph.routes?.map(({ name }) => name)).toEqual(["scanners", "phone-out"]);
            expect(result).toEqual({
                why: explain(graph, "phone-wg0", "ann-wg0", { protocol: "tcp", port: 22 }).lines.join("\n"),
            });
            break;
        default:
            // "Each level has an MTU 80 bytes smaller."
            expect(confs.get("ann-wg1")).toMatch(/^MTU = 1340$[\s\S]*^Endpoint = 10\.0\.0\.3:51821$/m);
            expect(explain(graph, "10.0.1.2", "10.0.1.3").reaches).toBe(true);
    }
});
