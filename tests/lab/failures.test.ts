import type { Graph } from "../../provider/planner/graph";
import type { Host } from "../support/lab/host";
import { Lab } from "../support/lab/lab";
import { type DeclaredInLab, declare, meshStack, reachable } from "../support/lab/meshStack";
import type { Stack } from "../support/lab/stack";

// A hub, one client that is all right, and one client for each thing that goes wrong on real hosts.
const clients = ["well", "silent", "stranger", "locked", "busy", "foreign"] as const;
let lab: Lab;
let hosts: ReadonlyMap<string, Host>;
let stack: Stack;
const host = (name: string) => hosts.get(name) as Host;
const foreignConf = "[Interface]\nPrivateKey = sPfbQFeCDlYDYzMXOTmhgGMfZQdh9+CdW+Hwur2ZzXU=\nAddress = 172.31.0.1/24\n";

const graph: Graph = {
    mesh: "failures",
    hosts: ["hub", ...clients].map((name) => ({ name, managed: true, endpoint: name === "hub" })),
    interfaces: [
        { name: "hub-wg0", host: "hub", interfaceName: "wg0", addresses: ["10.0.0.1/24"], listenPort: 51820 },
        ...clients.map((name, i) => ({
            name: `${name}-wg0`,
            host: name,
            interfaceName: "wg0",
            addresses: [`10.0.0.${i + 2}/24`],
            listenPort: 51821,
        })),
    ],
    peers: clients.map((name) => ({ name, between: ["hub-wg0", `${name}-wg0`] as const })),
};

/** As it should be, with few dials so that a failure is quick. */
function declared(broken: boolean): DeclaredInLab {
    const { connections, endpoints } = reachable([...hosts.values()]);
    const quick = Object.fromEntries(
        Object.entries(connections).map(([name, one]) => [name, { ...one, dialErrorLimit: 3, perDialTimeout: 3 }]),
    );
    const wrong = {
        stranger: { ...quick["stranger"], hostKey: host("well").hostKey },
        locked: { ...quick["locked"], user: "nopass" },
    };
    return { graph, connections: broken ? { ...quick, ...wrong } : quick, endpoints };
}

beforeAll(async () => {
    lab = await Lab.start();
    hosts = new Map((await Promise.all(["hub", ...clients].map((name) => lab.boot(name)))).map((one) => [one.name, one]));
    host("silent").cable().cut();
    // Something else listens on the port; a unit of its own, so that it can be stopped.
    await host("busy").must(
        "systemd-run --unit=squatter --service-type=exec perl -MIO::Socket::INET -e 'push @held, IO::Socket::INET->new(Proto=>q(udp),LocalPort=>51821) || die; sleep'",
    );
    await host("foreign").must(`umask 077; cat >/etc/wireguard/wg0.conf && systemctl enable --now wg-quick@wg0`, {
        input: foreignConf,
    });
    stack = await meshStack(lab, "failures", declared(true));
}, 180_000);
afterAll(() => lab?.stop());

describe("one up with five kinds of trouble", () => {
    let output: string;
    /** The diagnostics of one host's push. */
    const said = (name: string) => new RegExp(`command:remote:Command \\(${name}\\):\\n((?: {4}.*\\n)+)`).exec(output)?.[1] ?? "";
    beforeAll(async () => {
        const finished = await stack.up({ mayFail: true });
        expect(finished.code).not.toBe(0);
        output = finished.stdout + finished.stderr;
    }, 180_000);

    test.each([
        ["host unreachable", "silent", /198\.51\.100\.\d+:22.*(timeout|no route|timed out|unreachable)/i],
        ["wrong host key", "stranger", /host key mismatch/],
        ["sudo needs a password", "locked", /error:[\s\S]*Process exited with status \d+: running[\s\S]*sudo[\s\S]*password/],
        ["port taken", "busy", /UDP port 51821 of wg0 on busy is taken by process perl/],
        ["a .conf of somebody else", "foreign", /\/etc\/wireguard\/wg0\.conf[\s\S]*adopt: true/],
    ])("%s: a clear error that names host and cause", (_name, name, cause) => {
        expect(said(name)).toMatch(cause);
    });

    test("S9: the hosts without trouble are finished and reach each other", async () => {
        expect(await host("well").ping("10.0.0.1")).toMatchObject({ received: 3 });
        expect(await host("hub").must("wg show wg0 peers | wc -l")).toBe("6\n");
    });

    test("nothing was lost or left behind on the hosts in trouble", async () => {
        const [conf = "", state] = (
            await host("foreign").must(
                "cat /etc/wireguard/wg0.conf; echo ---; systemctl is-active wg-quick@wg0; ip -br addr show wg0",
            )
        ).split("---\n");
        expect([conf, state]).toEqual([foreignConf, expect.stringMatching(/^active\nwg0 .*172\.31\.0\.1\/24/)]);
        expect(
            await host("busy").must(
                "ls /etc/wireguard; systemctl is-enabled wg-quick@wg0 2>&1 || true; ip link show wg0 2>&1 || true",
            ),
        ).toMatch(/^(disabled|not-found|Failed.*)\n.*does not exist/);
        expect(await host("locked").must("ls /etc/wireguard")).toBe("");
    });
});

test("when the causes are gone the next up converges", async () => {
    host("silent").cable().mend();
    await host("busy").must("systemctl stop squatter");
    await host("foreign").must("systemctl disable --now wg-quick@wg0; rm /etc/wireguard/wg0.conf");
    declare(stack, declared(false));
    const { stdout } = await stack.up();
    for (const name of clients) {
        expect(await host(name).ping("10.0.0.1")).toMatchObject({ received: 3 });
    }
    // well is contacted only if its declaration changed; it did not.
    expect(stdout).not.toMatch(/remote:Command\s+well/);
    await stack.destroy();
}, 240_000);
