/** Seconds since the demo began. */
const started = performance.now();

/** A chapter of the story. */
export function chapter(title: string): void {
    const seconds = ((performance.now() - started) / 1000).toFixed(0);
    console.log(`\n\x1b[1m── ${title} \x1b[0m\x1b[2m(${seconds} s)\x1b[0m\n`);
}

/** A command as if typed, then what it printed, indented. */
export function typed(command: string, output: string): void {
    console.log(`\x1b[36m$ ${command}\x1b[0m`);
    console.log(output.trimEnd().replace(/^/gm, "  "));
    console.log();
}

/** One sentence of the teller. */
export function tell(text: string): void {
    console.log(text);
}

// What a terminal that can redraw lines would not keep: progress, and which plugin binary was taken from PATH.
const noise =
    /^\s*$|^@ |^\s*\[(urn|id|provider)=|(creating|deleting|updating|running) ?(\(|$)|warning: using pulumi-resource|\d warnings?$|to remove the stack completely|have been deleted, but the history/;

/** What the CLI printed, without its noise. */
export function readable(output: string): string {
    const lines = output.split("\n").filter((line) => !noise.test(line));
    // A heading that has lost everything below it.
    return lines
        .filter((line, i) => !/^(Diagnostics:| {2}pulumi:pulumi:Stack .*:)$/.test(line) || /^ {2}/.test(lines[i + 1] ?? ""))
        .join("\n");
}
