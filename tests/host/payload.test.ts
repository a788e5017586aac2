import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type HostPush, payload, pushCommand, quote, removeCommand, toolText } from "../../provider/host/payload";

const wanted: HostPush = {
    mesh: "office",
    host: "hub",
    interfaces: [
        { interfaceName: "wg1", conf: "[Interface]\nPrivateKey = one\n", adopt: true },
        { interfaceName: "wg0", conf: "[Interface]\nPrivateKey = zero\n", adopt: false },
    ],
    forward: { ipv4: true, ipv6: false },
    nftables: { table: "wireguard_office", text: "table inet wireguard_office {\n}\n" },
};

// The stream with what runs things on a host replaced: it stages into a folder and stops.
function stage(push: HostPush, folder: string): void {
    const script = payload(push).replace(/main <\/dev\/null\n$/, 'folder=$1; mkdir "$folder/interfaces"; stage\n');
    execFileSync("bash", ["-s", "--", folder], { input: script });
}

function inFolder<T>(use: (folder: string) => T): T {
    const folder = mkdtempSync(join(tmpdir(), "payload-"));
    try {
        return use(folder);
    } finally {
        rmSync(folder, { recursive: true });
    }
}

test("same push, same bytes, whatever the order of its interfaces", () => {
    const shuffled = { ...wanted, interfaces: wanted.interfaces.toReversed() };
    expect(payload(shuffled)).toBe(payload(wanted));
});

test("everything arrives on the host byte for byte, readable by root only", () => {
    inFolder((folder) => {
        stage(wanted, folder);
        const read = (name: string) => readFileSync(join(folder, name), "utf8");
        expect(read("interfaces/wg0.conf")).toBe("[Interface]\nPrivateKey = zero\n");
        expect(read("interfaces/wg1.adopt")).toBe("");
        expect(read("firewall.table")).toBe("wireguard_office");
        expect(read("ipv4")).toBe("");
        expect(() => read("ipv6")).toThrow("ENOENT");
        expect(() => read("interfaces/wg0.adopt")).toThrow("ENOENT");
        expect(read("tool")).toBe(toolText());
        expect(execFileSync("find", [folder, "-type", "f", "-perm", "/077"], { encoding: "utf8" })).toBe("");
    });
});

test.each([
    ["single quotes", "it's ''quoted'' '\\''"],
    ["backslashes", "a\\b\\\\c\\n\\"],
    ["a here-document's end", "EOF\nUNIT\n'EOF'\n"],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is meant for the shell
    ["substitutions", "$(touch /tmp/pwned) `id` ${HOME} !!"],
    ["no line end, then blanks", "text \t "],
    ["several line ends", "text\n\n\n"],
    ["other alphabets", "ключ → 鍵 \u00a0"],
    ["the end of the script", "}\nmain </dev/null\n"],
    ["a percent sign", "%s %n %%"],
])("hostile text passes unchanged: %s", (_, text) => {
    expect(execFileSync("bash", ["-s"], { input: `printf '%s' ${quote(text)}`, encoding: "utf8" })).toBe(text);
    inFolder((folder) => {
        stage({ ...wanted, host: text, interfaces: [{ interfaceName: "wg0", conf: text, adopt: false }] }, folder);
        expect(readFileSync(join(folder, "interfaces/wg0.conf"), "utf8")).toBe(text);
        expect(readFileSync(join(folder, "host"), "utf8")).toBe(text);
    });
});

test.each([
    ["mesh", { ...wanted, mesh: "../etc" }, 'mesh name must match ^[a-zA-Z0-9][a-zA-Z0-9_-]{0,62}$, got "../etc"'],
    ["mesh of removeCommand", undefined, 'mesh name must match ^[a-zA-Z0-9][a-zA-Z0-9_-]{0,62}$, got "a b"'],
    [
        "interface",
        { ...wanted, interfaces: [{ interfaceName: "wg0;id", conf: "", adopt: false }] },
        'interface name must match ^[a-zA-Z][a-zA-Z0-9_-]{0,14}$, got "wg0;id"',
    ],
    [
        "table",
        { ...wanted, nftables: { table: "a b", text: "" } },
        'nftables table must match ^[a-zA-Z_][a-zA-Z0-9_-]{0,62}$, got "a b"',
    ],
    ["NUL", { ...wanted, host: "a\0b" }, "text for a host must not contain a NUL character"],
])("is refused: %s", (_, push, sentence) => {
    expect(() => (push === undefined ? removeCommand("a b", "root") : payload(push))).toThrow(new Error(sentence));
});

test("commands hold nothing but names", () => {
    expect(pushCommand("root")).toBe("bash -s");
    expect(removeCommand("office", "root")).toBe(
        "test ! -e /usr/local/lib/pulumi-wireguard/apply || /usr/local/lib/pulumi-wireguard/apply remove office",
    );
    for (const command of [pushCommand("ops"), removeCommand("office", "ops")]) {
        expect(spawnSync("sh", ["-n", "-c", command]).status).toBe(0);
    }
});

test("removal of a host that has no tool succeeds", () => {
    // Nothing is installed on the machine that runs this test.
    for (const user of ["root", "ops"]) {
        expect(spawnSync("sh", ["-c", removeCommand("office", user)]).status).toBe(0);
    }
});
