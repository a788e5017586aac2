import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { appendFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { type Engine, engineEnvironment, findEngine, repository } from "../engine/engine";
import { call, type Finished, type RunOptions } from "./command";
import { consumerFolder } from "./consumer";
import { Host } from "./host";
import { Lan } from "./lan";
import { labFolders, labPrefix, removeDeadLabs, removeLab } from "./leftovers";
import { Namespace } from "./namespace";
import { NatBox } from "./natBox";
import { Segment } from "./segment";
import { Stack, type StackPlan } from "./stack";
import { Station } from "./station";

let labs = 0;

/** How a host is connected. */
export interface BootOptions {
    /** Public address: "198.51.100.10"; unset takes the next free one from .10 on. Inside a NAT box: an address of its segment. */
    readonly address?: string;
    /** A second, IPv6 address on the public net, in 2001:db8:51::/64. */
    readonly address6?: string;
    /** The box it sits behind; unset means on the public net. */
    readonly behind?: NatBox;
    /**
     * How the controller reaches a host behind a box: by a separate management net (10.1.1.0/24, whose hosts do not see each other), or by a
     * port that the box forwards, so that SSH depends on the host's default route. @default "management"
     */
    readonly manage?: "management" | "forward";
}

/** Hosts, nets and a Pulumi controller on this machine, all in namespaces. Needs root. */
export class Lab {
    /** Where Pulumi runs: 198.51.100.1 on the public net. */
    readonly controller: Station;
    readonly engine: Engine;
    /** Everything the lab writes, gone after {@link stop}. */
    readonly folder: string;
    /** Output of everything that was run on the controller. */
    readonly logFile: string;
    private readonly prefix: string;
    private readonly public: Segment;
    private readonly management: Segment;
    /** Root file system of the hosts, never written to. */
    readonly image: string;
    private readonly keyFile: string;
    private undertaker: ChildProcess | undefined;
    private readonly next = { public: 10, box: 100, management: 10, inside: 10, lan: 0 };
    private consumer: string | undefined;

    private constructor(engine: Engine) {
        if (engine.image === undefined) {
            throw new Error('the file system of the lab\'s hosts is not built; run "tests/support/engine/setup.sh" as root');
        }
        this.engine = engine;
        this.image = engine.image;
        this.prefix = labPrefix(process.pid, labs++);
        this.folder = join(labFolders, this.prefix);
        this.logFile = join(this.folder, "log");
        this.keyFile = join(this.folder, "controller_key");
        this.controller = new Station("controller", new Namespace(`${this.prefix}ctl`));
        this.public = new Segment(this.controller.namespace, "public0", ["198.51.100.1/24", "2001:db8:51::1/64"]);
        this.management = new Segment(this.controller.namespace, "management0", ["10.1.1.1/24"]);
    }

    /** Makes the nets and the controller; removes what dead labs left first. */
    static async start(): Promise<Lab> {
        await removeDeadLabs();
        const lab = new Lab(findEngine());
        lab.create();
        return lab;
    }

    /** Boots a host; resolves when its sshd answers. Several may boot at once. */
    async boot(name: string, options: BootOptions = {}): Promise<Host> {
        const host = this.host(name, options);
        await host.start();
        return host;
    }

    /** A host that is not switched on yet. */
    host(name: string, { address, address6, behind, manage = "management" }: BootOptions = {}): Host {
        const folder = join(this.folder, "hosts", name);
        const namespace = new Namespace(`${this.prefix}${name}`);
        const common = { name, namespace, image: this.image, folder, controller: this.controller, keyFile: this.keyFile };
        if (behind === undefined) {
            const own = address ?? `198.51.100.${this.next.public++}`;
            const addresses = [`${own}/24`, ...(address6 === undefined ? [] : [`${address6}/64`])];
            // The default route leads nowhere real, but a host without one would not be like any host: full-tunnel routes need one to replace.
            const attachment = {
                device: "eth0",
                addresses,
                defaultVia: ["198.51.100.1", ...(address6 === undefined ? [] : ["2001:db8:51::1"])],
            };
            return new Host({ ...common, cables: [{ segment: this.public, attachment }], ssh: { host: own, port: 22 } });
        }
        const inside = address ?? behind.gateway.replace(/\d+$/, `${this.next.inside++}`);
        const cable = {
            segment: behind.segment,
            attachment: { device: "eth0", addresses: [`${inside}/24`], defaultVia: [behind.gateway] },
        };
        if (manage === "forward") {
            return new Host({ ...common, cables: [cable], ssh: { host: behind.address, port: behind.forwardSsh(inside) } });
        }
        const managed = `10.1.1.${this.next.management++}`;
        const management = {
            segment: this.management,
            attachment: { device: "mgmt0", addresses: [`${managed}/24`], isolated: true },
        };
        return new Host({ ...common, cables: [cable, management], ssh: { host: managed, port: 22 } });
    }

    /** Makes a NAT box on the public net. `inside` is its own address there: "10.99.1.1/24". `udpTimeout` in seconds is how soon it forgets a silent mapping. */
    natBox(
        name: string,
        { inside = "", udpTimeout = 30 }: { readonly inside?: string; readonly udpTimeout?: number } = {},
    ): NatBox {
        const nth = this.next.box++;
        const box = new NatBox({
            name,
            namespace: new Namespace(`${this.prefix}${name}`),
            outside: this.public,
            address: `198.51.100.${nth}`,
            inside: inside || `10.99.${nth}.1/24`,
            udpTimeout,
        });
        box.create();
        return box;
    }

    /** Makes a LAN behind a host. `routerAddress` is the host's own address in it: "192.168.10.1/24". */
    lan(host: Host, routerAddress: string): Lan {
        const nth = this.next.lan++;
        const lan = new Lan(this.prefix, `lan${nth}`, host, routerAddress, nth);
        lan.create();
        return lan;
    }

    /** Runs a program on the controller with the engine's environment; output goes to the log too. */
    run(program: string, args: readonly string[], options: RunOptions = {}): Promise<Finished> {
        const log = (text: string) => {
            appendFileSync(this.logFile, text);
            options.onOutput?.(text);
        };
        log(`$ ${[program, ...args].join(" ")}\n`);
        const env = { ...this.environment(), ...options.env };
        return this.controller.namespace.run(program, args, { timeout: 300, ...options, env, onOutput: log });
    }

    /** Environment of everything that talks to the engine; the file backend and Pulumi's home lie in the lab's folder. */
    environment(): NodeJS.ProcessEnv {
        const { SSH_AUTH_SOCK: _agent, ...rest } = process.env;
        return { ...rest, ...engineEnvironment(this.folder, this.engine) };
    }

    /** Makes a stack for a program. */
    async stack(plan: StackPlan): Promise<Stack> {
        this.consumer ??= consumerFolder(join(this.folder, "programs"));
        return Stack.create(this, this.consumer, plan);
    }

    /** Ends everything the lab started and removes everything it made. */
    async stop(): Promise<void> {
        await removeLab(this.prefix);
        if (this.undertaker !== undefined) {
            const closed = once(this.undertaker, "close");
            this.undertaker.stdin?.end();
            await closed;
        }
    }

    private create(): void {
        const program = join(repository, "dist/tests/support/lab/undertaker.js");
        this.undertaker = spawn(process.execPath, [program, this.prefix], {
            stdio: ["pipe", "ignore", "inherit"],
            detached: true,
        });
        for (const folder of ["hosts", "programs"]) {
            mkdirSync(join(this.folder, folder), { recursive: true, mode: 0o755 });
        }
        call("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", "controller", "-f", this.keyFile]);
        this.controller.namespace.create();
        this.public.create();
        this.management.create();
    }
}
