import type { Graph, Route } from "../../provider/planner";
import { host, iface, internet, on, peer, server } from "../planner/scenarios";
import type { Host } from "../support/lab/host";
import { Lab } from "../support/lab/lab";
import { declare, meshStack, reachable } from "../support/lab/meshStack";
import type { NatBox } from "../support/lab/natBox";
import type { Stack } from "../support/lab/stack";
import { dropsDuring } from "./drops";
import { type Mirror, mirrorOn } from "./mirror";

// ann is on the controller's own net; bob is at home, and even the controller's SSH session with him depends on his default route. carl may
// not use the exit.
const web = "203.0.113.80";
let lab: Lab;
let box: NatBox;
let hub: Host;
let ann: Host;
let bob: Host;
let carl: Host;
let stack: Stack;
let mirror: Mirror;

function graph(routes: readonly Route[]): Graph {
    return {
        mesh: "surf",
        hosts: [server("hub"), host("ann"), host("bob"), host("carl")],
        interfaces: [
            iface("hub", "wg0", ["10.0.0.1/24"], 51820),
            iface("ann", "wg0", ["10.0.0.2/24"]),
            iface("bob", "wg0", ["10.0.0.3/24"]),
            iface("carl", "wg0", ["10.0.0.4/24"]),
        ],
        peers: [peer("hub-wg0", "ann-wg0"), peer("hub-wg0", "bob-wg0"), peer("hub-wg0", "carl-wg0")],
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
const up = (routes: readonly Route[]) => {
    declare(stack, { graph: graph(routes), ...reachable([hub, ann, bob, carl]) });
    return stack.up();
};

beforeAll(async () => {
    lab = await Lab.start();
    box = lab.natBox("box");
    [hub, ann, bob, carl] = await Promise.all([
        lab.boot("hub"),
        lab.boot("ann"),
        lab.boot("bob", { behind: box, manage: "forward" }),
        lab.boot("carl"),
    ]);
    // Somewhere on the internet: every host's default route leads to the controller's machine.
    lab.controller.namespace.ip(`address add ${web}/32 dev lo`);
    box.namespace.ip("route add default via 198.51.100.1");
    mirror = await mirrorOn(lab.controller);
    stack = await meshStack(lab, "surf", { graph: graph([]), ...reachable([hub, ann, bob, carl]) });
    await stack.up();
}, 180_000);
afterAll(() => lab?.stop());

test("without a route to the internet each uses its own uplink", async () => {
    expect(await Promise.all([hub, ann, bob].map((one) => mirror.seen(one, web)))).toEqual([
        hub.address,
        ann.address,
        box.address,
    ]);
    expect(await ann.ping("10.0.0.1", { wait: 10 })).toMatchObject({ received: 3 });
});

describe("full tunnels", () => {
    test("ann's and bob's traffic leaves through the exit host with its address, and the pushes' own SSH sessions survive", async () => {
        const before = await Promise.all([ann.sshLogins(), bob.sshLogins()]);
        await up([surf("ann"), surf("bob")]);
        for (const one of [ann, bob]) {
            expect(await one.must("wg show wg0 allowed-ips | cut -f 2")).toBe("0.0.0.0/0\n");
            expect(await mirror.seen(one, web)).toBe(hub.address);
            expect(await one.ping(web)).toMatchObject({ received: 3, ttl: [63, 63, 63] });
            expect(await one.ping("10.0.0.1")).toMatchObject({ received: 3 });
        }
        // One login each: no push had to be tried again.
        expect(await Promise.all([ann.sshLogins(), bob.sshLogins()])).toEqual(before.map((logins) => logins + 1));
        // The exit host itself uses its own uplink as before.
        expect(await mirror.seen(hub, web)).toBe(hub.address);
    }, 120_000);

    test("who connects to bob from outside is answered by the way he came, what bob begins goes into the tunnel", async () => {
        expect(await bob.ssh("id -un")).toMatchObject({ code: 0, stdout: "root\n" });
        expect(await mirror.seen(bob, "198.51.100.1")).toBe(hub.address);
    });

    test("who is not declared does not get out through the exit host, whatever he does to his host", async () => {
        await carl.must(`wg set wg0 peer "$(wg show wg0 peers)" allowed-ips 0.0.0.0/0 && ip route add ${web}/32 dev wg0`);
        expect(await carl.ping("10.0.0.1", { wait: 10 })).toMatchObject({ received: 3 });
        let seen: string | undefined;
        const dropped = await dropsDuring(hub, "surf", async () => {
            seen = await mirror.seen(carl, web);
        });
        expect([seen, dropped]).toEqual([undefined, { "not declared": expect.any(Number) }]);
    });

    test("after a reboot of the clients it is the same, without an up", async () => {
        await Promise.all([ann.reboot(), bob.reboot()]);
        for (const one of [ann, bob]) {
            expect(await one.ping("10.0.0.1", { wait: 10 })).toMatchObject({ received: 3 });
            expect(await mirror.seen(one, web)).toBe(hub.address);
            expect(await one.ssh("id -un")).toMatchObject({ code: 0, stdout: "root\n" });
        }
    }, 90_000);
});

test("split tunnel: what is excluded stays on the client's own uplink, the rest leaves through the exit host, and SSH over NAT survives", async () => {
    await up([surf("ann"), surf("bob", ["198.51.100.0/24"])]);
    expect(await mirror.seen(bob, web)).toBe(hub.address);
    expect(await mirror.seen(bob, "198.51.100.1")).toBe(box.address);
    expect(await bob.ping("10.0.0.1")).toMatchObject({ received: 3 });
    expect(await bob.ssh("id -un")).toMatchObject({ code: 0, stdout: "root\n" });
    // What is excluded does not leave through the exit host either when bob pushes it into the tunnel by hand.
    await bob.must("nft flush ruleset");
    await bob.must(`ip rule add to ${ann.address} lookup 77 priority 1 && ip route add ${ann.address} dev wg0 table 77`);
    const dropped = await dropsDuring(hub, "surf", () => bob.ping(ann.address, { from: "10.0.0.3" }));
    expect(dropped).toEqual({ "not declared": expect.any(Number) });
    await bob.must("ip rule delete lookup 77 && ip route flush table 77");
}, 120_000);

test("split tunnel: after a reboot it is the same, without an up", async () => {
    await bob.reboot();
    expect(await bob.ping("10.0.0.1", { wait: 10 })).toMatchObject({ received: 3 });
    expect([await mirror.seen(bob, web), await mirror.seen(bob, "198.51.100.1")]).toEqual([hub.address, box.address]);
}, 90_000);

test("destroy: everybody is back on his own uplink", async () => {
    await stack.destroy();
    expect(await Promise.all([hub, ann, bob].map((one) => mirror.seen(one, web)))).toEqual([
        hub.address,
        ann.address,
        box.address,
    ]);
    for (const one of [hub, ann, bob]) {
        expect(await one.must("ip rule; sysctl -n net.ipv4.ip_forward")).toBe(
            "0:\tfrom all lookup local\n32766:\tfrom all lookup main\n32767:\tfrom all lookup default\n0\n",
        );
    }
}, 120_000);
