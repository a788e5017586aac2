import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";

// Beside the sources, not in dist: a golden file is read by people and kept in git.
const tests = resolve(__dirname, "../../../tests");

/** Compares a text with a golden file, named from `tests/` on; UPDATE_GOLDEN=1 writes it instead. A missing file is a failure. */
export function expectGolden(file: string, text: string): void {
    const path = resolve(tests, file);
    if (process.env["UPDATE_GOLDEN"] === "1") {
        mkdirSync(dirname(path), { recursive: true });
        writeFileSync(path, text);
    }
    expect(existsSync(path)).toBe(true);
    expect(text).toBe(readFileSync(path, "utf8"));
}
