import { execFileSync, spawnSync } from "node:child_process";
import { payload, toolText } from "../../provider/host/payload";
import { ask } from "./ask";

const stream = payload({ mesh: "office", host: "hub", interfaces: [], forward: { ipv4: false, ipv6: false } });
const scripts: [string, string][] = [
    ["tool", toolText()],
    ["stream", stream],
];
const hasShellcheck = spawnSync("shellcheck", ["--version"]).status === 0;

test.each(scripts)("bash parses the %s", (_, text) => {
    execFileSync("bash", ["-n"], { input: text });
});

if (!hasShellcheck) {
    console.warn("shellcheck is not installed: the shell files are not checked by it");
}
(hasShellcheck ? test : test.skip).each(scripts)(
    "shellcheck has nothing to say about the %s",
    // SC2016: dollar signs in single quotes, which is how the stream carries the tool.
    (_, text) => {
        const { stdout } = spawnSync("shellcheck", ["-s", "bash", "-e", "SC2016", "-"], { input: text, encoding: "utf8" });
        expect(stdout).toBe("");
    },
    60_000,
);

// Lines of the tool, without comments.
const lines = toolText()
    .split("\n")
    .filter((line) => !/^\s*(#|(el)?if command -v)/.test(line));

test("keys are only ever given to builtins", () => {
    // W, A and L hold them as privatekey, private, psk:…; an argument of anything but printf, [[ and assignments would be in /proc.
    const uses = lines.filter((line) => /\$\{[WAL]\[(privatekey|private|psk)/.test(line));
    const harmless =
        /^\s*(public=\$\()?((secret|printf '%s\\n') "\$\{W\[[^"]*\}" \| wg(_set)? (?!.*\$\{[WAL]\[(privatekey|private|psk))|(if|elif) \[\[ .* \]\]; then)/;
    expect(uses.length).toBeGreaterThan(4);
    for (const use of uses) {
        // What follows `then` on the same line must not use a key again.
        expect(use).toMatch(harmless);
        expect(use.replace(/^.*; then/, "")).not.toMatch(/then.*\$\{[WAL]\[(privatekey|private|psk)/);
    }
});

test("the stream never traces, exports data, or writes it anywhere but the staging folder", () => {
    for (const text of [toolText(), stream]) {
        expect(text).not.toMatch(/set -[a-z]*x|set -o xtrace/);
        expect(text).not.toMatch(/\bexport (W|A|L)\b|declare -x/);
    }
});

test("nothing that blocks or breaks peers is used", () => {
    for (const line of lines) {
        expect(line).not.toMatch(/syncconf|setconf|systemctl (reload|restart) |sysctl --system/);
        if (/systemctl (start|stop) -- |wg-quick (up|down|strip) |apt-get|dnf |pacman |apk add|getent|wg set /.test(line)) {
            expect(line).toMatch(/timeout \d+|detach/);
        }
    }
});

// conf.sh is data in, data out: it can be asked here.
test.each([
    ["10.0.0.0/24", "10.0.0.7/32", true],
    ["10.0.0.0/24", "10.0.1.7/32", false],
    ["10.0.0.1/24", "10.0.0.0/24", true],
    ["10.0.0.0/24", "10.0.0.0/16", false],
    ["10.0.0.0/22", "10.0.3.0/24", true],
    ["10.0.0.0/23", "10.0.2.0/24", false],
    ["fd00::1/64", "fd00::5/128", true],
    ["fd00::1/64", "fd00:0:0:1::5/128", false],
    ["fd00:8::/33", "fd00:8:8000::/48", false],
    ["::/1", "fd00::1/128", false],
    ["10.0.0.0/8", "fd00::1/128", false],
])("covers %s %s is %s", (outer, inner, expected) => {
    expect(ask(`if covers ${outer} ${inner}; then echo true; else echo false; fi`)).toBe(`${expected}\n`);
});

test("the routes of a file are those wg-quick makes", () => {
    const text = [
        "[Interface]",
        "PrivateKey = k",
        "Address = 10.0.0.1/24, fd00::1/64",
        "Address = 10.9.0.1",
        "[Peer] # first",
        "AllowedIPs = 10.0.0.2/32, 192.168.1.0/24",
        "PublicKey = A=",
        "allowedips=fd00::2/128,fd01::/48",
        "[Peer]",
        "PublicKey = B=",
        "AllowedIPs = 0.0.0.0/0, 10.9.0.2/32",
    ].join("\n");
    expect(
        ask(
            `read_conf W <(printf '%s' ${JSON.stringify(text).replaceAll("\\n", "\n")}); routes_of W; echo "\${W[default]} \${W[peers]}"`,
        ),
    ).toBe("192.168.1.0/24\nfd01::/48\n10.9.0.2/32\n4 A= B= \n");
});

test("what looks like a key is cut out of foreign messages", () => {
    const key = `${"aB3".repeat(14)}A=`;
    expect(ask(`printf '%s\\n' 'Line unrecognized: PrivateKey=${key}' 'twice ${key}' | redact`)).toBe(
        "Line unrecognized: PrivateKey=<key> twice <key>",
    );
});
