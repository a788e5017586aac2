import type { Graph, Route } from "../../provider/planner";
import { host, iface, internet, on, peer, server } from "../planner/scenarios";
import type { Host } from "../support/lab/host";
import { Lab } from "../support/lab/lab";
import { declare, meshStack, reachable } from "../support/lab/meshStack";
import type { NatBox } from "../support/lab/natBox";
import type { Stack } from "../support/lab/stack";
import { type Mirror, mirrorOn } from "./mirror";

// ann is on the controller's own net; bob is at home, and even the controller's SSH session with him depends on his default route.
const web = "203.0.113.80";
let lab: Lab;
let box: NatBox;
let hub: Host;
let ann: Host;
let bob: Host;
let stack: Stack;
let mirror: Mirror;

function graph(routes: readonly Route[]): Graph {
    return {
        mesh: "surf",
        hosts: [server("hub"), host("ann"), host("bob")],
        interfaces: [
            iface("hub", "wg0", ["10.0.0.1/24"], 51820),
            iface("ann", "wg0", ["10.0.0.2/24"]),
            iface("bob", "wg0", ["10.0.0.3/24"]),
        ],
        peers: [peer("hub-wg0", "ann-wg0"), peer("hub-wg0", "bob-wg0")],
        routes,
    };
}
const surf = (name: string, exclude: readonly string[] = []): Route => ({
    name,
    from: [on(`${name}-wg0`)],
    to: [internet("hub")],
    initiate: "from",
    ...(exclude.length === 0 ? {} : { exclude }),
});
const up = (routes: readonly Route[], mayFail = false) => {
    declare(stack, { graph: graph(routes), ...reachable([hub, ann, bob]) });
    return stack.up({ mayFail });
};

beforeAll(async () => {
    lab = await Lab.start();
    box = lab.natBox("box");
    [hub, ann, bob] = await Promise.all([lab.boot("hub"), lab.boot("ann"), lab.boot("bob", { behind: box, manage: "forward" })]);
    // Somewhere on the internet: every host's default route leads to the controller's machine.
    lab.controller.namespace.ip(`address add ${web}/32 dev lo`);
    mirror = await mirrorOn(lab.controller);
    stack = await meshStack(lab, "surf", { graph: graph([]), ...reachable([hub, ann, bob]) });
    await stack.up();
}, 180_000);
afterAll(() => lab?.stop());

test("without a route to the internet each uses its own uplink", async () => {
    expect(await Promise.all([hub, ann, bob].map((one) => mirror.seen(one, web)))).toEqual([hub.address, ann.address, box.address]);
    expect(await ann.ping("10.0.0.1", { wait: 10 })).toMatchObject({ received: 3 });
});

test("full tunnel: the client's traffic leaves through the exit host with its address, and the push's own SSH session survives", async () => {
    const logins = await ann.sshLogins();
    await up([surf("ann")]);
    expect(await ann.must("wg show wg0 allowed-ips | cut -f 2")).toBe("0.0.0.0/0\n");
    expect(await mirror.seen(ann, web)).toBe(hub.address);
    expect(await ann.ping(web)).toMatchObject({ received: 3, ttl: [63, 63, 63] });
    expect(await ann.ping("10.0.0.1")).toMatchObject({ received: 3 });
    expect(await ann.sshLogins()).toBe(logins + 1);
    expect(await ann.ssh("id -un")).toMatchObject({ code: 0, stdout: "root\n" });
    // The others' traffic is not touched.
    expect([await mirror.seen(hub, web), await mirror.seen(bob, web)]).toEqual([hub.address, box.address]);
}, 120_000);

test("full tunnel: after a reboot of the client it is the same, without an up", async () => {
    await ann.reboot();
    expect(await ann.ping("10.0.0.1", { wait: 10 })).toMatchObject({ received: 3 });
    expect(await mirror.seen(ann, web)).toBe(hub.address);
    expect(await ann.ssh("id -un")).toMatchObject({ code: 0 });
}, 90_000);

test("full tunnel: who is not declared does not get out through the exit host, whatever he does to his host", async () => {
    await bob.must(`wg set wg0 peer "$(wg show wg0 peers)" allowed-ips 0.0.0.0/0 && ip route add ${web}/32 dev wg0`);
    expect(await bob.ping("10.0.0.1", { wait: 10 })).toMatchObject({ received: 3 });
    expect(await mirror.seen(bob, web)).toBeUndefined();
    await bob.must(`ip route del ${web}/32 dev wg0 && wg set wg0 peer "$(wg show wg0 peers)" allowed-ips 10.0.0.1/32`);
});

test("split tunnel: what is excluded stays on the client's own uplink, the rest leaves through the exit host, and SSH over NAT survives", async () => {
    await up([surf("ann"), surf("bob", ["198.51.100.0/24"])]);
    expect(await mirror.seen(bob, web)).toBe(hub.address);
    expect(await mirror.seen(bob, "198.51.100.1")).toBe(box.address);
    expect(await bob.ping("10.0.0.1")).toMatchObject({ received: 3 });
    expect(await bob.ssh("id -un")).toMatchObject({ code: 0, stdout: "root\n" });
}, 120_000);

test("split tunnel: after a reboot it is the same, without an up", async () => {
    await bob.reboot();
    expect(await bob.ping("10.0.0.1", { wait: 10 })).toMatchObject({ received: 3 });
    expect([await mirror.seen(bob, web), await mirror.seen(bob, "198.51.100.1")]).toEqual([hub.address, box.address]);
}, 90_000);

test("a full tunnel that would swallow the answers of the client's own sshd is rolled back, and nobody is locked out", async () => {
    const conf = () => bob.must("cat /etc/wireguard/wg0.conf; ip rule; wg show wg0 allowed-ips; systemctl is-active wg-quick@wg0");
    const before = await conf();
    const { code, stdout, stderr } = await up([surf("ann"), surf("bob")], true);
    expect(code).not.toBe(0);
    expect(stdout + stderr).toMatch(/rolled back: after the change bob heard nothing from the controller/);
    expect(await conf()).toBe(before);
    expect(await bob.ssh("id -un")).toMatchObject({ code: 0, stdout: "root\n" });
    expect(await mirror.seen(ann, web)).toBe(hub.address);
    await up([surf("ann"), surf("bob", ["198.51.100.0/24"])]);
    expect(await mirror.seen(bob, web)).toBe(hub.address);
}, 300_000);

test("destroy: everybody is back on his own uplink", async () => {
    await stack.destroy();
    expect(await Promise.all([hub, ann, bob].map((one) => mirror.seen(one, web)))).toEqual([hub.address, ann.address, box.address]);
    for (const one of [hub, ann, bob]) {
        expect(await one.must("ip rule; sysctl -n net.ipv4.ip_forward")).toBe(
            "0:\tfrom all lookup local\n32766:\tfrom all lookup main\n32767:\tfrom all lookup default\n0\n",
        );
    }
}, 120_000);
