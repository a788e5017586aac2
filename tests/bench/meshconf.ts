import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { generateKeys } from "../../provider/resources/keys";
import { addressOf } from "./graphs";

const version = "2.5.1";
const nodes = 200;

/**
 * Full mesh of 200: our planner and renderer beside `wg-meshconf genconfig` (PyPI), whole processes in turn, same keys and addresses.
 * CPU time, because other jobs on the machine change the clock's time of both and differently.
 */
export function benchMeshconf(): void {
    const folder = mkdtempSync(join(tmpdir(), "pulumi-wireguard-bench-"));
    try {
        const meshconf = install(join(folder, "venv"));
        const keys = Object.fromEntries(
            Array.from({ length: nodes }, (_, nth) => [`n${String(nth).padStart(3, "0")}-wg0`, generateKeys().privateKey]),
        );
        writeFileSync(join(folder, "keys.json"), JSON.stringify(keys));
        writeFileSync(join(folder, "database.csv"), database(Object.values(keys)));
        const theirs = () =>
            execFileSync(meshconf, ["-d", join(folder, "database.csv"), "genconfig", "-o", join(folder, "theirs")], {
                stdio: "ignore",
            });
        const ours = () =>
            execFileSync(process.execPath, [join(__dirname, "meshFiles.js"), join(folder, "keys.json"), join(folder, "ours")]);
        theirs(); // so that Python has compiled its modules, too
        const pairs = Array.from({ length: 9 }, () => [childSeconds(ours), childSeconds(theirs)] as const);
        const ratios = pairs.map(([a, b]) => b / a).sort((a, b) => a - b);
        console.log(`\nfull mesh of ${nodes}, public keys derived, files written, whole processes, CPU time, 9 pairs in turn`);
        console.log(`  pulumi-wireguard          median ${middle(pairs.map(([a]) => a)).toFixed(2)} s`);
        console.log(`  wg-meshconf ${version} genconfig median ${middle(pairs.map(([, b]) => b)).toFixed(2)} s`);
        console.log(
            `  wg-meshconf takes ${middle(ratios).toFixed(1)} times as long (${ratios[0]?.toFixed(1)} to ${ratios.at(-1)?.toFixed(1)})`,
        );
    } finally {
        rmSync(folder, { recursive: true });
    }
}

function install(venv: string): string {
    execFileSync("python3", ["-m", "venv", venv], { stdio: "ignore" });
    execFileSync(join(venv, "bin/pip"), ["install", "--quiet", "--disable-pip-version-check", `wg-meshconf==${version}`], {
        stdio: "inherit",
    });
    const program = join(venv, "bin/wg-meshconf");
    if (!existsSync(program)) {
        throw new Error("pip installed wg-meshconf without its program");
    }
    return program;
}

/** The file that `wg-meshconf addpeer` writes, one row per node. */
function database(privateKeys: readonly string[]): string {
    const columns =
        "Name,Address,Endpoint,AllowedIPs,ListenPort,PersistentKeepalive,FwMark,PrivateKey,DNS,MTU,Table,PreUp,PostUp,PreDown,PostDown,SaveConfig";
    const quoted = (cells: readonly string[]) => cells.map((cell) => `"${cell}"`).join(",");
    const rows = privateKeys.map((key, nth) => {
        const name = `n${String(nth).padStart(3, "0")}`;
        return quoted([
            name,
            addressOf(nth),
            `${name}-wg0.example.com`,
            "",
            "51820",
            "",
            "",
            key,
            ...Array.from({ length: 8 }, () => ""),
        ]);
    });
    return `${[quoted(columns.split(",")), ...rows].join("\n")}\n`;
}

/** CPU time of the child processes that `work` waits for. */
function childSeconds(work: () => unknown): number {
    const before = childTicks();
    work();
    return (childTicks() - before) / 100;
}

/** man 5 proc_pid_stat: cutime and cstime are fields 16 and 17, in hundredths of a second; the name in field 2 may hold spaces. */
function childTicks(): number {
    const stat = readFileSync("/proc/self/stat", "utf8");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return Number(fields[13]) + Number(fields[14]);
}

function middle(values: readonly number[]): number {
    return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}
