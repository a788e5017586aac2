import { explain, type Graph } from "../../provider/planner";
import * as wg from "../../sdk";
import { lan, network, on } from "../planner/scenarios";
import { underMocks } from "../support/underMocks";

// The helpers make the graph that one would write by hand, name by name, and nothing else. `by hand` is a second program, so that what
// interfaces and hosts carry is the same and only what the helper declares can differ.

interface Office {
    readonly mesh: wg.Mesh;
    readonly hosts: Readonly<Record<"hub" | "ann" | "bob", wg.Host>>;
    readonly hub: wg.WireGuardInterface;
    readonly ann: wg.WireGuardInterface;
    readonly bob: wg.WireGuardInterface;
}

async function graphOf(declare: (office: Office) => void): Promise<Graph> {
    const { graphs } = await underMocks(() => {
        const mesh = new wg.Mesh("office");
        const host = (name: string) => new wg.Host(name, { mesh, endpoint: `${name}.example.com` });
        const hosts = { hub: host("hub"), ann: host("ann"), bob: host("bob") };
        const on = (owner: wg.Host, address: string) =>
            new wg.WireGuardInterface(`${owner.hostName}-wg0`, {
                host: owner,
                name: "wg0",
                addresses: [address],
                listenPort: 51820,
            });
        declare({
            mesh,
            hosts,
            hub: on(hosts.hub, "10.0.0.1/24"),
            ann: on(hosts.ann, "10.0.0.2/24"),
            bob: on(hosts.bob, "10.0.0.3/24"),
        });
        mesh.deploy();
    });
    return graphs.get("office") as Graph;
}

const all = { from: [network("hub-wg0")], to: [network("hub-wg0")] };
const rows: readonly (readonly [
    what: string,
    helper: (office: Office) => void,
    byHand: (office: Office) => void,
    declared: Partial<Graph>,
])[] = [
    [
        "hubAndSpoke",
        ({ hub, ann, bob }) => wg.hubAndSpoke("office", { hub, spokes: [ann, bob] }),
        ({ hub, ann, bob }) => {
            new wg.Peer("office-ann-wg0", { between: [hub, ann] });
            new wg.Peer("office-bob-wg0", { between: [hub, bob] });
            new wg.Route("office", { from: hub.network, to: hub.network });
        },
        {
            peers: [
                { name: "office-ann-wg0", between: ["hub-wg0", "ann-wg0"] },
                { name: "office-bob-wg0", between: ["hub-wg0", "bob-wg0"] },
            ],
            routes: [{ name: "office", ...all }],
        },
    ],
    [
        "hubAndSpoke, isolated: false",
        ({ hub, ann, bob }) => wg.hubAndSpoke("office", { hub, spokes: [ann, bob], isolated: false }),
        ({ hub, ann, bob }) => {
            new wg.Peer("office-ann-wg0", { between: [hub, ann] });
            new wg.Peer("office-bob-wg0", { between: [hub, bob] });
            new wg.Route("office", { from: hub.network, to: hub.network });
        },
        { routes: [{ name: "office", ...all }] },
    ],
    [
        "hubAndSpoke, isolated: true",
        ({ hub, ann, bob }) => wg.hubAndSpoke("guests", { hub, spokes: [ann, bob], isolated: true }),
        ({ hub, ann, bob }) => {
            new wg.Peer("guests-ann-wg0", { between: [hub, ann] });
            new wg.Peer("guests-bob-wg0", { between: [hub, bob] });
        },
        { routes: [] },
    ],
    [
        "fullMesh",
        ({ hub, ann, bob }) => wg.fullMesh("cluster", [hub, ann, bob]),
        ({ hub, ann, bob }) => {
            new wg.Peer("cluster-hub-wg0-ann-wg0", { between: [hub, ann] });
            new wg.Peer("cluster-hub-wg0-bob-wg0", { between: [hub, bob] });
            new wg.Peer("cluster-ann-wg0-bob-wg0", { between: [ann, bob] });
        },
        {
            peers: [
                { name: "cluster-hub-wg0-ann-wg0", between: ["hub-wg0", "ann-wg0"] },
                { name: "cluster-hub-wg0-bob-wg0", between: ["hub-wg0", "bob-wg0"] },
                { name: "cluster-ann-wg0-bob-wg0", between: ["ann-wg0", "bob-wg0"] },
            ],
            routes: [],
        },
    ],
    [
        "siteToSite",
        ({ hosts, ann, bob }) =>
            wg.siteToSite("sites", {
                between: [ann, bob],
                lans: [hosts.ann.lan("192.168.10.0/24"), hosts.bob.lan("192.168.20.0/24")],
            }),
        ({ hosts, ann, bob }) => {
            new wg.Peer("sites", { between: [ann, bob] });
            new wg.Route("sites", { from: hosts.ann.lan("192.168.10.0/24"), to: hosts.bob.lan("192.168.20.0/24") });
        },
        {
            peers: [{ name: "sites", between: ["ann-wg0", "bob-wg0"] }],
            lans: [
                { host: "ann", prefix: "192.168.10.0/24" },
                { host: "bob", prefix: "192.168.20.0/24" },
            ],
            routes: [{ name: "sites", from: [lan("ann", "192.168.10.0/24")], to: [lan("bob", "192.168.20.0/24")] }],
        },
    ],
];

test.each(rows)("%s makes the graph written by hand", async (_what, helper, byHand, declared) => {
    const graph = await graphOf(helper);
    expect(graph).toEqual(await graphOf(byHand));
    expect(graph).toMatchObject(declared);
});

test("expectations and what packets they are about are in the graph", async () => {
    const graph = await graphOf(({ mesh, hosts, hub, ann, bob }) => {
        wg.hubAndSpoke("office", { hub, spokes: [ann, bob] });
        mesh.expectReach(ann, bob);
        mesh.expectReach(hub.network, bob, { protocol: "tcp", port: 443 });
        mesh.expectDeny(ann, hosts.hub.lan("192.168.10.0/24"), { protocol: "icmp" });
    });
    expect(graph.expectations).toEqual([
        { kind: "reach", from: on("ann-wg0"), to: on("bob-wg0") },
        { kind: "reach", from: network("hub-wg0"), to: on("bob-wg0"), protocol: "tcp", port: 443 },
        { kind: "deny", from: on("ann-wg0"), to: lan("hub", "192.168.10.0/24"), protocol: "icmp" },
    ]);
});

test("mesh.explain() says what the planner's explain says of the deployed graph", async () => {
    const { result, graphs } = await underMocks(() => {
        const mesh = new wg.Mesh("office");
        const hub = new wg.Host("hub", { mesh, endpoint: "hub.example.com" });
        const on = (name: string, host: wg.Host, address: string, listenPort?: number) =>
            new wg.WireGuardInterface(name, {
                host,
                name: "wg0",
                addresses: [address],
                ...(listenPort === undefined ? {} : { listenPort }),
            });
        const wg0 = on("hub-wg0", hub, "10.0.0.1/24", 51820);
        const [ann, bob] = ["ann", "bob"].map((name, i) =>
            on(`${name}-wg0`, new wg.Host(name, { mesh }), `10.0.0.${i + 2}/24`),
        ) as [wg.WireGuardInterface, wg.WireGuardInterface];
        wg.hubAndSpoke("guests", { hub: wg0, spokes: [ann, bob], isolated: true });
        mesh.deploy();
        return {
            toHub: mesh.explain(ann, wg0, { protocol: "tcp", port: 22 }),
            toBob: mesh.explain(ann, bob),
        };
    });
    const graph = graphs.get("office") as Graph;
    const toHub = explain(graph, "ann-wg0", "hub-wg0", { protocol: "tcp", port: 22 });
    const toBob = explain(graph, "ann-wg0", "bob-wg0");
    expect([toHub.reaches, toBob.reaches]).toEqual([true, false]);
    expect(toHub.lines[0]).toBe("ann-wg0 (10.0.0.2) -> hub-wg0 (10.0.0.1), tcp/22");
    expect(result).toEqual({ toHub: toHub.lines.join("\n"), toBob: toBob.lines.join("\n") });
});
