import type { Graph, Route } from "../../provider/planner/graph";
import type { Host } from "../support/lab/host";
import { Lab } from "../support/lab/lab";
import { declare, meshStack, reachable } from "../support/lab/meshStack";
import type { Stack } from "../support/lab/stack";

// One hub interface with four clients; the routes change from test to test.
const clients = ["c1", "c2", "c3", "c4"] as const;
const addressOf: Readonly<Record<string, string>> = {
    hub: "10.0.0.1",
    c1: "10.0.0.2",
    c2: "10.0.0.3",
    c3: "10.0.0.4",
    c4: "10.0.0.5",
};
let lab: Lab;
let hosts: readonly Host[];
let stack: Stack;
const host = (name: string) => hosts.find((one) => one.name === name) as Host;

function graph(routes: readonly Route[]): Graph {
    return {
        mesh: "clients",
        hosts: ["hub", ...clients].map((name) => ({ name, managed: true, endpoint: name === "hub" })),
        interfaces: ["hub", ...clients].map((name) => ({
            name: `${name}-wg0`,
            host: name,
            interfaceName: "wg0",
            addresses: [`${addressOf[name]}/24`],
            ...(name === "hub" ? { listenPort: 51820 } : {}),
        })),
        peers: clients.map((name) => ({ name, between: ["hub-wg0", `${name}-wg0`] as const })),
        routes,
    };
}

const end = (name: string) => ({ kind: "interface" as const, interface: `${name}-wg0` });

/** Which clients answer which, as "c1-c2" for every ordered pair that does. */
async function answering(): Promise<string[]> {
    const pairs = clients.flatMap((from) => clients.filter((to) => to !== from).map((to) => [from, to] as const));
    const results = await Promise.all(pairs.map(([from, to]) => host(from).ping(addressOf[to] ?? "", { count: 2 })));
    return pairs.filter((_pair, i) => results[i]?.received === 2).map((pair) => pair.join("-"));
}

const allowedIPs = async (name: string) =>
    (await host(name).must("wg show wg0 allowed-ips"))
        .trim()
        .split("\n")
        .map((line) => line.split("\t")[1] ?? "")
        .sort();

beforeAll(async () => {
    lab = await Lab.start();
    hosts = await Promise.all(["hub", ...clients].map((name) => lab.boot(name)));
    stack = await meshStack(lab, "clients", { graph: graph([]), ...reachable(hosts) });
}, 120_000);
afterAll(() => lab?.stop());

test("S6: without a route clients reach the hub and not each other", async () => {
    await stack.up();
    expect(await answering()).toEqual([]);
    for (const name of clients) {
        expect(await host(name).ping("10.0.0.1")).toMatchObject({ received: 3 });
        expect(await allowedIPs(name)).toEqual(["10.0.0.1/32"]);
    }
}, 180_000);

test("S3: chosen clients reach each other, others not, and have no allowed IPs for each other", async () => {
    const routes = [
        { name: "c1-c2", from: [end("c1")], to: [end("c2")] },
        { name: "c1-c3", from: [end("c1")], to: [end("c3")] },
    ];
    declare(stack, { graph: graph(routes), ...reachable(hosts) });
    await stack.up();
    expect(await answering()).toEqual(["c1-c2", "c1-c3", "c2-c1", "c3-c1"]);
    expect([await allowedIPs("c1"), await allowedIPs("c2"), await allowedIPs("c4")]).toEqual([
        ["10.0.0.1/32 10.0.0.3/32 10.0.0.4/32"],
        ["10.0.0.1/32 10.0.0.2/32"],
        ["10.0.0.1/32"],
    ]);
}, 120_000);

test("S2: a route from a network to itself lets all clients reach each other through the hub, whose peers stay /32", async () => {
    const network = { kind: "network" as const, interface: "hub-wg0" };
    declare(stack, { graph: graph([{ name: "all", from: [network], to: [network] }]), ...reachable(hosts) });
    await stack.up();
    expect(await answering()).toHaveLength(12);
    expect(await allowedIPs("hub")).toEqual(["10.0.0.2/32", "10.0.0.3/32", "10.0.0.4/32", "10.0.0.5/32"]);
    expect(await allowedIPs("c1")).toEqual(["10.0.0.0/24"]);
}, 120_000);

test("S6: taking the route away again cuts them off", async () => {
    declare(stack, { graph: graph([]), ...reachable(hosts) });
    await stack.up();
    expect(await answering()).toEqual([]);
    await stack.destroy();
}, 180_000);
