import { isKey } from "../../provider/planner/rules/keys";
import { generateKeys, publicKeyOf } from "../../provider/resources/keys";

// Pairs made with `wg genkey | tee key | wg pubkey` (wireguard-tools 1.0.20210914).
const pairs = [
    ["8B5NTfjsYjQCo5Lqgwd/0JqxmVIBKhVNAyk/EzveHGI=", "WF74LyAWTTgu6uKai6wqiYjWk5v+ads2SUTmGFBbeQ8="],
    ["CBSBrDHw2yV7iejoBF0CDlfgVcctgt6KnHobFkZg3m8=", "InSI1hKTsVqv4yRw0tpZ/tB/2YvzbmjdNatPPpohRXo="],
    ["aDXlnOEm+IhNW0Ejiw/lpNDMtl7UMVIilaWXVjsJ7Hw=", "SBPAVXwD6t5IOToo2E09x5nC/vQimFEPj26AX8mFv0U="],
] as const;

test.each(pairs)("the public key of %s is what wg pubkey prints", (privateKey, publicKey) => {
    expect(publicKeyOf(privateKey)).toBe(publicKey);
});

test("a generated key is clamped as wg genkey does, canonical, and new every time", () => {
    const made = Array.from({ length: 50 }, generateKeys);
    for (const { privateKey, publicKey } of made) {
        const bytes = Buffer.from(privateKey, "base64");
        expect([(bytes[0] ?? 0) & 7, (bytes[31] ?? 0) & 192]).toEqual([0, 64]);
        expect([isKey(privateKey), isKey(publicKey), publicKeyOf(privateKey) === publicKey]).toEqual([true, true, true]);
    }
    expect(new Set(made.map((one) => one.privateKey)).size).toBe(50);
});

test.each([
    ["canonical", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", true],
    ["last character not canonical", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAB=", false],
    ["43 characters", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", false],
    ["31 bytes", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA==", false],
    ["URL alphabet", "_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", false],
    ["empty", "", false],
])("isKey: %s", (_name, value, expected) => {
    expect(isKey(value)).toBe(expected);
});
