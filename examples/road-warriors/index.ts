import * as pulumi from "@pulumi/pulumi";
import * as wg from "pulumi-wireguard";

// One hub that you can reach over SSH, e.g. { "host": "203.0.113.7", "hostKey": "ssh-ed25519 AAAA…" }.
const config = new pulumi.Config();
const { host, hostKey } = config.requireObject<{ host: string; hostKey: string }>("hub");
const connection = { host, hostKey, privateKey: config.requireSecret("sshKey") };

const mesh = new wg.Mesh("road");
const hub = new wg.Host("hub", { mesh, endpoint: host, connection });
const pool = new wg.WireGuardInterface("hub-wg0", {
    host: hub,
    name: "wg0",
    addresses: ["10.9.0.1/24"],
    allocate: "10.9.0.0/24",
    listenPort: 51820,
});

// No connection: the phone gets its config as a QR code. No addresses: the pool gives one, and remembers it.
const phone = new wg.WireGuardInterface("phone-wg0", { host: new wg.Host("phone", { mesh }), name: "wg0" });
const laptop = new wg.WireGuardInterface("laptop-wg0", { host: new wg.Host("laptop", { mesh }), name: "wg0" });
new wg.Peer("phone", { between: [pool, phone] });
new wg.Peer("laptop", { between: [pool, laptop] });

// The phone sends everything through the hub; the laptop reaches the hub alone, and neither reaches the other.
new wg.Route("phone-out", { from: phone, to: hub.internet, initiate: "from" });
mesh.expectDeny(laptop, phone);
mesh.deploy();

export const phoneQr = phone.qr;
export const laptopConfig = laptop.config;
export const why = mesh.explain(phone, laptop);
