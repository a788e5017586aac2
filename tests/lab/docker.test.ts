import type { Graph } from "../../provider/planner";
import { host, iface, network, peer, server } from "../planner/scenarios";
import { install } from "../support/lab/debs";
import type { Host } from "../support/lab/host";
import { Lab } from "../support/lab/lab";
import { meshStack, reachable } from "../support/lab/meshStack";
import type { Stack } from "../support/lab/stack";
import { until } from "../support/lab/until";
import { dropsDuring } from "./drops";

// A hub on whose forwarding somebody else decides too: first a file of nftables, then what docker does with iptables.
const graph: Graph = {
    mesh: "office",
    hosts: [server("hub"), host("ann"), host("bob")],
    interfaces: [
        iface("hub", "wg0", ["10.0.0.1/24"], 51820),
        iface("hub", "wg1", ["10.0.1.1/24"], 51821),
        iface("ann", "wg0", ["10.0.0.2/24"]),
        iface("bob", "wg0", ["10.0.1.2/24"]),
    ],
    peers: [peer("hub-wg0", "ann-wg0"), peer("hub-wg1", "bob-wg0")],
    routes: [{ name: "clients", from: [network("hub-wg0")], to: [network("hub-wg1")] }],
};
let lab: Lab;
let hub: Host;
let ann: Host;
let bob: Host;
let stack: Stack;

const both = async () => [(await ann.ping("10.0.1.2", { wait: 6 })).received, (await bob.ping("10.0.0.2")).received];

beforeAll(async () => {
    lab = await Lab.start();
    [hub, ann, bob] = await Promise.all([lab.boot("hub"), lab.boot("ann"), lab.boot("bob")]);
    stack = await meshStack(lab, "office", { graph, ...reachable([hub, ann, bob]) });
}, 120_000);
afterAll(() => lab?.stop());

describe.each([
    ["inet filter forward", "inet", "filter", "forward"],
    ["ip filter FORWARD, as iptables would name it, without iptables", "ip", "filter", "FORWARD"],
])("a file of nftables whose chain drops: %s", (_title, family, table, chain) => {
    const file = (rules: string) => `
flush ruleset
table ${family} ${table} {
    chain ${chain} {
        type filter hook forward priority filter; policy drop;
        ct state established,related accept
        ${rules}
    }
}
`;
    const write = (rules: string) => hub.must("cat >/etc/nftables.conf", { input: file(rules) });

    test("the push refuses and says what to add; with that added it goes through and traffic passes", async () => {
        await write("");
        await hub.must("systemctl restart nftables");
        const { code, stdout, stderr } = await stack.up({ mayFail: true });
        const said = /nftables chain (.*) on hub would drop what wg0 forwards; add at its top: (.*)/.exec(stdout + stderr);
        expect([code === 0, said?.[1]]).toEqual([false, `${family} ${table} ${chain}`]);
        // A chain is opened for every interface of the mesh; the text names the first that needs it.
        const advice = said?.[2] ?? "";
        await write(`${advice}; ${advice.replaceAll("wg0", "wg1")}`);
        await hub.must("systemctl restart nftables");
        await stack.up();
        expect(await both()).toEqual([3, 3]);
    }, 120_000);

    test("after systemctl reload nftables it still passes, and what is not declared still does not", async () => {
        await hub.must("systemctl reload nftables");
        expect(await both()).toEqual([3, 3]);
        // Out of the mesh: the file lets whatever comes from wg0 pass, the mesh's own table does not.
        await ann.must('wg set wg0 peer "$(wg show wg0 peers)" allowed-ips 0.0.0.0/0 && ip route add 203.0.113.80/32 dev wg0');
        expect(await dropsDuring(hub, "office", () => ann.ping("203.0.113.80"))).toMatchObject({
            "not declared": expect.any(Number),
        });
    }, 60_000);

    afterAll(() => stack.destroy(), 60_000);
});

describe("docker", () => {
    // As dockerd does at every start: its chains if they are not there, the policy, forwarding.
    const unit = `
[Unit]
Description=As docker sets iptables
After=network.target nftables.service
[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/bin/bash -c 'sysctl -qw net.ipv4.ip_forward=1; iptables -N DOCKER-USER; iptables -C FORWARD -j DOCKER-USER || iptables -I FORWARD -j DOCKER-USER; iptables -C DOCKER-USER -j RETURN || iptables -A DOCKER-USER -j RETURN; iptables -P FORWARD DROP'
[Install]
WantedBy=multi-user.target
`;
    const policy = () => hub.must("iptables -S FORWARD | head -n 1; iptables -S DOCKER-USER");

    beforeAll(async () => {
        await hub.must("systemctl disable --now nftables; rm -f /etc/nftables.conf; nft flush ruleset");
        await install(lab, hub, "iptables");
        await hub.must("printf 'flush ruleset\\n' >/etc/nftables.conf; systemctl start nftables");
        await hub.must("cat >/etc/systemd/system/docker.service; systemctl daemon-reload; systemctl enable --now docker", {
            input: unit,
        });
    }, 60_000);

    test("FORWARD DROP: the push opens what is needed and nothing else", async () => {
        await stack.up();
        expect(await both()).toEqual([3, 3]);
        expect(await policy()).toMatch(
            /^-P FORWARD DROP\n-N DOCKER-USER\n(-A DOCKER-USER -[io] wg[01] .*-j ACCEPT\n){4}-A DOCKER-USER -j RETURN\n$/,
        );
        // Without the openings docker's policy does drop it: they are what lets it pass.
        await hub.must("iptables -F DOCKER-USER");
        expect(await both()).toEqual([0, 0]);
    }, 120_000);

    test("a restart of docker opens it again", async () => {
        await hub.must("systemctl restart docker");
        await until("the unit after docker's", 10, async () => (await hub.must("iptables -S DOCKER-USER")).includes("wg1"));
        expect(await both()).toEqual([3, 3]);
    }, 60_000);

    test("systemctl reload nftables, which flushes docker's rules too, and docker's next start", async () => {
        await hub.must("systemctl reload nftables");
        expect(await both()).toEqual([3, 3]);
        await hub.must("systemctl restart docker");
        await until("the unit after docker's", 10, async () => (await hub.must("iptables -S DOCKER-USER")).includes("wg1"));
        expect(await policy()).toMatch(/^-P FORWARD DROP\n/);
        expect(await both()).toEqual([3, 3]);
    }, 60_000);

    test("after a reboot it passes without an up", async () => {
        await hub.reboot();
        // The hub has forgotten where its clients are; a client that starts anew says so at once.
        await Promise.all([ann, bob].map((one) => one.must("systemctl restart wg-quick@wg0")));
        expect(await policy()).toMatch(/^-P FORWARD DROP\n/);
        expect(await both()).toEqual([3, 3]);
    }, 90_000);

    test("destroy takes the openings away and leaves docker's policy", async () => {
        await stack.destroy();
        expect(await policy()).toBe("-P FORWARD DROP\n-N DOCKER-USER\n-A DOCKER-USER -j RETURN\n");
    }, 60_000);
});
