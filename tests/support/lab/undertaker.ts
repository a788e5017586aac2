import { removeLab } from "./leftovers";

// Started detached by Lab.start with the lab's prefix as argument and a pipe as standard input. The pipe ends when the lab's process does, by
// whatever death: Ctrl-C, SIGKILL, a crash. Signal handlers would cover less, and under jest they never fire (its `process` is a copy).
const [prefix] = process.argv.slice(2);
if (prefix === undefined || !/^pwg\d+-\d+-$/.test(prefix)) {
    throw new Error(`the undertaker needs the prefix of a lab, got "${prefix ?? ""}"`);
}
process.stdin.resume();
process.stdin.on("close", () => {
    removeLab(prefix).catch((error: unknown) => {
        console.error(error);
        process.exitCode = 1;
    });
});
