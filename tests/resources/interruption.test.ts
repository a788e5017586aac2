import { interruption } from "../../provider/resources/interruption";

const interfaceText =
    "[Interface]\nListenPort = 51820\nPrivateKey = (private key of hub-wg0)\nAddress = 10.0.0.1/24\nMTU = 1420\nSaveConfig = false\n";
const peer = (name: string, allowedIPs: string, more = "") =>
    `\n[Peer]\n# ${name}\nPublicKey = (public key of ${name})\nAllowedIPs = ${allowedIPs}\n${more}`;
const split = (...prefixes: readonly string[]) => {
    const hook = (key: string, verb: string, end = "") =>
        prefixes
            .map((prefix) => `${key} = ip -${prefix.includes(":") ? 6 : 4} route ${verb} throw ${prefix} table 51820${end}\n`)
            .join("");
    return hook("PostUp", "replace") + hook("PreDown", "del", " || true");
};
const ann = peer("ann-wg0", "10.0.0.2/32");
const bob = peer("bob-wg0", "10.0.0.3/32");

test.each([
    ["nothing differs", interfaceText + ann, interfaceText + ann, undefined],
    ["first preview: nothing before", "", interfaceText, undefined],
    ["text not known yet", interfaceText, "04da6b54-80e4-46f7-96ec-b56ff0331ba9", undefined],
    ["peer added", interfaceText + ann, interfaceText + ann + bob, "live, 1 peer added"],
    ["peers removed", interfaceText + ann + bob, interfaceText, "live, 2 peers removed (ann-wg0, bob-wg0 cut off)"],
    ["allowed IPs", interfaceText + ann, interfaceText + peer("ann-wg0", "10.0.0.2/32, 192.168.10.0/24"), "live, 1 peer changed"],
    [
        "a peer's key, and another one's key with its allowed IPs",
        interfaceText + ann + bob,
        interfaceText +
            ann.replace("(public key of ann-wg0)", "A=") +
            bob.replace("(public key of bob-wg0)", "B=").replace("/32", "/31"),
        "live, 1 peer changed, new public key of ann-wg0, bob-wg0 (reconnects)",
    ],
    [
        "its own key",
        interfaceText + ann,
        interfaceText.replace("hub-wg0)", "hub-wg0, public key A=)") + ann,
        "live, private key changed",
    ],
    ["MTU", interfaceText + ann, interfaceText.replace("1420", "1340") + ann, "live, MTU changed"],
    [
        "listen port and a peer",
        interfaceText + ann,
        interfaceText.replace("51820", "51821") + bob,
        "live, 1 peer added, 1 peer removed (ann-wg0 cut off), listen port changed",
    ],
    [
        "default route in",
        interfaceText + ann,
        interfaceText + peer("ann-wg0", "0.0.0.0/0, ::/0"),
        "RESTART, default route 0.0.0.0/0 and ::/0 added; 1 peer reconnects",
    ],
    [
        "default route out",
        interfaceText + peer("ann-wg0", "0.0.0.0/0") + bob,
        interfaceText + ann + bob,
        "RESTART, default route 0.0.0.0/0 removed; 2 peers reconnect",
    ],
    [
        "a prefix more and a prefix less is left out of a full tunnel",
        interfaceText + split("172.16.0.0/12", "192.168.0.0/16") + ann,
        interfaceText + split("192.168.0.0/16", "fd00::/8") + ann,
        "RESTART, fd00::/8 excluded, 172.16.0.0/12 no longer excluded; 1 peer reconnects",
    ],
    [
        "other hooks",
        `${interfaceText}PostUp = true\n${ann}`,
        `${interfaceText}PostUp = false\n${ann}`,
        "RESTART, hooks changed; 1 peer reconnects",
    ],
    [
        "only the hook that goes",
        `${interfaceText}${split("172.16.0.0/12").replace(" || true", "")}${ann}`,
        interfaceText + split("172.16.0.0/12") + ann,
        "RESTART, hooks changed; 1 peer reconnects",
    ],
    [
        "the mark of another interface's full tunnel",
        interfaceText + ann,
        interfaceText.replace("PrivateKey", "FwMark = 0xca6c\nPrivateKey") + ann,
        "RESTART, FwMark changed; 1 peer reconnects",
    ],
    [
        "a full tunnel with exceptions comes in",
        interfaceText + ann,
        interfaceText + split("172.16.0.0/12") + peer("ann-wg0", "0.0.0.0/0"),
        "RESTART, default route 0.0.0.0/0 added; 1 peer reconnects",
    ],
])("%s", (_name, before, after, expected) => {
    expect(interruption(before, after)).toBe(expected);
});
