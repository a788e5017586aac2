import { keyPair } from "../../provider/resources/keyPair";
import { publicKeyOf } from "../../provider/resources/keys";
import { wireGuardInterface } from "../../provider/resources/wireGuardInterface";

const given = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const conf = "[Interface]\nMTU = 1420\n";
const hub = { host: "hub", interfaceName: "wg0", conf, __provider: "text" };

let printed: jest.SpyInstance;
beforeEach(() => {
    printed = jest.spyOn(console, "log").mockImplementation(() => {});
});
afterEach(() => printed.mockRestore());

describe("a planned resource", () => {
    test("keeps all inputs as outputs, with the provider's text, or delete would not find its code", async () => {
        expect(await wireGuardInterface.create(hub)).toEqual({ id: "hub/wg0", outs: hub });
        expect(await wireGuardInterface.update("hub/wg0", {}, hub)).toEqual({ outs: hub });
        expect(await wireGuardInterface.read("hub/wg0", hub)).toEqual({ id: "hub/wg0", props: hub });
    });

    test.each([
        ["the same", hub, hub, { changes: false }],
        ["another provider text alone is no change", hub, { ...hub, __provider: "other" }, { changes: false }],
        ["conf", hub, { ...hub, conf: `${conf}\n` }, { replaces: [] }],
        ["conf not known yet", hub, { ...hub, conf: unknown }, { replaces: [] }],
        ["device name", hub, { ...hub, interfaceName: "wg1" }, { replaces: ["interfaceName"] }],
        ["an input gone", { ...hub, extra: [1] }, hub, { replaces: [] }],
    ])("diff: %s", async (_name, olds, news, expected) => {
        expect(await wireGuardInterface.diff("id", olds, news)).toEqual(expected);
    });

    test("says what a change interrupts where the engine shows it", async () => {
        await wireGuardInterface.diff("id", hub, { ...hub, conf: conf.replace("1420", "1340") });
        expect(printed.mock.calls).toEqual([["hub/wg0: live, MTU changed"]]);
    });
});

describe("a key pair", () => {
    test("is made once, and nothing is a change afterwards", async () => {
        const { outs } = await keyPair.create({ __provider: "text" });
        expect(outs).toMatchObject({ __provider: "text", given: false });
        expect(outs?.publicKey).toBe(publicKeyOf(outs?.privateKey));
        expect(await keyPair.diff("id", outs ?? {}, { __provider: "other" })).toEqual({ changes: false });
    });

    test("of a given private key has a public key in the preview already", async () => {
        const checked = await keyPair.check({}, { privateKey: given });
        expect(checked).toEqual({ inputs: { privateKey: given, publicKey: publicKeyOf(given) } });
        const { outs } = await keyPair.create(checked.inputs ?? {});
        expect(await keyPair.diff("id", outs ?? {}, checked.inputs ?? {})).toEqual({ changes: false });
    });

    test.each([
        ["taken away: a new pair is made", { privateKey: given, publicKey: "x", given: true }, {}],
        ["given where one was made", { privateKey: "made", publicKey: "x", given: false }, { privateKey: given, publicKey: "y" }],
        ["not known yet", { privateKey: given, publicKey: "x", given: true }, { privateKey: unknown }],
    ])("a private key %s", async (_name, olds, news) => {
        expect(await keyPair.diff("id", olds, news)).toEqual({});
    });

    test("a malformed key never becomes a pair, and its text is not in the error", async () => {
        expect(await keyPair.check({}, { privateKey: "sekrit" })).toEqual({ inputs: { privateKey: "sekrit" } });
        await expect(keyPair.create({ privateKey: "sekrit" })).rejects.toThrow(
            /^privateKey must be 44 characters of base64 for 32 bytes, as wg genkey prints, got 6 characters$/,
        );
    });
});
