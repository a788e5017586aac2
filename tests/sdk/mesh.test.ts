import * as pulumi from "@pulumi/pulumi";
import * as qrcode from "qrcode";
import * as wg from "../../sdk";

interface Registered {
    readonly type: string;
    readonly name: string;
    readonly inputs: Readonly<Record<string, unknown>>;
}

const unsecret = (value: unknown): unknown =>
    typeof value === "object" && value !== null && "value" in value ? value.value : value;
const key = (name: string) => Buffer.from(name.padEnd(32, ".")).toString("base64");

/** Runs a program under Pulumi's mocks and gives back what it registered, in order of type and name. Keys are derived from names. */
async function registered(program: () => void): Promise<Registered[]> {
    const all: Registered[] = [];
    await pulumi.runtime.setMocks(
        {
            newResource: ({ type, name, inputs }) => {
                all.push({ type, name, inputs });
                const keys = type.endsWith(":KeyPair")
                    ? { privateKey: key(`private ${name}`), publicKey: key(`public ${name}`) }
                    : {};
                return { id: name, state: { ...inputs, ...keys } };
            },
            call: () => ({}),
        },
        "project",
        "stack",
    );
    await pulumi.runtime.runInPulumiStack(async () => program());
    await pulumi.runtime.disconnect();
    return all
        .filter((one) => one.type !== "pulumi:pulumi:Stack")
        .sort((a, b) => `${a.type} ${a.name}`.localeCompare(`${b.type} ${b.name}`));
}

const connection = (host: string): wg.ConnectionArgs => ({
    host,
    user: "ops",
    privateKey: "ssh key",
    hostKey: `ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI${"A".repeat(43)}`,
});

/** S1 of seed.md, ann managed and bob a phone. */
function twoInterfaceHub(): { bob: wg.WireGuardInterface; ann: wg.WireGuardInterface } {
    const mesh = new wg.Mesh("office");
    const hub = new wg.Host("hub", { mesh, endpoint: "wireguard.example.com", connection: connection("198.51.100.10") });
    const ann = new wg.Host("ann", { mesh, connection: { ...connection("198.51.100.11"), dialErrorLimit: 36 } });
    const bob = new wg.Host("bob", { mesh });
    const wg0 = new wg.WireGuardInterface("hub-wg0", { host: hub, name: "wg0", addresses: ["10.0.0.1/24"], listenPort: 51820 });
    const wg1 = new wg.WireGuardInterface("hub-wg1", { host: hub, name: "wg1", addresses: ["10.0.1.1/24"], listenPort: 51821 });
    const annWg = new wg.WireGuardInterface("ann-wg0", { host: ann, name: "wg0", addresses: ["10.0.0.2/24"] });
    const bobWg = new wg.WireGuardInterface("bob-wg0", { host: bob, name: "wg0", addresses: ["10.0.1.2/24"] });
    new wg.Peer("ann", { between: [wg0, annWg], presharedKey: key("psk") });
    new wg.Peer("bob", { between: [wg1, bobWg] });
    new wg.Route("clients", { from: wg0.network, to: wg1.network });
    mesh.deploy();
    return { ann: annWg, bob: bobWg };
}

describe("S1 as resources", () => {
    let all: Registered[];
    let config: string;
    let qr: string;
    const timeouts: Record<string, unknown> = {};
    const inputs = (type: string, name: string) =>
        all.find((one) => one.type.endsWith(`:${type}`) && one.name === name)?.inputs ?? {};

    beforeAll(async () => {
        all = await registered(() => {
            pulumi.runtime.registerStackTransformation(({ type, name, opts }) => {
                if (type === "command:remote:Command") {
                    timeouts[name] = (opts as pulumi.CustomResourceOptions).customTimeouts;
                }
                return undefined;
            });
            const { bob } = twoInterfaceHub();
            bob.config.apply((text) => {
                config = text;
            });
            bob.qr.apply((text) => {
                qr = text;
            });
        });
    });

    test("one row per declaration, one push per managed host", () => {
        expect(all.map((one) => `${one.type} ${one.name}`)).toEqual([
            "command:remote:Command ann",
            "command:remote:Command hub",
            "pulumi-nodejs:dynamic/wireguard:Forwarding hub",
            "pulumi-nodejs:dynamic/wireguard:KeyPair ann-wg0",
            "pulumi-nodejs:dynamic/wireguard:KeyPair bob-wg0",
            "pulumi-nodejs:dynamic/wireguard:KeyPair hub-wg0",
            "pulumi-nodejs:dynamic/wireguard:KeyPair hub-wg1",
            "pulumi-nodejs:dynamic/wireguard:Peer ann",
            "pulumi-nodejs:dynamic/wireguard:Peer bob",
            "pulumi-nodejs:dynamic/wireguard:Route clients",
            "pulumi-nodejs:dynamic/wireguard:WireGuardInterface ann-wg0",
            "pulumi-nodejs:dynamic/wireguard:WireGuardInterface bob-wg0",
            "pulumi-nodejs:dynamic/wireguard:WireGuardInterface hub-wg0",
            "pulumi-nodejs:dynamic/wireguard:WireGuardInterface hub-wg1",
            "pulumi-wireguard:index:Host ann",
            "pulumi-wireguard:index:Host bob",
            "pulumi-wireguard:index:Host hub",
            "pulumi-wireguard:index:Mesh office",
        ]);
    });

    test("planned facts are plain inputs: they show in a preview", () => {
        expect(inputs("Peer", "ann")).toMatchObject({
            between: ["hub-wg0", "ann-wg0"],
            allowedIPs: { "hub-wg0": ["10.0.0.2/32"], "ann-wg0": ["10.0.0.1/32", "10.0.1.0/24"] },
            persistentKeepalive: { "ann-wg0": 25 },
        });
        expect(inputs("Route", "clients")).toMatchObject({
            name: "clients",
            from: ["10.0.0.0/24"],
            to: ["10.0.1.0/24"],
            initiate: "both",
            allow: [],
        });
        expect(inputs("WireGuardInterface", "ann-wg0")).toMatchObject({ host: "ann", interfaceName: "wg0" });
        expect(inputs("WireGuardInterface", "ann-wg0")["conf"]).toContain(
            "AllowedIPs = 10.0.0.1/32, 10.0.1.0/24\nEndpoint = wireguard.example.com:51820\n",
        );
    });

    test("no secret key is in any plain input; the push carries them in one secret", () => {
        const push = inputs("Command", "ann");
        const secret = "1b47061264138c4ac30d75fd1eb44270"; // Pulumi's mark of a secret
        const plain = JSON.stringify(all, (_key, value) =>
            JSON.stringify(value)?.startsWith(`{"4dabf18193072939515e22adb298388d":"${secret}"`) ? undefined : value,
        );
        for (const name of ["private ann-wg0", "private hub-wg0", "psk"]) {
            expect(plain).not.toContain(key(name));
        }
        expect(unsecret(inputs("Peer", "ann")["presharedKey"])).toBe(key("psk"));
        expect(JSON.stringify(push["stdin"])).toContain(secret);
        expect(String(unsecret(push["stdin"]))).toContain(key("private ann-wg0"));
        expect(String(unsecret(push["stdin"]))).not.toContain(key("private hub-wg0"));
        expect(`${push["create"]}${push["update"]}${push["delete"]}`).not.toContain(key("private ann-wg0"));
    });

    test("the push says as little as @pulumi/command needs", () => {
        expect(inputs("Command", "ann")).toMatchObject({ logging: "none", addPreviousOutputInEnv: false });
        expect(inputs("Command", "ann")["triggers"]).toEqual(["198.51.100.11"]); // another address: replaced, taken off the old machine first
        const given = unsecret(inputs("Command", "ann")["connection"]) as Record<string, unknown>;
        expect(Object.keys(given).sort()).toEqual([
            "dialErrorLimit",
            "host",
            "hostKey",
            "perDialTimeout",
            "port",
            "privateKey",
            "user",
        ]);
        expect(given).toMatchObject({ dialErrorLimit: 36, perDialTimeout: 5 });
    });

    test("a host that answered before has two minutes to do so again, unless the program says how often to dial", () => {
        expect(timeouts).toEqual({ hub: { update: "2m", delete: "2m" }, ann: {} });
    });

    test("the .conf of a preview shows public keys, so that a change of a key shows on both sides", () => {
        const conf = inputs("WireGuardInterface", "ann-wg0")["conf"];
        expect(conf).toContain(`PrivateKey = (private key of ann-wg0, public key ${key("public ann-wg0")})\n`);
        expect(conf).toContain(`PublicKey = ${key("public hub-wg0")}\nPresharedKey = (preshared key of ann)\n`);
    });

    test("a device's config and QR code are outputs", () => {
        expect(config).toContain(`PrivateKey = ${key("private bob-wg0")}`);
        expect(config).toContain(`PublicKey = ${key("public hub-wg1")}`);
    });

    test("the QR code is black on white in any terminal, its modules those of the config, in a border of four", () => {
        const drawn = qr.split("\n").flatMap((line) => {
            expect([line.slice(0, 19), line.slice(-4)]).toEqual(["\u001b[38;5;16;48;5;231m", "\u001b[0m"]);
            const blocks = line.slice(19, -4);
            expect(blocks).toMatch(/^[ ▀▄█]+$/);
            return ["▀█", "▄█"].map((dark) => [...blocks].map((block) => (dark.includes(block) ? "#" : ".")).join(""));
        });
        const { modules } = qrcode.create(config, { errorCorrectionLevel: "L" });
        const border = ".".repeat(4);
        const rows = Array.from({ length: modules.size }, (_, y) =>
            Array.from({ length: modules.size }, (__, x) => (modules.get(y, x) ? "#" : ".")).join(""),
        ).map((row) => border + row + border);
        const blank = ".".repeat(modules.size + 8);
        // Two modules to a line: one row more below, because the number of rows is odd.
        expect(drawn).toEqual([...Array(4).fill(blank), ...rows, ...Array(5).fill(blank)]);
    });
});

describe("a mesh", () => {
    test("cannot be declared into after deploy, nor deployed twice", async () => {
        await registered(() => {
            const mesh = new wg.Mesh("office");
            const host = new wg.Host("hub", { mesh });
            mesh.deploy();
            expect(() => mesh.deploy()).toThrow(
                /^mesh "office" is deployed already; call mesh\.deploy\(\) once, after the last declaration \(tests\/sdk\/mesh\.test\.ts:\d+\)$/,
            );
            expect(() => new wg.Host("late", { mesh })).toThrow(
                /^mesh "office" is deployed already; declare host "late" before mesh\.deploy\(\) \(tests\/sdk\/mesh\.test\.ts:\d+\)$/,
            );
            expect(() => host.lan("192.168.10.0/24")).toThrow(
                /^mesh "office" is deployed already; declare lan before mesh\.deploy\(\) \(tests\/sdk\/mesh\.test\.ts:\d+\)$/,
            );
        });
    });

    test("gives the same LAN for the same call", async () => {
        await registered(() => {
            const mesh = new wg.Mesh("office");
            const host = new wg.Host("hub", { mesh });
            expect(host.lan("192.168.10.0/24")).toBe(host.lan("192.168.10.0/24"));
            expect(host.lan("192.168.20.0/24")).not.toBe(host.lan("192.168.10.0/24"));
            mesh.deploy();
        });
    });
});

test("an interface as the endpoint of another one is planned, in files, previews and pushes, and no value is asked for", async () => {
    const all = await registered(() => {
        const mesh = new wg.Mesh("nested");
        const hub = new wg.Host("hub", { mesh, connection: connection("198.51.100.10") });
        const ann = new wg.Host("ann", { mesh, connection: connection("198.51.100.11") });
        const on = (host: wg.Host, name: string, address: string, more: Partial<wg.WireGuardInterfaceArgs> = {}) =>
            new wg.WireGuardInterface(`${host.hostName}-${name}`, { host, name, addresses: [address], ...more });
        const wg0 = on(hub, "wg0", "10.0.0.1/24", { listenPort: 51820, endpoint: "vpn.example.com" });
        const wg1 = on(hub, "wg1", "10.0.1.1/24", { listenPort: 51821, endpoint: wg0 });
        new wg.Peer("outer", { between: [wg0, on(ann, "wg0", "10.0.0.2/24")] });
        new wg.Peer("inner", { between: [wg1, on(ann, "wg1", "10.0.1.2/24")] });
        mesh.deploy();
    });
    const row = (type: string, name: string) => all.find((one) => one.type.endsWith(type) && one.name === name)?.inputs ?? {};
    expect(row(":WireGuardInterface", "ann-wg1")["conf"]).toMatch(/^MTU = 1340$[\s\S]*^Endpoint = 10\.0\.0\.1:51821$/m);
    expect(row(":WireGuardInterface", "ann-wg0")["conf"]).toMatch(/^Endpoint = vpn\.example\.com:51820$/m);
    expect(row(":WireGuardInterface", "hub-wg1")["conf"]).not.toMatch(/Endpoint/);
    expect(row(":Peer", "inner")["persistentKeepalive"]).toEqual({ "ann-wg1": 25 });
    expect(unsecret(row(":Command", "ann")["stdin"])).toContain("Endpoint = 10.0.0.1:51821\n");
});
