import * as fs from "node:fs";
import * as path from "node:path";
import { explain, type Graph } from "../../provider/planner";
import { repository } from "../support/engine/engine";
import { expectGolden } from "../support/golden";
import { moduleOf } from "../support/moduleOf";
import { type MockRun, underMocks } from "../support/underMocks";

// Every example is a program that plans: run under Pulumi's mocks, with machines from the documentation's address range.
const examples = fs
    .readdirSync(path.join(repository, "examples"), { withFileTypes: true })
    .filter((one) => one.isDirectory())
    .map((one) => one.name);
const machine = (nth: number) =>
    JSON.stringify({ host: `198.51.100.${nth}`, hostKey: `ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI${"A".repeat(43)}` });

/** What an example exports, by its name; an explanation is the one of the planner. */
const exported: Readonly<Record<string, (run: MockRun<unknown>) => unknown>> = {
    "road-warriors": ({ graphs }) => ({
        phoneQr: expect.stringMatching(/38;5;16;48;5;231m[ ▀▄█]{20,}.*\n/),
        laptopConfig: expect.stringMatching(/^\[Interface\]\nPrivateKey = \S{43}=\n[\s\S]*\nAllowedIPs = 10\.9\.0\.1\/32\n/),
        why: explain(graphs.get("road") as Graph, "phone-wg0", "laptop-wg0").lines.join("\n"),
    }),
    "site-to-site": () => ({}),
    "two-interface-hub": () => ({}),
};

test.each(examples)("%s", async (name) => {
    const hosts = Object.fromEntries(
        ["hub", "ann", "bob", "carol", "berlin", "paris"].map((host, nth) => [`${name}:${host}`, machine(10 + nth)]),
    );
    const source = fs.readFileSync(path.join(repository, "examples", name, "index.ts"), "utf8");
    const run = await underMocks<Record<string, unknown>>(() => moduleOf(source, require), {
        project: name,
        config: { ...hosts, [`${name}:sshKey`]: "ssh key" },
    });
    const text = [...run.confs]
        .sort()
        .map(([iface, conf]) => `# ${iface}\n${conf}`)
        .join("\n");
    expectGolden(`sdk/golden/${name}.conf`, `# examples/${name}, public keys made of names\n\n${text}`);
    expect(run.result).toEqual(exported[name]?.(run));
});
