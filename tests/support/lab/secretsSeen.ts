import { readdirSync, readFileSync } from "node:fs";

/** Reads every process's command line and environment, again and again, until it is stopped. Hosts of the lab share this machine's /proc. */
export class ProcessWatch {
    private readonly seen = { cmdline: new Set<string>(), environ: new Set<string>() };
    private readonly timer: NodeJS.Timeout;
    private rounds = 0;

    constructor() {
        this.timer = setInterval(() => this.look(), 10);
    }

    /** Every command line and every environment that was seen. Fails when it never had time to look. */
    stop(): { readonly commandLines: readonly string[]; readonly environments: readonly string[] } {
        clearInterval(this.timer);
        if (this.rounds < 10) {
            throw new Error(`the processes were looked at only ${this.rounds} times`);
        }
        return { commandLines: [...this.seen.cmdline], environments: [...this.seen.environ] };
    }

    private look(): void {
        this.rounds += 1;
        for (const pid of readdirSync("/proc")) {
            if (/^\d+$/.test(pid) && pid !== `${process.pid}`) {
                for (const file of ["cmdline", "environ"] as const) {
                    try {
                        this.seen[file].add(readFileSync(`/proc/${pid}/${file}`, "latin1"));
                    } catch {
                        // It ended in this very moment.
                    }
                }
            }
        }
    }
}
