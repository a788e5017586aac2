import { declared } from "../support/inline/declared";
import { type CliRun, ProgramFolder } from "../support/programFolder";

// Programs in plain JavaScript, which no compiler has checked, through real previews.
let folder: ProgramFolder;
beforeAll(() => {
    folder = new ProgramFolder();
});
afterAll(() => folder.remove());

const preview = (rest: string): Promise<CliRun> =>
    folder.preview(`
        const wg = require("pulumi-wireguard");
        const declared = ${declared.toString()};
        const mesh = declared();
        const hub = new wg.Host("second", { mesh, endpoint: "198.51.100.9" });
        const wg1 = new wg.WireGuardInterface("second-wg0", { host: hub, name: "wg0", addresses: ["10.0.9.1/24"], listenPort: 51829 });
        const eve = new wg.Host("eve", { mesh });
        ${rest}
        mesh.deploy();
    `);

/** The failures of an invalid graph, without their places. */
const failures = ({ output }: CliRun) => [...output.matchAll(/^ {6}- (.*?) \(index\.js:\d+\)$/gm)].map((match) => match[1]);

test("misspelt options are said all at once, each once, with what was meant; no value is shown", async () => {
    const run = await preview(`
        const privatKey = "yAnz5TF+lXXJte14tji3zlMNq+hd2rYUIgJBgB3fBmk=";
        const hostKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI${"A".repeat(43)}";
        new wg.Host("tom", { mesh, endPoint: "198.51.100.8", conection: { host: "198.51.100.8", hostkey: hostKey, proxy: { hots: "198.51.100.7", hostKey } } });
        const eveWg = new wg.WireGuardInterface("eve-wg0", { hosts: eve, name: "wg0", adresses: ["10.0.9.2/24"], privatKey, password: privatKey });
        const spoke = new wg.WireGuardInterface("spoke", { host: new wg.Host("tim", { mesh }), name: "wg0", addresses: ["10.0.9.3/24"] });
        wg.hubAndSpoke("star", { hub: wg1, spokes: [spoke], isolate: true });
        new wg.Route("lan", { from: wg1.network, to: hub.lan("192.168.9.0/24", { masquerade: true }), initiat: "both" });
        new wg.Peer("eve", { betwen: [wg1, eveWg], keepalive: 25 });
        mesh.expectReach(eveWg, wg1, { ports: 443, protocol: "tcp" });
    `);
    expect(failures(run)).toEqual([
        'tom.endPoint: is not a field of a host; did you mean "endpoint"?',
        'tom.conection: is not a field of a host; did you mean "connection"?',
        'tom.connection.hostkey: is not a field of a connection; did you mean "hostKey"?',
        'tom.connection.proxy.hots: is not a field of a proxy; did you mean "host"?',
        'eve-wg0.hosts: is not a field of an interface; did you mean "host"?',
        'eve-wg0.adresses: is not a field of an interface; did you mean "addresses"?',
        'eve-wg0.privatKey: is not a field of an interface; did you mean "privateKey"?',
        "eve-wg0.password: is not a field of an interface; its fields are host, name, addresses, allocate, listenPort, endpoint, privateKey, mtu, adopt",
        'star.isolate: is not a field of a hub and spokes; did you mean "isolated"?',
        'second.lan("192.168.9.0/24").masquerade: is not a field of a LAN; its fields are nat',
        'lan.initiat: is not a field of a route; did you mean "initiate"?',
        'eve.betwen: is not a field of a peer; did you mean "between"?',
        "eve.keepalive: is not a field of a peer; its fields are between, cost, persistentKeepalive, presharedKey",
        'expectReach(eve-wg0, second-wg0).ports: is not a field of a packet; did you mean "port"?',
    ]);
    expect(run.status).not.toBe(0);
    expect(run.output).not.toContain("yAnz5TF");
}, 60_000);

test("nobody may hide from the preview what the push changes", async () => {
    const run = await preview(`
        const eveWg = new wg.WireGuardInterface("eve-wg0", { host: eve, name: "wg0", addresses: ["10.0.9.2/24"] }, { ignoreChanges: ["conf", "host"] });
        new wg.Peer("eve", { between: [wg1, eveWg] }, { ignoreChanges: ["allowedIPs"] });
        new wg.Route("all", { from: wg1.network, to: wg1.network }, { ignoreChanges: ["to[0]"] });
    `);
    const rule = "the push would change it on the hosts all the same, and no preview would show it";
    expect(failures(run)).toEqual([
        `eve-wg0.ignoreChanges: must not name "conf": ${rule}`,
        `eve-wg0.ignoreChanges: must not name "host": ${rule}`,
        `eve.ignoreChanges: must not name "allowedIPs": ${rule}`,
        `all.ignoreChanges: must not name "to[0]": ${rule}`,
    ]);
    expect(run.status).not.toBe(0);
}, 60_000);

test("what cannot be collected is one sentence with its place, and no stack", async () => {
    const { status, output } = await preview('new wg.Peer("eve", { between: [wg1, eve] });');
    expect(output).toMatch(/error: peer "eve": between\[1\] must be a WireGuardInterface, got host "eve" \(index\.js:\d+\)\n/);
    expect(output).not.toMatch(/^\s+at |TypeError/m);
    expect(status).not.toBe(0);
}, 60_000);
