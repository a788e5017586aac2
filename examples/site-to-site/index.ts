import * as pulumi from "@pulumi/pulumi";
import * as wg from "pulumi-wireguard";

// Two gateways that you can reach over SSH, e.g. { "host": "203.0.113.7", "hostKey": "ssh-ed25519 AAAA…" }.
const config = new pulumi.Config();
const privateKey = config.requireSecret("sshKey");
const machine = (name: string) => config.requireObject<{ host: string; hostKey: string }>(name);

const mesh = new wg.Mesh("sites");
const berlin = new wg.Host("berlin", {
    mesh,
    endpoint: machine("berlin").host,
    connection: { ...machine("berlin"), privateKey },
});
const paris = new wg.Host("paris", { mesh, connection: { ...machine("paris"), privateKey } });
const berlinWg = new wg.WireGuardInterface("berlin-wg0", {
    host: berlin,
    name: "wg0",
    addresses: ["10.0.0.1/24"],
    listenPort: 51820,
});
const parisWg = new wg.WireGuardInterface("paris-wg0", { host: paris, name: "wg0", addresses: ["10.0.0.2/24"] });

// Both gateways are the default route of their LAN, so machines on both sides can open connections.
const office = berlin.lan("192.168.10.0/24");
wg.siteToSite("offices", { between: [berlinWg, parisWg], lans: [office, paris.lan("192.168.20.0/24")] });

// The router of the warehouse knows nothing of the mesh: paris masquerades towards it, so it answers and cannot call.
new wg.Route("scanners", {
    from: office,
    to: paris.lan("192.168.30.0/24", { nat: true }),
    initiate: "from",
    allow: ["tcp/443", "icmp"],
});

mesh.expectDeny(office, paris.lan("192.168.30.0/24", { nat: true }), { protocol: "tcp", port: 22 });
mesh.deploy();
