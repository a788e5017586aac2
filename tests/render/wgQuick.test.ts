import type { InterfacePlan } from "../../provider/planner";
import { redacted, type Values, wgQuick } from "../../provider/render";

const values: Values = {
    privateKey: (name) => `private-${name}`,
    publicKey: (name) => `public-${name}`,
    presharedKey: (name) => `shared-${name}`,
    endpoint: (name) => `${name}.example.com:51820`,
};

const full: InterfacePlan = {
    name: "hub-wg0",
    host: "hub",
    interfaceName: "wg0",
    addresses: ["10.0.0.1/24", "fd00::1/64"],
    listenPort: 51820,
    fwMark: 51820,
    mtu: 1420,
    adopt: false,
    peers: [
        {
            peer: "ann",
            remote: "ann-wg0",
            remoteHost: "ann",
            allowedIPs: ["10.0.0.2/32", "fd00::2/128"],
            endpoint: true,
            persistentKeepalive: 25,
            presharedKey: true,
        },
        { peer: "bob", remote: "bob-wg0", remoteHost: "bob", allowedIPs: [], endpoint: false, presharedKey: false },
    ],
};

test("every field in the order of wg showconf, unset ones absent, one newline at the end", () => {
    expect(wgQuick(full, values)).toBe(`[Interface]
ListenPort = 51820
FwMark = 0xca6c
PrivateKey = private-hub-wg0
Address = 10.0.0.1/24, fd00::1/64
MTU = 1420
SaveConfig = false

[Peer]
# ann-wg0
PublicKey = public-ann-wg0
PresharedKey = shared-ann
AllowedIPs = 10.0.0.2/32, fd00::2/128
Endpoint = ann-wg0.example.com:51820
PersistentKeepalive = 25

[Peer]
# bob-wg0
PublicKey = public-bob-wg0
`);
});

test("prefixes left out of a full tunnel are hooks at the end, each with its way back, in the table of the mark", () => {
    const text = wgQuick({ ...full, excluded: ["172.16.0.0/12", "fd00:1::/32"] }, values);
    expect(text.split("\n\n")[0]).toBe(`[Interface]
ListenPort = 51820
FwMark = 0xca6c
PrivateKey = private-hub-wg0
Address = 10.0.0.1/24, fd00::1/64
MTU = 1420
SaveConfig = false
PostUp = ip -4 route replace throw 172.16.0.0/12 table 51820
PostUp = ip -6 route replace throw fd00:1::/32 table 51820
PreDown = ip -4 route del throw 172.16.0.0/12 table 51820 || true
PreDown = ip -6 route del throw fd00:1::/32 table 51820 || true`);
});

test("a file for an app has no key that the apps do not know", () => {
    const { fwMark: _, ...device } = { ...full, isForApp: true };
    const known = ["PrivateKey", "Address", "DNS", "MTU", "ListenPort"];
    const [own = ""] = wgQuick(device, values).split("\n\n");
    const keys = own
        .split("\n")
        .slice(1)
        .map((line) => line.split(" = ")[0]);
    expect(keys.filter((key) => !known.includes(key ?? ""))).toEqual([]);
    expect(keys).toContain("MTU");
});

test("the redacted text has the same lines with names in place of keys", () => {
    const shown = wgQuick(
        full,
        redacted((name) => `${name}:1`),
    );
    expect(shown).toContain("PrivateKey = (private key of hub-wg0)\n");
    expect(shown).toContain("PresharedKey = (preshared key of ann)\n");
    expect(shown).not.toMatch(/private-|public-|shared-/);
    const keysOf = (text: string) => text.split("\n").map((line) => line.split(" = ")[0]);
    expect(keysOf(shown)).toEqual(keysOf(wgQuick(full, values)));
});
