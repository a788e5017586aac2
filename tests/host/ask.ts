import { execFileSync } from "node:child_process";
import { toolText } from "../../provider/host/payload";

/** Runs a script that sees the functions of the tool, without a host, and returns what it printed. */
export function ask(script: string): string {
    const functions = toolText().replace(/main "\$@"\n$/, "");
    return execFileSync("bash", ["-s"], { input: `${functions}\ntrap - EXIT\n${script}\n`, encoding: "utf8" });
}
