import * as fs from "node:fs";
import { join } from "node:path";
import { repository } from "../support/engine/engine";
import type { Host } from "../support/lab/host";
import { Lab } from "../support/lab/lab";
import { lossDuring } from "../support/lab/loss";
import { ProcessWatch } from "../support/lab/secretsSeen";
import type { Stack } from "../support/lab/stack";
import { until } from "../support/lab/until";

// One story on four hosts, in order: each test goes on from where the one before ended.
let lab: Lab;
let hub: Host;
let ann: Host;
let bob: Host;
let carol: Host;
let stack: Stack;
let before: readonly string[];
const everything = () => [hub, ann, bob, carol];
const logins = () => Promise.all(everything().map((host) => host.sshLogins()));
const machine = (host: Host) => JSON.stringify({ host: host.address, hostKey: host.hostKey });
const privateKeys = async () =>
    (await stack.resources({ showSecrets: true }))
        .filter((one) => one.type.endsWith(":KeyPair"))
        .map((one) => String(one.outputs?.["privateKey"]));

/** Everything a destroy has to put back, as text: units, files, sysctls, addresses, routes, rules, firewall. */
const snapshot = (host: Host) =>
    host.must(`
        systemctl list-unit-files --no-legend | sort
        systemctl list-units --all --plain --no-legend --type=service,timer | awk '{print $1, $3}' | grep -v -e 'session-' -e 'user' -e systemd-hostnamed -e systemd-tmpfiles -e apt- -e dpkg- -e 'ssh@' -e e2scrub -e fstrim | sort
        find /etc /usr/local /var/lib/pulumi-wireguard -xdev ! -path /etc/ld.so.cache 2>/dev/null | sort
        sysctl net.ipv4.ip_forward net.ipv6.conf.all.forwarding net.ipv4.conf.all.src_valid_mark
        ip -o link | awk '{sub("@.*", "", $2); print $2}'; ip -o addr | awk '{print $2, $4}'; ip route show table all | grep -v fe80:; ip rule; ip -6 rule
        nft list ruleset
    `);

beforeAll(async () => {
    lab = await Lab.start();
    [hub, ann, bob, carol] = await Promise.all([lab.boot("hub"), lab.boot("ann"), lab.boot("bob"), lab.boot("carol")]);
    before = await Promise.all(everything().map(snapshot));
    stack = await lab.stack({
        name: "s1",
        program: { folder: join(repository, "examples/two-interface-hub") },
        config: { hub: machine(hub), ann: machine(ann), bob: machine(bob) },
        secrets: { sshKey: hub.connection().privateKey },
    });
}, 120_000);
afterAll(() => lab?.stop());

test("a preview contacts no host and lists what will be made", async () => {
    const { stdout } = await stack.preview();
    expect(stdout).toMatch(/wireguard:Route\s+clients\s+create/);
    expect(await logins()).toEqual([0, 0, 0, 0]);
});

test("S1: up, and the first ping in each direction answers over the hub; no key is in any command line or environment", async () => {
    const watch = new ProcessWatch();
    const { stdout, stderr } = await stack.up();
    const { commandLines, environments } = watch.stop();
    // A client that was faster than the hub tries again after 5 s (WireGuard's REKEY_TIMEOUT) and then sends what has waited.
    const forth = await ann.ping("10.0.1.2", { wait: 10 });
    const back = await bob.ping("10.0.0.2", { wait: 10 });
    expect([forth.received, forth.ttl, back.received, back.ttl]).toEqual([3, [63, 63, 63], 3, [63, 63, 63]]);
    expect(await logins()).toEqual([1, 1, 1, 0]);
    const keys = await privateKeys();
    expect(keys).toHaveLength(4);
    for (const key of keys) {
        expect([...commandLines, ...environments].filter((text) => text.includes(key))).toEqual([]);
        expect(stdout + stderr).not.toContain(key);
    }
    // Pulumi itself hands the program its configuration in the environment, the SSH key with it; no command line has it.
    const sshKey = hub.connection().privateKey.split("\n")[2] ?? "no key";
    expect(commandLines.filter((text) => text.includes(sshKey))).toEqual([]);
}, 180_000);

test("S1, S8: files are 0600, say SaveConfig = false and ping nobody; units are enabled and active", async () => {
    for (const [host, name] of [
        [hub, "wg0"],
        [hub, "wg1"],
        [ann, "wg0"],
        [bob, "wg0"],
    ] as const) {
        const state = await host.must(
            `stat -c %a /etc/wireguard/${name}.conf; systemctl is-enabled wg-quick@${name}; systemctl is-active wg-quick@${name}`,
        );
        expect(state).toBe("600\nenabled\nactive\n");
        const conf = await host.must(`cat /etc/wireguard/${name}.conf`);
        expect(conf).toContain("\nSaveConfig = false\n");
        expect(conf).not.toContain("ping");
    }
    expect(await hub.must("sysctl -n net.ipv4.ip_forward")).toBe("1\n");
    expect(await ann.must("sysctl -n net.ipv4.ip_forward")).toBe("0\n");
    expect(await ann.must("grep -v Key /etc/wireguard/wg0.conf")).toBe(
        [
            "[Interface]",
            "Address = 10.0.0.2/24",
            "MTU = 1420",
            "SaveConfig = false",
            "",
            "[Peer]",
            "# hub-wg0",
            "AllowedIPs = 10.0.0.1/32, 10.0.1.0/24",
            `Endpoint = ${hub.address}:51820`,
            "PersistentKeepalive = 25",
            "",
        ]
            .join("\n")
            .replace("\n[Peer]", "\n[Peer]"),
    );
});

test("no key is unencrypted in the exported state or in any journal", async () => {
    const state = await stack.export();
    const journals = (
        await Promise.all(everything().map((host) => host.must("journalctl --quiet --no-pager --output=verbose")))
    ).join("\n");
    for (const key of [...(await privateKeys()), hub.connection().privateKey.split("\n")[2] ?? "no key"]) {
        expect([state.includes(key), journals.includes(key)]).toEqual([false, false]);
    }
    expect(state).toContain('"ciphertext"');
});

test("S7: the command line explains from the stack's state what the pings have shown", async () => {
    const explain = (...args: string[]) =>
        lab.run(process.execPath, [join(repository, "dist/sdk/cli.js"), "explain", "lab", ...args], { cwd: stack.folder });
    const reaches = await explain("ann", "bob");
    expect([reaches.code, reaches.stdout]).toEqual([0, expect.stringMatching(/ann: .*10\.0\.1\.0\/24[\s\S]*hub: .*clients/)]);
    const hubsAddress = await explain("bob", "10.0.0.1", "--protocol", "tcp", "--port", "22");
    expect([hubsAddress.code, hubsAddress.stdout]).toEqual([0, expect.stringContaining("clients")]);
    // What no pinging shows: nobody routes ann's packets to the internet.
    const stopped = await explain("ann", "8.8.8.8");
    expect([stopped.code, stopped.stdout]).toEqual([1, expect.stringMatching(/ann: .*its uplink[\s\S]*it does not work/)]);
    expect((await explain("ann", "nobody")).code).toBe(2);
});

test("an up without changes changes nothing and logs in nowhere, also with a rebuilt library", async () => {
    const had = await logins();
    const again = await stack.up();
    expect(again.stdout).toMatch(/Resources:\s+\d+ unchanged\s/);
    // The same sources, compiled and installed anew.
    const installed = join(stack.folder, "../node_modules/pulumi-wireguard/dist");
    for (const part of ["provider", "sdk"]) {
        fs.rmSync(join(installed, part), { recursive: true });
        fs.cpSync(join(repository, "dist", part), join(installed, part), { recursive: true });
    }
    const rebuilt = await stack.up();
    expect(rebuilt.stdout).toMatch(/Resources:\s+\d+ unchanged\s/);
    expect(await logins()).toEqual(had);
}, 120_000);

describe("one more client", () => {
    test("its preview lists the hub's interface and push, the new peer and the new host, and shows the lines that change", async () => {
        await stack.pulumi(["config", "set", "carol", machine(carol)]);
        const { stdout } = await stack.preview({ diff: true });
        const rows = [
            ...stdout.matchAll(
                /^\s*[+~-]+ (\S+): \((\w+)\)\n(?:.*\n)*?\s+\[urn=urn:pulumi:lab::two-interface-hub::\S*::(\S+)\]/gm,
            ),
        ].map((match) => `${match[2]} ${match[1]?.replace(/.*:/, "")} ${match[3]}`);
        expect(rows.sort()).toEqual([
            "create Command carol",
            "create Host carol",
            "create KeyPair carol-wg0",
            "create Peer carol",
            "create WireGuardInterface carol-wg0",
            "update Command hub",
            "update Forwarding hub",
            "update WireGuardInterface hub-wg0",
        ]);
        expect(stdout).toMatch(
            /\+ \[Peer\]\n\s*\+ # carol-wg0\n\s*\+ PublicKey = \(public key of carol-wg0\)\n\s*\+ AllowedIPs = 10\.0\.0\.3\/32\n/,
        );
        expect(stdout).toMatch(/carol-wg0\s*: \[\n\s*\[0\]: "10\.0\.0\.1\/32"\n\s*\[1\]: "10\.0\.1\.0\/24"/);
        expect(stdout).toMatch(/hub-wg0\s*: \[\n\s*\[0\]: "10\.0\.0\.3\/32"/);
        // Messages of the provider are shown in the plain preview only.
        expect((await stack.preview()).stdout).toContain("hub/wg0: live, 1 peer added");
        for (const key of await privateKeys()) {
            expect(stdout).not.toContain(key);
        }
    }, 60_000);

    test("existing clients lose no packet, no unit restarts, only changed hosts are logged in to", async () => {
        const started = (host: Host) => host.must("systemctl show -p ActiveEnterTimestampMonotonic wg-quick@wg0 wg-quick@wg1");
        const had = { logins: await logins(), units: await Promise.all([hub, ann, bob].map(started)) };
        let other: unknown;
        const loss = await lossDuring(ann.namespace, "10.0.1.2", async () => {
            other = await lossDuring(bob.namespace, "10.0.1.1", () => stack.up());
        });
        expect([loss, other]).toMatchObject([{ lost: 0 }, { lost: 0 }]);
        expect(loss.sent).toBeGreaterThan(100);
        expect(await Promise.all([hub, ann, bob].map(started))).toEqual(had.units);
        expect((await logins()).map((now, i) => now - (had.logins[i] ?? 0))).toEqual([1, 0, 0, 1]);
        expect(await carol.ping("10.0.1.2", { wait: 10 })).toMatchObject({ received: 3, ttl: [63, 63, 63] });
    }, 180_000);
});

test("after a reboot of the hub everything works without an up", async () => {
    await hub.reboot();
    // The hub has forgotten where its clients are until each of them makes a new handshake: when its key is 120 s old at the latest.
    await until("bob to be heard by the hub", 150, async () => (await bob.ping("10.0.1.1", { count: 1 })).received === 1);
    await until("ann to be heard by the hub", 150, async () => (await ann.ping("10.0.0.1", { count: 1 })).received === 1);
    expect(await ann.ping("10.0.1.2")).toMatchObject({ received: 3, ttl: [63, 63, 63] });
    expect(await bob.ping("10.0.0.2")).toMatchObject({ received: 3, ttl: [63, 63, 63] });
    expect(await hub.must("sysctl -n net.ipv4.ip_forward; systemctl is-active wg-quick@wg0 wg-quick@wg1")).toBe(
        "1\nactive\nactive\n",
    );
}, 400_000);

test("destroy leaves every host as it was", async () => {
    await stack.destroy();
    expect(await Promise.all([ann, bob, carol].map(snapshot))).toEqual(before.slice(1));
    expect(await snapshot(hub)).toBe(before[0]);
}, 120_000);
