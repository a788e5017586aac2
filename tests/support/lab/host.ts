import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { repository } from "../engine/engine";
import { createGroups } from "./cgroup";
import { call, type Finished, type RunOptions, run } from "./command";
import type { Namespace } from "./namespace";
import type { Attachment, Cable, Segment } from "./segment";
import { Station } from "./station";
import { until } from "./until";

// nspawn's status when the system inside asked for a reboot and no service manager of the machine is there to do it (--keep-unit).
const askedForReboot = 133;

/** What a host is made from; the lab fills this in. */
export interface HostPlan {
    readonly name: string;
    readonly namespace: Namespace;
    /** The image's folder. */
    readonly image: string;
    /** Folder of this host's disk and keys; made by the constructor. */
    readonly folder: string;
    /** Cables it is plugged in with, in the order of their devices. */
    readonly cables: readonly { readonly segment: Segment; readonly attachment: Attachment }[];
    /** Where the controller reaches its sshd. */
    readonly ssh: { readonly host: string; readonly port: number };
    readonly controller: Station;
    /** Private key file of the controller, accepted for root, ops and nopass. */
    readonly keyFile: string;
}

/** Fields of a `remote.Command`'s connection, and of this library's. */
export interface Connection {
    readonly host: string;
    readonly port: number;
    readonly user: string;
    readonly privateKey: string;
    /** "ssh-ed25519 AAAA…" */
    readonly hostKey: string;
}

/** A Debian machine with systemd and sshd. Its disk outlives reboots; its network, as on real hardware, does not. */
export class Host extends Station {
    /** Address the controller reaches it by: "198.51.100.10". */
    readonly address: string;
    readonly port: number;
    /** "ssh-ed25519 AAAA…" */
    readonly hostKey: string;

    private readonly extraCables: { segment: Segment; attachment: Attachment }[] = [];
    private readonly plugged = new Map<string, Cable>();
    private nspawn: ChildProcess | undefined;
    private boots = 0;
    private bootFailure: Error | undefined;

    constructor(private readonly plan: HostPlan) {
        super(plan.name, plan.namespace);
        this.address = plan.ssh.host;
        this.port = plan.ssh.port;
        for (const part of ["upper", "work", "root"]) {
            mkdirSync(join(plan.folder, part), { recursive: true, mode: 0o755 });
        }
        const key = join(plan.folder, "ssh_host_ed25519_key");
        call("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", plan.name, "-f", key]);
        this.hostKey = readFileSync(`${key}.pub`, "utf8").split(" ").slice(0, 2).join(" ");
        writeFileSync(join(plan.folder, "authorized_keys"), readFileSync(`${plan.keyFile}.pub`));
        writeFileSync(join(plan.folder, "known_hosts"), `${this.knownHost()} ${this.hostKey}\n`);
    }

    /** Switches the power on; resolves when booting is over and sshd answers the controller. */
    async start(): Promise<void> {
        if (this.nspawn !== undefined) {
            throw new Error(`host "${this.name}" is already running`);
        }
        this.launch();
        await this.booted(this.boots);
    }

    /** Restarts the machine as `systemctl reboot` does; resolves as {@link start} does. */
    async reboot(): Promise<void> {
        const next = this.boots + 1;
        await this.exec("systemctl --no-block reboot");
        await this.booted(next);
    }

    /** Shuts the machine down cleanly. {@link start} brings it back. */
    async powerOff(): Promise<void> {
        const nspawn = this.running();
        const closed = once(nspawn, "close");
        await this.exec("systemctl --no-block poweroff");
        await closed;
    }

    /** Pulls the power cord: no unit is stopped, no file is synced. {@link start} brings it back. */
    async crash(): Promise<void> {
        const nspawn = this.running();
        const closed = once(nspawn, "close");
        process.kill(this.leader(), "SIGKILL");
        nspawn.kill("SIGKILL");
        await closed;
    }

    /** Runs a bash command inside the host as root without logging in: sshd's journal stays a record of real logins. */
    exec(command: string, options: RunOptions = {}): Promise<Finished> {
        const leader = `${this.leader()}`;
        const environment = {
            PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            HOME: "/root",
            LANG: "C.UTF-8",
        };
        return run("/usr/bin/nsenter", ["-t", leader, "-a", "-r", "-w", "/bin/bash", "-c", command], {
            env: environment,
            ...options,
        });
    }

    /** As {@link exec}, but a status other than 0 is an error. Returns stdout. */
    async must(command: string, options: RunOptions = {}): Promise<string> {
        const finished = await this.exec(command, options);
        if (finished.code !== 0) {
            throw new Error(
                `"${command}" on host "${this.name}" ended with status ${finished.code}: ${finished.stderr}${finished.stdout}`,
            );
        }
        return finished.stdout;
    }

    /** Runs a command by a real SSH login from the controller. */
    ssh(command: string, options: RunOptions & { readonly user?: "root" | "ops" | "nopass" } = {}): Promise<Finished> {
        const { user = "root", ...rest } = options;
        const settings = ["BatchMode=yes", "ConnectTimeout=10", `UserKnownHostsFile=${join(this.plan.folder, "known_hosts")}`];
        const args = ["-i", this.plan.keyFile, "-p", `${this.port}`, ...settings.flatMap((setting) => ["-o", setting])];
        return this.plan.controller.namespace.run("ssh", [...args, `${user}@${this.address}`, command], rest);
    }

    /** What a program needs to log in. */
    connection(user: "root" | "ops" | "nopass" = "root"): Connection {
        const privateKey = readFileSync(this.plan.keyFile, "utf8");
        return { host: this.address, port: this.port, user, privateKey, hostKey: this.hostKey };
    }

    /** Number of logins sshd has accepted since the host was made, reboots included. */
    async sshLogins(): Promise<number> {
        return (await this.journal("ssh.service")).split("\n").filter((line) => line.startsWith("Accepted ")).length;
    }

    /** All messages of a unit since the host was made, reboots included, without time stamps. */
    journal(unit: string): Promise<string> {
        return this.must(`journalctl --sync && journalctl --quiet --no-pager --output=cat --unit='${unit}'`);
    }

    /** Plugs a further cable in, which stays over reboots. */
    plug(segment: Segment, attachment: Attachment): void {
        this.extraCables.push({ segment, attachment });
        this.plugged.set(attachment.device, segment.attach(this.namespace, attachment));
    }

    /** The cable of a device, to cut or mend it. */
    cable(device = "eth0"): Cable {
        const cable = this.plugged.get(device);
        if (cable === undefined) {
            throw new Error(`host "${this.name}" has no cable "${device}", it has "${[...this.plugged.keys()].join('", "')}"`);
        }
        return cable;
    }

    /** Text of the console: what systemd printed at boot. */
    console(): string {
        const file = join(this.plan.folder, "console");
        return existsSync(file) ? readFileSync(file, "utf8") : "";
    }

    private launch(): void {
        const { namespace, folder, image, name, cables } = this.plan;
        // A new namespace at every boot: in an old one tunnels, tables and sysctls would survive, and a reboot would prove nothing.
        if (this.boots > 0) {
            namespace.remove();
        }
        namespace.create();
        for (const { segment, attachment } of [...cables, ...this.extraCables]) {
            this.plugged.set(attachment.device, segment.attach(namespace, attachment));
        }
        const boot = join(repository, "tests/support/lab/boot.sh");
        const console = openSync(join(folder, "console"), "a");
        const groups = createGroups(namespace.name);
        const args = ["--mount", "--propagation", "slave", boot, image, folder, namespace.name, name, ...groups];
        // A session of its own: Ctrl-C at the terminal must not reach the host before the undertaker does.
        const nspawn = spawn("/usr/bin/unshare", args, { stdio: ["ignore", console, console], detached: true });
        closeSync(console);
        this.nspawn = nspawn;
        this.boots += 1;
        this.bootFailure = undefined;
        nspawn.once("close", (code) => {
            this.nspawn = undefined;
            try {
                this.unplugAll();
                if (code === askedForReboot) {
                    this.launch();
                } else if (code !== 0 && code !== null) {
                    this.bootFailure = new Error(`host "${name}" ended with status ${code}: ${this.console().slice(-2000)}`);
                }
            } catch (error) {
                // The lab is being removed, with the nets under the cables; whoever waits for this host must know.
                this.bootFailure = error instanceof Error ? error : new Error(String(error));
            }
        });
    }

    // A machine without power answers nothing, but its namespace would: the kernel answers pings without systemd.
    private unplugAll(): void {
        const cables = [...this.plugged.values()];
        this.plugged.clear();
        for (const cable of cables) {
            cable.unplug();
        }
    }

    private async booted(boot: number): Promise<void> {
        const { controller } = this.plan;
        await until(`host "${this.name}" to boot`, 60, () => {
            if (this.bootFailure !== undefined) {
                throw this.bootFailure;
            }
            return this.boots >= boot && this.nspawn !== undefined && this.findLeader() !== undefined;
        });
        // Ends when the last job of the boot has ended, wg-quick units included; its status (a failed unit) is the test's business.
        await until(`systemd of host "${this.name}"`, 60, async () => {
            const state = (await this.exec("systemctl is-system-running --wait", { timeout: 60 })).stdout.trim();
            return state === "running" || state === "degraded";
        });
        await until(`sshd of host "${this.name}" at ${this.address}`, 30, () => controller.connects(this.address, this.port, 1));
    }

    private running(): ChildProcess {
        if (this.nspawn === undefined) {
            throw new Error(`host "${this.name}" is switched off`);
        }
        return this.nspawn;
    }

    /** Id of the host's first process, as this machine sees it. */
    private leader(): number {
        this.running();
        const leader = this.findLeader();
        if (leader === undefined) {
            throw new Error(`host "${this.name}" has not started its first process yet`);
        }
        return leader;
    }

    private findLeader(): number | undefined {
        const pid = this.nspawn?.pid;
        const file = `/proc/${pid}/task/${pid}/children`;
        const child = existsSync(file) ? Number(readFileSync(file, "utf8").trim().split(" ").at(-1)) : 0;
        // Before nspawn has handed over, its child is a helper in the machine's own namespaces; exec there would not be inside the host.
        const isSystemd =
            child > 0 && existsSync(`/proc/${child}/comm`) && readFileSync(`/proc/${child}/comm`, "utf8").trim() === "systemd";
        return isSystemd ? child : undefined;
    }

    private knownHost(): string {
        return this.port === 22 ? this.address : `[${this.address}]:${this.port}`;
    }
}
