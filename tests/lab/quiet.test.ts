import type { Graph } from "../../provider/planner";
import { host, iface, peer, server } from "../planner/scenarios";
import type { Host } from "../support/lab/host";
import { Lab } from "../support/lab/lab";
import { meshStack, reachable } from "../support/lab/meshStack";
import type { NatBox } from "../support/lab/natBox";
import { until } from "../support/lab/until";

// Two clients behind one home router that forgets a silent UDP mapping after 30 s. What the planner chooses keeps ann's; for bob it is switched off.
const graph: Graph = {
    mesh: "quiet",
    hosts: [server("hub"), host("ann"), host("bob")],
    interfaces: [
        iface("hub", "wg0", ["10.0.0.1/24"], 51820),
        iface("ann", "wg0", ["10.0.0.2/24"], 51831),
        iface("bob", "wg0", ["10.0.0.3/24"], 51832),
    ],
    peers: [peer("hub-wg0", "ann-wg0"), peer("hub-wg0", "bob-wg0", { persistentKeepalive: 0 })],
};
const forgetting = 30;
const silence = 75;
let lab: Lab;
let nat: NatBox;
let hub: Host;
let ann: Host;
let bob: Host;

/** Whether the box still knows which client a UDP port belongs to. */
async function remembers(port: number): Promise<boolean> {
    const { stdout } = await nat.namespace.run("cat", ["/proc/net/nf_conntrack"]);
    return stdout.split("\n").some((line) => line.includes(" udp ") && line.includes(`sport=${port} `));
}

beforeAll(async () => {
    lab = await Lab.start();
    nat = lab.natBox("nat", { udpTimeout: forgetting });
    [hub, ann, bob] = await Promise.all([lab.boot("hub"), lab.boot("ann", { behind: nat }), lab.boot("bob", { behind: nat })]);
    const stack = await meshStack(lab, "quiet", { graph, ...reachable([hub, ann, bob]) });
    await stack.up();
}, 120_000);
afterAll(() => lab?.stop());

test("S8: the keepalive is the planner's choice and no file pings", async () => {
    expect(await ann.must("wg show wg0 persistent-keepalive | cut -f 2")).toBe("25\n");
    expect(await hub.must("wg show wg0 persistent-keepalive | cut -f 2 | sort -u")).toBe("off\n");
    expect(await ann.must("grep -ci ping /etc/wireguard/wg0.conf || true")).toBe("0\n");
});

test("S10: after 75 s of silence the hub's first packet reaches the quiet client through the NAT", async () => {
    // Both tunnels are up: bob has to speak first, ann has by herself.
    expect(await hub.ping("10.0.0.2", { wait: 10 })).toMatchObject({ received: 3 });
    expect(await bob.ping("10.0.0.1", { wait: 10 })).toMatchObject({ received: 3 });
    expect(await hub.ping("10.0.0.3")).toMatchObject({ received: 3 });
    expect([await remembers(51831), await remembers(51832)]).toEqual([true, true]);
    const spoken = Date.now();
    await until("the silence", silence + 5, () => Date.now() - spoken > silence * 1000);
    expect([await remembers(51831), await remembers(51832)]).toEqual([true, false]);
    expect(await hub.ping("10.0.0.2", { count: 1, wait: 2 })).toMatchObject({ received: 1 });
    // Without it the same box lets nothing in: the keepalive is what does it.
    expect(await hub.ping("10.0.0.3", { count: 1, wait: 2 })).toMatchObject({ received: 0 });
}, 150_000);
