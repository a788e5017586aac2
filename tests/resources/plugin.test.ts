import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import * as ts from "typescript";
import * as providers from "../../sdk/provider";
import { type Plugin, startPlugin } from "../support/plugin/dynamicProvider";

const root = path.resolve(__dirname, "..", "..", "..");
const all = Object.entries(providers);
const textOf = async (provider: pulumi.dynamic.ResourceProvider) =>
    (await pulumi.runtime.serializeFunction(() => provider, { allowSecrets: true })).text;

test("there is a provider for each dynamic resource", () => {
    expect(all.map(([name]) => name).sort()).toEqual(
        Object.keys(require("../../provider/resources/v1"))
            .map((name) => `${name}Provider`)
            .sort(),
    );
});

test.each(all)("%s: the text stored in every state row is small", async (_name, provider) => {
    expect((await textOf(provider)).length).toBeLessThanOrEqual(1000);
});

test("the stored texts are equal across two builds in different folders", async () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "pulumi-wireguard-build-"));
    try {
        const source = fs.readFileSync(path.join(root, "sdk", "provider.ts"), "utf8");
        const { options } = ts.parseJsonConfigFileContent(
            ts.readConfigFile(path.join(root, "tsconfig.json"), ts.sys.readFile).config,
            ts.sys,
            root,
        );
        fs.writeFileSync(path.join(folder, "provider.js"), ts.transpileModule(source, { compilerOptions: options }).outputText);
        const rebuilt: typeof providers = require(path.join(folder, "provider.js"));
        for (const [name, provider] of Object.entries(rebuilt)) {
            expect(await textOf(provider)).toBe(await textOf(Object.fromEntries(all)[name] as pulumi.dynamic.ResourceProvider));
        }
    } finally {
        fs.rmSync(folder, { recursive: true });
    }
});

describe("through the real plugin process", () => {
    const hub = { host: "hub", interfaceName: "wg0", conf: "[Interface]\nMTU = 1420\n" };
    let plugin: Plugin;
    let program: string;
    beforeAll(async () => {
        // The plugin resolves the library from the program's folder, as it does for a user.
        program = fs.mkdtempSync(path.join(os.tmpdir(), "pulumi-wireguard-program-"));
        fs.mkdirSync(path.join(program, "node_modules"));
        fs.symlinkSync(root, path.join(program, "node_modules", "pulumi-wireguard"));
        plugin = await startPlugin(program);
    }, 30_000);
    afterAll(() => {
        plugin.stop();
        fs.rmSync(program, { recursive: true });
    });

    test("an interface is created, compared, updated, read and deleted", async () => {
        const iface = await plugin.use(providers.wireGuardInterfaceProvider);
        const { id, outs } = await iface.create(hub);
        expect([id, outs]).toMatchObject(["hub/wg0", hub]);
        expect(await iface.diff(id, hub, hub)).toMatchObject({ changes: "none", replaces: [] });
        expect(await iface.diff(id, hub, { ...hub, conf: pulumi.runtime.unknownValue })).toMatchObject({
            changes: "unknown",
            replaces: [],
        });
        expect(await iface.diff(id, hub, { ...hub, host: "other" })).toMatchObject({ changes: "unknown", replaces: ["host"] });
        const changed = { ...hub, conf: "[Interface]\nMTU = 1340\n" };
        expect(await iface.update(id, hub, changed)).toMatchObject(changed);
        expect(await iface.read(id, changed)).toMatchObject({ id, outs: changed });
        await iface.diff(id, hub, changed);
        await iface.delete(id, changed);
        expect(plugin.printed()).toContain("hub/wg0: live, MTU changed");
    });

    test("a key pair is made inside the plugin, and check sees a given key", async () => {
        const keys = await plugin.use(providers.keyPairProvider);
        const { outs } = await keys.create({});
        expect(outs).toMatchObject({
            privateKey: expect.stringMatching(/^.{43}=$/),
            publicKey: expect.stringMatching(/^.{43}=$/),
        });
        expect(await keys.check({ privateKey: outs["privateKey"] })).toMatchObject({ publicKey: outs["publicKey"] });
        expect(plugin.printed()).not.toContain(outs["privateKey"]);
    });

    test("peer, route and forwarding answer too", async () => {
        const between = ["hub-wg0", "ann-wg0"];
        expect((await (await plugin.use(providers.peerProvider)).create({ between })).id).toBe("hub-wg0--ann-wg0");
        expect((await (await plugin.use(providers.routeProvider)).create({ name: "clients" })).id).toBe("clients");
        expect((await (await plugin.use(providers.forwardingProvider)).create({ host: "hub" })).id).toBe("hub");
    });
});
