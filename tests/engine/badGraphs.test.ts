import * as net from "node:net";
import { join } from "node:path";
import { badGraphs } from "../planner/badGraphs";
import { expectationFailures } from "../planner/expectationFailures";
import { badPlans } from "../planner/planFailures";
import { repository } from "../support/engine/engine";
import { type CliRun, ProgramFolder } from "../support/programFolder";
import { sampledBadGraphs } from "../support/sampledBadGraphs";

// Wrong graphs through real previews: the exact sentences, in one error, once, and nobody is contacted.
const runs = new Map<string, CliRun>();
let contacts = 0;

beforeAll(async () => {
    // Where all hosts would be: it counts everybody who comes.
    const server = net.createServer(() => {
        contacts += 1;
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as net.AddressInfo;
    const waiting = [...sampledBadGraphs];
    const worker = async () => {
        const program = new ProgramFolder();
        try {
            for (let row = waiting.pop(); row !== undefined; row = waiting.pop()) {
                runs.set(row.name, await program.preview(text(row.graph, port)));
            }
        } finally {
            program.remove();
        }
    };
    await Promise.all([worker(), worker()]);
    server.close();
}, 500_000);

function text(graph: object, port: number): string {
    const connection = { host: "127.0.0.1", port, hostKey: `ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI${"A".repeat(43)}` };
    return `
        const { declareGraph } = require(${JSON.stringify(join(repository, "dist/tests/support/declareGraph.js"))});
        const connection = () => (${JSON.stringify(connection)});
        declareGraph(require("pulumi-wireguard"), ${JSON.stringify(graph)}, { connection }).mesh.deploy();
    `;
}

test("they are at least 30, of all tables, and no two have one name", () => {
    expect(sampledBadGraphs.length).toBeGreaterThanOrEqual(30);
    expect(runs.size).toBe(sampledBadGraphs.length);
    for (const table of [badGraphs, badPlans, expectationFailures]) {
        expect(sampledBadGraphs.filter((row) => table.includes(row)).length).toBeGreaterThanOrEqual(5);
    }
});

test.each(sampledBadGraphs)("$name", ({ name, failures }) => {
    const { status, output } = runs.get(name) as CliRun;
    const diagnostics = output.split("Diagnostics:")[1] ?? "";
    // Each failure in full: the lines of a walk stand deeper than the dash of the failure they explain.
    const said = [...diagnostics.matchAll(/^ {6}- (.*(?:\n {10}.*)*)$/gm)].map(([, text = ""]) => text.replace(/^ {4}/gm, ""));
    // Here everything is declared in one loop, so places differ from the table's.
    const placeless = (lines: readonly string[]) => lines.map((line) => line.replace(/ \([^()]*:\d+\)/g, ""));
    expect(placeless(said)).toEqual(placeless(failures));
    expect(status).not.toBe(0);
    expect(diagnostics).toMatch(/pulumi-wireguard:index:Mesh \(.*\):\n {4}error: invalid graph:\n/);
    expect(diagnostics.split("error:")).toHaveLength(2);
    expect(diagnostics).not.toMatch(/^\s+at /m);
});

test("no preview contacted a host", () => {
    expect(contacts).toBe(0);
});
