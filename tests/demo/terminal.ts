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

/** A preview without the lines that only Pulumi's own authors read. */
export function readable(output: string): string {
    return output
        .split("\n")
        .filter((line) => !/__provider|^\s*\[urn=|^View |^\s*$|standing in|stands in/.test(line))
        .join("\n");
}
