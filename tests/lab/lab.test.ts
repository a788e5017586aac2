import { spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { repository } from "../support/engine/engine";
import type { Host } from "../support/lab/host";
import { Lab } from "../support/lab/lab";
import { labFolders } from "../support/lab/leftovers";
import type { NatBox } from "../support/lab/natBox";
import { until } from "../support/lab/until";

// The lab judges everything else, so it is judged first: each promise of its hosts and nets that another test relies on.
describe("hosts and nets", () => {
    let lab: Lab;
    let nat: NatBox;
    let hub: Host;
    let ann: Host;

    beforeAll(async () => {
        lab = await Lab.start();
        nat = lab.natBox("nat");
        [hub, ann] = await Promise.all([lab.boot("hub"), lab.boot("ann", { behind: nat })]);
    });
    afterAll(() => lab.stop());

    test("a host runs systemd without a failed unit", async () => {
        expect(await hub.must("systemctl is-system-running; hostname")).toBe("running\nhub\n");
    });

    test("root, ops and nopass log in; sudo asks only nopass; exec is not a login", async () => {
        expect(await hub.sshLogins()).toBe(0);
        expect(await hub.ssh("id -un")).toMatchObject({ code: 0, stdout: "root\n" });
        expect(await hub.ssh("sudo -n id -un", { user: "ops" })).toMatchObject({ code: 0, stdout: "root\n" });
        expect(await hub.ssh("sudo -n id -un", { user: "nopass" })).toMatchObject({
            code: 1,
            stderr: "sudo: a password is required\n",
        });
        expect(await hub.sshLogins()).toBe(3);
    });

    test("each host has a host key of its own", () => {
        expect(hub.hostKey).toMatch(/^ssh-ed25519 AAAA\S+$/);
        expect(hub.hostKey).not.toBe(ann.hostKey);
    });

    test("a NAT box lets out and answers in, and nothing else in", async () => {
        expect((await ann.ping(hub.address)).ttl).toEqual([63, 63, 63]);
        const inside = (await ann.must("ip -4 -o address show eth0")).match(/inet ([\d.]+)/)?.[1] ?? "";
        // Also with a route to the inside, which nobody on the public net has.
        hub.namespace.ip(`route add ${inside}/32 via ${nat.address}`);
        const listener = await ann.listen(8000);
        expect(await hub.connects(inside, 8000)).toBe(false);
        expect(await ann.connects("127.0.0.1", 8000)).toBe(true);
        await listener.close();
        expect((await hub.ping(inside)).received).toBe(0);
    });

    test("a pulled cable loses packets and an idle wait none", async () => {
        const idle = await ann.lossDuring(hub.address, () => hub.must("sleep 0.3"));
        expect(idle).toMatchObject({ lost: 0 });
        expect(idle.sent).toBeGreaterThan(10);
        const cut = await ann.lossDuring(hub.address, async () => {
            hub.cable().cut();
            await ann.must("sleep 0.3");
            hub.cable().mend();
        });
        expect(cut.lost).toBeGreaterThan(10);
        expect(cut.longestGap).toBeGreaterThan(250);
    });

    test("machines in a LAN reach its host, and beyond only with a default route", async () => {
        const lan = lab.lan(hub, "192.168.10.1/24");
        const printer = lan.machine("printer", "192.168.10.5/24");
        const mute = lan.machine("mute", "192.168.10.6/24", { defaultVia: "none" });
        expect((await printer.ping("192.168.10.1")).received).toBe(3);
        expect((await mute.ping("192.168.10.1")).received).toBe(3);
        expect((await printer.ping("192.168.10.6")).ttl).toEqual([64, 64, 64]);
        expect((await printer.ping(hub.address)).received).toBe(3);
        expect((await mute.ping(hub.address)).received).toBe(0);
    });

    test("a reboot keeps the disk and the journal and nothing of the network", async () => {
        await hub.must("echo kept > /root/file; sysctl -qw net.ipv4.ip_forward=1; nft add table ip leftover");
        const logins = await hub.sshLogins();
        await hub.reboot();
        expect(await hub.must("cat /root/file /proc/sys/net/ipv4/ip_forward; nft list tables")).toBe("kept\n0\n");
        expect(await hub.sshLogins()).toBe(logins);
        expect((await ann.ping(hub.address)).received).toBe(3);
        expect((await hub.ping("192.168.10.5")).received).toBe(3);
    });

    test("a host can be switched off, lose power, and come back", async () => {
        await hub.powerOff();
        expect((await ann.ping(hub.address)).received).toBe(0);
        await hub.start();
        await hub.crash();
        await hub.start();
        expect(await hub.must("cat /root/file")).toBe("kept\n");
    });
});

describe("the end", () => {
    const remains = (prefix: string) =>
        [
            "/run/netns",
            labFolders,
            "/sys/fs/cgroup",
            "/sys/fs/cgroup/unified",
            "/sys/fs/cgroup/systemd",
            "/run/systemd/nspawn/propagate",
        ]
            .filter((folder) => existsSync(folder))
            .flatMap((folder) => readdirSync(folder).filter((name) => name.startsWith(prefix)))
            .concat(readFileSync("/proc/self/mountinfo", "utf8").includes(prefix) ? ["a mount"] : []);

    test("stop leaves no namespace, cgroup, mount or file", async () => {
        const lab = await Lab.start();
        await lab.boot("hub");
        const prefix = lab.folder.split("/").at(-1) ?? "";
        expect(remains(prefix)).not.toEqual([]);
        await lab.stop();
        expect(remains(prefix)).toEqual([]);
    });

    test("so does the death of the lab's process, even by SIGKILL", async () => {
        const program = `
            const { Lab } = require(${JSON.stringify(join(repository, "dist/tests/support/lab/lab.js"))});
            Lab.start().then(async (lab) => { await lab.boot("hub"); console.log(lab.folder); setInterval(() => {}, 1000); });
        `;
        const child = spawn(process.execPath, ["-e", program], { stdio: ["ignore", "pipe", "inherit"] });
        const [folder = ""] = await new Promise<string[]>((resolve) =>
            createInterface({ input: child.stdout }).once("line", (line) => resolve([line])),
        );
        const prefix = folder.split("/").at(-1) ?? "";
        expect(prefix).toMatch(/^pwg\d+-\d+-$/);
        expect(remains(prefix)).not.toEqual([]);
        child.kill("SIGKILL");
        await until("the undertaker", 20, () => remains(prefix).length === 0);
    });
});
