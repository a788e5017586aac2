import { previewInProcess } from "../support/automation";
import { declared } from "../support/inline/declared";
import { ProgramFolder } from "../support/programFolder";

const forgotten = 'mesh "office" was never deployed; call mesh.deploy() after the last declaration';
/** How often the diagnostics say something; the rows of progress above them repeat an error's first line. */
const times = (output: string, part: string) => (output.split("Diagnostics:")[1] ?? "").split(part).length - 1;

describe("an inline Automation API program", () => {
    test("that deploys can be previewed", () => {
        const { ok, output } = previewInProcess(require.resolve("../support/inline/deploys"));
        expect([ok, output]).toEqual([true, expect.stringMatching(/wireguard:Peer\s+ann\s+create/)]);
    }, 60_000);

    test("that forgets deploy fails by name instead of hanging", () => {
        const { ok, output } = previewInProcess(require.resolve("../support/inline/forgets"));
        expect([ok, output]).toEqual([false, expect.stringContaining(forgotten)]);
    }, 60_000);
});

describe("pulumi with the Node language host", () => {
    let folder: ProgramFolder;
    beforeAll(() => {
        folder = new ProgramFolder();
    });
    afterAll(() => folder.remove());
    const preview = (end: string) =>
        folder.preview(`const wg = require("pulumi-wireguard");\nconst declared = ${declared.toString()};\n${end}\n`);

    test("deploys also from an asynchronous program that is still running when its module was loaded", async () => {
        const { status, output } = await preview(
            "(async () => { const mesh = declared(); await new Promise((r) => setTimeout(r, 300)); mesh.deploy(); })();",
        );
        expect([status, output]).toEqual([0, expect.stringMatching(/wireguard:Peer\s+ann\s+create/)]);
    }, 60_000);

    test("reports a forgotten deploy once, by name, without a stack", async () => {
        const { status, output } = await preview("declared();");
        expect(status).not.toBe(0);
        expect(times(output, forgotten)).toBe(1);
        expect(output).not.toMatch(/^\s+at /m);
    }, 60_000);

    test("reports all mistakes of a graph in one error, once, attached to the mesh", async () => {
        const good = await preview("declared().deploy();");
        const bad = await preview(
            'const mesh = declared(); const h = new wg.Host("eve", { mesh }); new wg.WireGuardInterface("eve-wg0", { host: h, name: "0wg", addresses: ["10.0.0.0/24"] }); mesh.deploy();',
        );
        expect([good.status, bad.status]).toEqual([0, expect.any(Number)]);
        expect(bad.status).not.toBe(0);
        expect(times(bad.output, "invalid graph:")).toBe(1);
        expect(bad.output).toMatch(/pulumi-wireguard:index:Mesh \(office\):\s+error: invalid graph:/);
        expect(times(bad.output, "\n      - ")).toBeGreaterThanOrEqual(2);
        expect(bad.output).not.toMatch(/^\s+at |serializing property/m);
    }, 120_000);

    test("names the values that never come, because they are made from what waits for them", async () => {
        const program = (userData: string) =>
            preview(`
            const mesh = declared();
            const eve = new wg.WireGuardInterface("eve-wg0", { host: new wg.Host("eve", { mesh }), name: "wg0", addresses: ["10.0.0.9/24"] });
            const provider = { create: async () => ({ id: "vm", outs: {} }) };
            const vm = new (require("@pulumi/pulumi").dynamic.Resource)(provider, "vm", { userData: eve.${userData}, publicIp: undefined });
            const tom = new wg.Host("tom", { mesh, endpoint: vm.publicIp, connection: { host: vm.publicIp, insecureIgnoreHostKey: true } });
            new wg.Peer("eve", { between: [eve, new wg.WireGuardInterface("tom-wg0", { host: tom, name: "wg0", addresses: ["10.0.0.8/24"], listenPort: 51820 })] });
            mesh.deploy();`);
        const { status, output } = await program("config");
        expect(output).toMatch(
            /pulumi-wireguard:index:Mesh \(office\):\s+error: mesh "office" cannot be planned without the value of tom\.endpoint \(index\.js:\d+\) and tom\.connection\.host \(index\.js:\d+\); no machine or value /,
        );
        expect(output.split("Diagnostics:")[1]?.split("error:")).toHaveLength(2);
        expect(output).not.toMatch(/^\s+at |never resolves/m);
        expect(status).not.toBe(0);
        expect((await program("publicKey")).status).toBe(0);
    }, 60_000);

    test("says what outputs that hold nothing are missing for, and never shows the SSH key beside them", async () => {
        const { status, output } = await preview(`
            const pulumi = require("@pulumi/pulumi");
            const mesh = declared();
            const nothing = pulumi.output(undefined);
            const privateKey = pulumi.secret("SSH-KEY-TO-HIDE");
            new wg.Host("eve", { mesh, endpoint: nothing, connection: { host: nothing, hostKey: nothing, port: "ssh", privateKey } });
            new wg.Host("tom", { mesh, connection: { host: "198.51.100.9", insecureIgnoreHostKey: true, proxy: { privateKey } } });
            new wg.Host("joe", { mesh, connection: { host: "198.51.100.9", insecureIgnoreHostKey: true, proxy: null } });
            new wg.Host("lee", { mesh, connection: null });
            new wg.Host("kim", { mesh, connection: pulumi.secret({ host: "198.51.100.9", privateKey }) });
            mesh.deploy();
        `);
        expect(status).not.toBe(0);
        const said = [...output.matchAll(/^ {6}- (.*?)(?: \(index\.js:\d+\))?$/gm)].map((match) =>
            match[1]?.replace(/ is required, .*/, " is required"),
        );
        expect(said).toEqual(
            expect.arrayContaining([
                "eve.endpoint: must be a text, got nothing",
                "eve.connection.host: must be a text, got nothing",
                "eve.connection.hostKey: must be a text, got nothing",
                "eve.connection.port: must be a number, got a value of type string",
                "kim.connection: must be an object, whose fields may be outputs, so that its host key can be checked",
                "joe.connection.proxy: must be an object, whose fields may be outputs, so that its host key can be checked",
                "lee.connection: must be an object, whose fields may be outputs, so that its host key can be checked",
                "tom.connection.proxy.host: must be a text, got nothing",
                "tom.connection.proxy.hostKey: is required",
            ]),
        );
        expect(output).not.toContain("SSH-KEY-TO-HIDE");
    }, 60_000);
});
