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
});
