import { type CliRun, ProgramFolder } from "../support/programFolder";

// What a preview tells about keys: which peers get another one, and no secret.
const [keyA, keyB, pskA, pskB] = (["A", "B", "C", "D"] as const).map((letter) => `${letter.repeat(42)}E=`) as [
    string,
    string,
    string,
    string,
];
let folder: ProgramFolder;
beforeAll(() => {
    folder = new ProgramFolder();
});
afterAll(() => folder.remove());

/** A hub with two clients; everybody is a device, so that nobody is pushed to. The client `bob` has a key that Pulumi makes. */
const program = (key: string, psk: string) => `
    const wg = require("pulumi-wireguard");
    const mesh = new wg.Mesh("office");
    const hub = new wg.Host("hub", { mesh, endpoint: "198.51.100.10" });
    const wg0 = new wg.WireGuardInterface("hub-wg0", { host: hub, name: "wg0", addresses: ["10.0.0.1/24"], listenPort: 51820 });
    const client = (name, nth, args) =>
        new wg.WireGuardInterface(name + "-wg0", { host: new wg.Host(name, { mesh }), name: "wg0", addresses: ["10.0.0." + nth + "/24"], ...args });
    new wg.Peer("ann", { between: [wg0, client("ann", 2, { privateKey: "${key}" })], presharedKey: "${psk}" });
    new wg.Peer("bob", { between: [wg0, client("bob", 3, {})] });
    mesh.deploy();
`;
/** What a preview lists as changing, e.g. `update Peer ann`. */
const changes = ({ output }: CliRun) =>
    [...output.matchAll(/^ *[~+-]+ +pulumi-nodejs:dynamic\/wireguard:(\w+) (\S+) (\w+)/gm)]
        .map(([, type, name, what]) => `${what} ${type} ${name}`)
        .sort();

test("nothing changes where no key does; another key shows at its pair and on both sides of its peers, a preshared key at the peer", async () => {
    expect((await folder.up(program(keyA, pskA))).status).toBe(0);
    expect(changes(await folder.preview(program(keyA, pskA)))).toEqual([]);
    const run = await folder.preview(program(keyB, pskB));
    expect(changes(run)).toEqual([
        "update KeyPair ann-wg0",
        "update Peer ann",
        "update WireGuardInterface ann-wg0",
        "update WireGuardInterface hub-wg0",
    ]);
    expect(run.output).toContain("Peer ann update [diff: ~presharedKey]");
    expect(run.output).toContain("    hub/wg0: live, new public key of ann-wg0 (reconnects)\n");
    expect(run.output).toContain("    ann/wg0: live, private key changed\n");
    const { output } = await folder.preview(program(keyB, pskB), "--diff");
    expect(output).toMatch(/# ann-wg0\n +- PublicKey = (\S{43}=)\n +\+ PublicKey = (?!\1)\S{43}=\n/);
    expect(output).toContain("~ presharedKey: [secret] => [secret]");
    for (const secret of [keyA, keyB, pskA, pskB]) {
        expect(run.output + output).not.toContain(secret);
    }
}, 120_000);

test("a key that Pulumi makes anew shows on both sides before it is made", async () => {
    const pair =
        "urn:pulumi:test::test::pulumi-wireguard:index:Mesh$pulumi-wireguard:index:Host$pulumi-nodejs:dynamic/wireguard:KeyPair::bob-wg0";
    const run = await folder.preview(program(keyA, pskA), "--replace", pair, "--diff");
    expect(run.output).toMatch(/# bob-wg0\n +- PublicKey = \S{43}=\n +\+ PublicKey = \(public key of bob-wg0\)\n/);
    expect(run.output).toMatch(
        /- PrivateKey = \(private key of bob-wg0, public key \S{43}=\)\n +\+ PrivateKey = \(private key of bob-wg0\)\n/,
    );
    expect(run.output).toMatch(/\+-1 replaced|\+-1 to replace/);
}, 120_000);
