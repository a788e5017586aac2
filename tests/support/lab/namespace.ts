import { type ChildProcessByStdio, spawn } from "node:child_process";
import type { Readable } from "node:stream";
import { call, type Finished, type RunOptions, run } from "./command";

/** A network namespace of the lab. Interfaces are made inside it; the machine's own namespace never sees one. */
export class Namespace {
    constructor(readonly name: string) {}

    /** Makes the namespace, with loopback up. */
    create(): void {
        call("ip", ["netns", "add", this.name]);
        this.ip("link set lo up");
    }

    /** Removes it with everything in it (tunnels, tables, sysctls): what a power cycle does to a machine's network. */
    remove(): void {
        call("ip", ["netns", "delete", this.name]);
    }

    /** `ip` commands, one an argument, as one batch: "link set eth0 up". */
    ip(...lines: readonly string[]): void {
        call("ip", ["-n", this.name, "-batch", "-"], `${lines.join("\n")}\n`);
    }

    /** Sets a sysctl under /proc/sys/net by its path: ("ipv4/ip_forward", 1). */
    sysctl(path: string, value: number): void {
        call("ip", ["netns", "exec", this.name, "sysctl", "-q", "-w", `net/${path}=${value}`]);
    }

    /** Loads nftables rules, in one transaction. */
    nft(rules: string): void {
        call("ip", ["netns", "exec", this.name, "nft", "-f", "-"], rules);
    }

    /** Runs a program of this machine (not of a host's file system) in the namespace. */
    run(program: string, args: readonly string[], options: RunOptions = {}): Promise<Finished> {
        return run("ip", ["netns", "exec", this.name, program, ...args], options);
    }

    /** Starts a program in the namespace and leaves it running; the lab's end ends it. */
    start(program: string, args: readonly string[]): ChildProcessByStdio<null, Readable, Readable> {
        return spawn("ip", ["netns", "exec", this.name, program, ...args], { stdio: ["ignore", "pipe", "pipe"] });
    }
}
