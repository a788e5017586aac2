import { spawnSync } from "node:child_process";
import * as net from "node:net";
import type { Verdict } from "../support/inline/badGraphs";
import { sampledBadGraphs } from "../support/sampledBadGraphs";

// Wrong graphs through real previews: the exact sentences, once, and nobody is contacted.
let verdicts: ReadonlyMap<string, Verdict>;
let contacts = 0;

beforeAll(async () => {
    // Where all hosts would be: it counts everybody who comes.
    const server = net.createServer(() => {
        contacts += 1;
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const port = (server.address() as net.AddressInfo).port;
    const program = require.resolve("../support/inline/badGraphs");
    const { stdout, stderr, status } = spawnSync(process.execPath, [program, `${port}`], { encoding: "utf8", maxBuffer: 2 ** 28, timeout: 500_000 });
    if (status !== 0) {
        throw new Error(stderr);
    }
    verdicts = new Map(JSON.parse(stdout).map((verdict: Verdict) => [verdict.name, verdict]));
    server.close();
}, 520_000);

test("they are at least 30", () => {
    expect(sampledBadGraphs.length).toBeGreaterThanOrEqual(30);
});

test.each(sampledBadGraphs)("$name", ({ name, failures }) => {
    const { ok, diagnostics } = verdicts.get(name) as Verdict;
    const said = diagnostics.split("\n").flatMap((line) => (line.startsWith("      - ") ? [line.slice(8).replace(/ \([^()]*:\d+\)/g, "")] : []));
    expect([ok, said]).toEqual([false, [...failures]]);
    expect(diagnostics.split("invalid graph:")).toHaveLength(2);
    expect(diagnostics).not.toMatch(/^\s+at /m);
});

test("no preview contacted a host", () => {
    expect(contacts).toBe(0);
});
