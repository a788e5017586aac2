import { allocation } from "../../provider/resources/allocation";
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

describe("assigned addresses", () => {
    const pool = { name: "hub-wg0", addresses: ["10.0.0.1/29"], allocate: "10.0.0.0/29" };
    const declared = (...members: string[]) => ({
        interfaces: [pool, ...members.map((name) => ({ name }))],
        peers: members.map((name) => ({ name, between: ["hub-wg0", name] })),
    });
    const addressesOf = async (olds: object, news: object) =>
        (await allocation.check({ ...olds }, { ...news })).inputs?.addresses as Record<string, string[]>;

    test("stay with their members when others come and go, and are in the preview as inputs", async () => {
        const first = { ...declared("a", "b", "c"), addresses: await addressesOf({}, declared("a", "b", "c")) };
        const kept = first.addresses;
        expect(new Set(Object.values(kept).flat()).size).toBe(3);
        for (const members of [["a", "b", "c", "d", "e"], ["c"], ["b", "e"], ["0", "a", "b"]]) {
            const now = await addressesOf(first, declared(...members));
            for (const name of members) {
                expect(now[name]).toEqual(kept[name] ?? [expect.stringMatching(/^10\.0\.0\.[2-6]\/29$/)]);
            }
        }
    });

    test("no change is none", async () => {
        const { inputs } = await allocation.check({}, declared("a"));
        const { outs } = await allocation.create(inputs ?? {});
        const again = await allocation.check(inputs ?? {}, declared("a"));
        expect(await allocation.diff("id", outs ?? {}, again.inputs ?? {})).toEqual({ changes: false });
    });
});
