import * as pulumi from "@pulumi/pulumi";
import * as wg from "../../sdk";

/** What TypeScript would not let through, as a program in plain JavaScript writes it. */
type Unchecked = (new (...args: readonly unknown[]) => object) & ((...args: readonly unknown[]) => unknown);
const { Mesh, Host, WireGuardInterface, Peer, Route, hubAndSpoke, fullMesh, siteToSite } = wg as unknown as Record<
    "Mesh" | "Host" | "WireGuardInterface" | "Peer" | "Route" | "hubAndSpoke" | "fullMesh" | "siteToSite",
    Unchecked
>;

function declared(name: string) {
    const mesh = new wg.Mesh(name);
    const hub = new wg.Host(`${name}-hub`, { mesh, endpoint: "198.51.100.10" });
    const ann = new wg.Host(`${name}-ann`, { mesh });
    const wg0 = new wg.WireGuardInterface(`${name}-wg0`, {
        host: hub,
        name: "wg0",
        addresses: ["10.0.0.1/24"],
        listenPort: 51820,
    });
    const annWg = new wg.WireGuardInterface(`${name}-ann-wg0`, { host: ann, name: "wg0", addresses: ["10.0.0.2/24"] });
    return { mesh, hub, ann, wg0, annWg };
}

type Declared = ReturnType<typeof declared>;

/** What a program in the middle of the declarations of two meshes throws. */
async function thrownBy(program: (office: Declared, lab: Declared) => unknown): Promise<unknown> {
    await pulumi.runtime.setMocks({ newResource: ({ name, inputs }) => ({ id: name, state: inputs }), call: () => ({}) });
    let thrown: unknown;
    await pulumi.runtime.runInPulumiStack(async () => {
        const [office, lab] = [declared("office"), declared("lab")];
        try {
            program(office, lab);
        } catch (error) {
            thrown = error;
        }
        office.mesh.deploy();
        lab.mesh.deploy();
    });
    await pulumi.runtime.disconnect();
    return thrown;
}

type Row = readonly [sentence: string, program: (office: Declared, lab: Declared) => unknown];

const anEnd = "an interface, a network, a LAN or host.internet";
const rows: readonly Row[] = [
    ["the name of a mesh must be a text, got nothing", () => new Mesh()],
    ["the name of a host must be a text, got an empty one", ({ mesh }) => new Host("", { mesh })],
    ["hub: the options of a host must be an object, got nothing", () => new Host("hub")],
    ["hub: the options of a host must be an object, got a list of 1", ({ mesh }) => new Host("hub", [mesh])],
    ['host "hub": mesh must be a Mesh, got nothing', () => new Host("hub", {})],
    ['host "hub": mesh must be a Mesh, got "office"', () => new Host("hub", { mesh: "office" })],
    ['interface "wg9": host must be a Host, got nothing', () => new WireGuardInterface("wg9", { name: "wg9" })],
    [
        'interface "wg9": host must be a Host, got an output',
        ({ hub }) => new WireGuardInterface("wg9", { host: pulumi.output({ hub }) }),
    ],
    ['interface "wg9": host must be a Host, got mesh "office"', ({ mesh }) => new WireGuardInterface("wg9", { host: mesh })],
    ['peer "eve": between must be a list of WireGuardInterface, got nothing', () => new Peer("eve", {})],
    ['peer "eve": between must be a list of WireGuardInterface, got a list of 0', () => new Peer("eve", { between: [] })],
    [
        'peer "eve": between[1] must be a WireGuardInterface, got host "office-ann"',
        ({ wg0, ann }) => new Peer("eve", { between: [wg0, ann] }),
    ],
    [
        'peer "eve": lab-ann-wg0 is of mesh "lab", but must be of mesh "office"',
        ({ wg0 }, { annWg }) => new Peer("eve", { between: [wg0, annWg] }),
    ],
    [`route "all": from must be ${anEnd}, got nothing`, () => new Route("all", {})],
    [`route "all": to must be ${anEnd}, got host "office-hub"`, ({ wg0, hub }) => new Route("all", { from: wg0, to: [hub] })],
    [
        'route "all": lab-wg0.network is of mesh "lab", but must be of mesh "office"',
        ({ wg0 }, lab) => new Route("all", { from: wg0, to: lab.wg0.network }),
    ],
    [
        'expectReach: lab-ann-wg0 is of mesh "lab", but must be of mesh "office"',
        ({ mesh, wg0 }, { annWg }) => mesh.expectReach(wg0, annWg),
    ],
    [
        'explain: office-hub.lan("192.168.9.0/24") is of mesh "office", but must be of mesh "lab"',
        ({ hub }, { mesh, wg0 }) => mesh.explain(hub.lan("192.168.9.0/24"), wg0),
    ],
    [`expectDeny: to must be ${anEnd}, got "lab"`, ({ mesh, wg0 }) => mesh.expectDeny(wg0, "lab" as never)],
    [
        "explain(office-wg0, office-ann-wg0).tcp: is not a field of a packet; its fields are protocol, port",
        ({ mesh, wg0, annWg }) => mesh.explain(wg0, annWg, { tcp: 443 } as never),
    ],
    [
        'explain(office-wg0, office-ann-wg0).port: a port needs protocol "tcp" or "udp", but no protocol is given with port 443',
        ({ mesh, wg0, annWg }) => mesh.explain(wg0, annWg, { port: 443 }),
    ],
    [
        'expectReach(office-wg0, office-ann-wg0): the options of a packet must be an object, got "tcp/443"',
        ({ mesh, wg0, annWg }) => mesh.expectReach(wg0, annWg, "tcp/443" as never),
    ],
    ['hubAndSpoke "all": hub must be a WireGuardInterface, got host "office-hub"', ({ hub }) => hubAndSpoke("all", { hub })],
    [
        'hubAndSpoke "all": spokes must be a list of WireGuardInterface, got nothing',
        ({ wg0 }) => hubAndSpoke("all", { hub: wg0 }),
    ],
    [
        'fullMesh "all": interfaces[1] must be a WireGuardInterface, got a function',
        ({ wg0 }) => fullMesh("all", [wg0, () => wg0]),
    ],
    [
        'siteToSite "all": lans must be a list of Lan, got nothing',
        ({ wg0, annWg }) => siteToSite("all", { between: [wg0, annWg] }),
    ],
];

test.each(rows)("%s", async (sentence, program) => {
    const thrown = await thrownBy(program);
    // A RunError, because Pulumi prints that without a stack; with the place where it was written.
    expect(pulumi.RunError.isInstance(thrown)).toBe(true);
    expect((thrown as Error).message.replace(/\(tests\/sdk\/misuse\.test\.ts:\d+\)$/, "(here)")).toBe(`${sentence} (here)`);
});

test("a sound program throws nothing", async () => {
    expect(await thrownBy(({ wg0, annWg }) => new wg.Peer("ann", { between: [wg0, annWg] }))).toBeUndefined();
});
