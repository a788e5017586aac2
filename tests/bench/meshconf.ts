import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { generateKeys } from "../../provider/resources/keys";
import { addressOf } from "./graphs";

const version = "2.5.1";
const nodes = 200;

/** The same call that the program makes, several times in one process; prints the CPU seconds of every run. */
const driver = `
import pathlib, sys, time
from wg_meshconf.database_manager import DatabaseManager
for run in range(int(sys.argv[3])):
    before = time.process_time()
    DatabaseManager(pathlib.Path(sys.argv[1])).genconfig(None, pathlib.Path(sys.argv[2]))
    print(time.process_time() - before)
`;

/**
 * Full mesh of 200: our planner and renderer beside `wg-meshconf genconfig` (PyPI), in turn, same keys and addresses: private keys in,
 * one file per node out. CPU time, because other jobs on the machine change the clock's time of both and differently.
 *
 * Three figures, because they answer three questions: what a mesh costs in a Pulumi program that plans it once (first call), what the
 * algorithms cost (later calls, both languages warmed up), and what starting the two programs costs on top (whole processes).
 */
export function benchMeshconf(): void {
    const folder = mkdtempSync(join(tmpdir(), "pulumi-wireguard-bench-"));
    try {
        const venv = install(join(folder, "venv"));
        const keys = Object.fromEntries(
            Array.from({ length: nodes }, (_, nth) => [`n${String(nth).padStart(3, "0")}-wg0`, generateKeys().privateKey]),
        );
        writeFileSync(join(folder, "keys.json"), JSON.stringify(keys));
        writeFileSync(join(folder, "database.csv"), database(Object.values(keys)));
        const program = [
            join(venv, "bin/wg-meshconf"),
            "-d",
            join(folder, "database.csv"),
            "genconfig",
            "-o",
            join(folder, "theirs"),
        ];
        const calls = [join(venv, "bin/python"), "-c", driver, join(folder, "database.csv"), join(folder, "theirs")];
        const ours = [process.execPath, join(__dirname, "meshFiles.js"), join(folder, "keys.json"), join(folder, "ours")];
        childSeconds(program); // so that Python has compiled its modules, too
        const whole = Array.from({ length: 9 }, () => [childSeconds(ours), childSeconds(program)] as const);
        const runs = Array.from({ length: 3 }, () => [callSeconds([...ours, "7"]), callSeconds([...calls, "7"])] as const);
        const first = runs.map(([a, b]) => [a[0] ?? 0, b[0] ?? 0] as const);
        const later = runs.map(([a, b]) => [middle(a.slice(1)), middle(b.slice(1))] as const);
        console.log(`\nfull mesh of ${nodes}: public keys derived, files written; CPU seconds, medians, in turn`);
        console.log(`                     pulumi-wireguard   wg-meshconf ${version} genconfig   times as long`);
        show("first call, 3 pairs", first);
        show("later calls, 3 pairs", later);
        show("processes, 9 pairs", whole);
    } finally {
        rmSync(folder, { recursive: true });
    }
}

function show(what: string, pairs: readonly (readonly [ours: number, theirs: number])[]): void {
    const ratios = pairs.map(([a, b]) => b / a).sort((a, b) => a - b);
    const seconds = (side: 0 | 1) => middle(pairs.map((pair) => pair[side])).toFixed(3);
    const spread = `${middle(ratios).toFixed(1)} (${ratios[0]?.toFixed(1)} to ${ratios.at(-1)?.toFixed(1)})`;
    console.log(`${what.padEnd(21)}${seconds(0).padStart(16)}${seconds(1).padStart(29)}   ${spread}`);
}

function install(venv: string): string {
    execFileSync("python3", ["-m", "venv", venv], { stdio: "ignore" });
    execFileSync(join(venv, "bin/pip"), ["install", "--quiet", "--disable-pip-version-check", `wg-meshconf==${version}`], {
        stdio: "inherit",
    });
    if (!existsSync(join(venv, "bin/wg-meshconf"))) {
        throw new Error("pip installed wg-meshconf without its program");
    }
    return venv;
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

/** CPU time of one run of a program, start-up included. */
function childSeconds([program = "", ...args]: readonly string[]): number {
    const before = childTicks();
    execFileSync(program, args, { stdio: "ignore" });
    return (childTicks() - before) / 100;
}

/** What a program prints about its own runs. */
function callSeconds([program = "", ...args]: readonly string[]): number[] {
    return execFileSync(program, args, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] })
        .trim()
        .split("\n")
        .map(Number);
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
