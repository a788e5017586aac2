import * as pulumi from "@pulumi/pulumi";
import * as wg from "pulumi-wireguard";

// Three machines that you can reach over SSH, e.g. { "host": "203.0.113.7", "hostKey": "ssh-ed25519 AAAA…" }.
const config = new pulumi.Config();
const privateKey = config.requireSecret("sshKey");
const machine = (name: string) => config.requireObject<{ host: string; hostKey: string }>(name);
const connection = (name: string) => ({ ...machine(name), privateKey });

const mesh = new wg.Mesh("office");

const hub = new wg.Host("hub", { mesh, endpoint: machine("hub").host, connection: connection("hub") });
const ann = new wg.Host("ann", { mesh, connection: connection("ann") });
const bob = new wg.Host("bob", { mesh, connection: connection("bob") });

const wg0 = new wg.WireGuardInterface("hub-wg0", { host: hub, name: "wg0", addresses: ["10.0.0.1/24"], listenPort: 51820 });
const wg1 = new wg.WireGuardInterface("hub-wg1", { host: hub, name: "wg1", addresses: ["10.0.1.1/24"], listenPort: 51821 });
const annWg = new wg.WireGuardInterface("ann-wg0", { host: ann, name: "wg0", addresses: ["10.0.0.2/24"] });
const bobWg = new wg.WireGuardInterface("bob-wg0", { host: bob, name: "wg0", addresses: ["10.0.1.2/24"] });

new wg.Peer("ann", { between: [wg0, annWg] });
new wg.Peer("bob", { between: [wg1, bobWg] });
new wg.Route("clients", { from: wg0.network, to: wg1.network });

// One more client, once its machine is configured: `pulumi config set --path carol.host …`.
if (config.getObject("carol") !== undefined) {
    const carol = new wg.Host("carol", { mesh, connection: connection("carol") });
    const carolWg = new wg.WireGuardInterface("carol-wg0", { host: carol, name: "wg0", addresses: ["10.0.0.3/24"] });
    new wg.Peer("carol", { between: [wg0, carolWg] });
}

mesh.deploy();
