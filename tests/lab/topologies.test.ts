import { explain, type Graph, type Question, type RouteEnd } from "../../provider/planner";
import { host, iface, lan, on, peer, server } from "../planner/scenarios";
import type { Host } from "../support/lab/host";
import { Lab } from "../support/lab/lab";
import { meshStack, reachable } from "../support/lab/meshStack";
import type { Stack } from "../support/lab/stack";
import type { Station } from "../support/lab/station";
import { until } from "../support/lab/until";
import { drops, dropsDuring } from "./drops";
import { mirrorOn } from "./mirror";

// a - h1 - h2 - h3 - b (and so do h1 and h3 by the interfaces at the ends; h2 - h3 has no IPv4 of its own), over another interface of each hub, with a LAN behind either end, a LAN that knows no way back behind h3, and c beside a.
const graph: Graph = {
    mesh: "chain",
    hosts: [host("a"), server("h1"), server("h2"), server("h3"), host("b"), host("c")],
    interfaces: [
        iface("a", "wg0", ["10.0.1.2/24", "fd00:1::2/64"]),
        iface("c", "wg0", ["10.0.1.3/24"]),
        iface("h1", "wg0", ["10.0.1.1/24", "fd00:1::1/64"], 51820),
        iface("h1", "wg1", ["10.0.12.1/24", "fd00:12::1/64"], 51821),
        iface("h2", "wg0", ["10.0.12.2/24", "fd00:12::2/64"], 51820),
        iface("h2", "wg1", ["fd00:23::2/64"], 51821),
        iface("h3", "wg0", ["fd00:23::3/64"], 51820),
        iface("h3", "wg1", ["10.0.3.1/24", "fd00:3::1/64"], 51821),
        iface("b", "wg0", ["10.0.3.2/24", "fd00:3::2/64"]),
    ],
    peers: [
        peer("a-wg0", "h1-wg0"),
        peer("c-wg0", "h1-wg0"),
        peer("h1-wg1", "h2-wg0"),
        peer("h2-wg1", "h3-wg0"),
        peer("h3-wg1", "b-wg0"),
    ],
    lans: [
        { host: "a", prefix: "192.168.10.0/24" },
        { host: "b", prefix: "192.168.20.0/24" },
        { host: "h3", prefix: "192.168.30.0/24", nat: true },
    ],
    routes: [
        { name: "ends", from: [on("a-wg0"), on("h1-wg0")], to: [on("b-wg0"), on("h3-wg1")] },
        { name: "sites", from: [lan("a", "192.168.10.0/24")], to: [lan("b", "192.168.20.0/24")] },
        {
            name: "cameras",
            from: [on("a-wg0"), lan("a", "192.168.10.0/24")],
            to: [lan("h3", "192.168.30.0/24")],
            initiate: "from",
        },
        { name: "web", from: [on("c-wg0")], to: [on("b-wg0")], allow: ["tcp/8080"], initiate: "from" },
        { name: "watch", from: [on("c-wg0")], to: [lan("b", "192.168.20.0/24")], initiate: "from" },
    ],
};
const names = ["a", "h1", "h2", "h3", "b", "c"] as const;
type Name = (typeof names)[number];
let lab: Lab;
let hosts: Readonly<Record<Name, Host>>;
let stack: Stack;
/** Machines in the LANs: of a, of b, of h3 without any default route, of h3 with one. */
let desk: Station;
let printer: Station;
let camera: Station;
let recorder: Station;
const routerBit = (one: Host) =>
    one.must("sysctl -n net.ipv4.ip_forward net.ipv6.conf.all.forwarding net.ipv6.conf.eth0.accept_ra");
const all3 = (ttl: number) => ({ received: 3, ttl: [ttl, ttl, ttl] });

/** Sends a router advertisement (RFC 4861 4.2) with a default route and a prefix to everybody on the public net. */
async function advertise(): Promise<void> {
    // The kernel fills in the checksum; receivers want hop limit 255. 41: IPPROTO_IPV6, 17 and 18: IPV6_MULTICAST_IF and _HOPS.
    const program = `
        use Socket qw(:all);
        socket(my $socket, AF_INET6, SOCK_RAW, 58) or die "socket: $!";
        open(my $file, "<", "/sys/class/net/public0/ifindex"); my $index = 0 + <$file>;
        setsockopt($socket, 41, 17, pack("i", $index)) or die $!;
        setsockopt($socket, 41, 18, pack("i", 255)) or die $!;
        my $prefix = pack("CCCCNNN", 3, 4, 64, 0xc0, 3600, 1800, 0) . inet_pton(AF_INET6, "2001:db8:51::");
        my $packet = pack("CCnCCnNN", 134, 0, 0, 64, 0, 1800, 0, 0) . $prefix;
        send($socket, $packet, 0, pack_sockaddr_in6(0, inet_pton(AF_INET6, "ff02::1"), $index)) or die "send: $!";
    `;
    expect(await lab.controller.namespace.run("perl", ["-e", program])).toMatchObject({ code: 0, stderr: "" });
}

beforeAll(async () => {
    lab = await Lab.start();
    const booted = await Promise.all(names.map(async (name) => [name, await lab.boot(name)] as const));
    hosts = Object.fromEntries(booted) as Record<Name, Host>;
    desk = lab.lan(hosts.a, "192.168.10.1/24").machine("desk", "192.168.10.5/24");
    printer = lab.lan(hosts.b, "192.168.20.1/24").machine("printer", "192.168.20.5/24");
    const site = lab.lan(hosts.h3, "192.168.30.1/24");
    camera = site.machine("camera", "192.168.30.5/24", { defaultVia: "none" });
    recorder = site.machine("recorder", "192.168.30.6/24");
    stack = await meshStack(lab, "chain", { graph, ...reachable(Object.values(hosts)) });
    await stack.up();
}, 180_000);
afterAll(() => lab?.stop());

test("a four-hop chain: first packets pass both ways, over IPv4 and IPv6, and every hub takes one hop", async () => {
    // A tunnel that was tried before its other end was pushed is tried again after 5 s (REKEY_TIMEOUT).
    expect(await hosts.a.ping("10.0.3.2", { wait: 10 })).toMatchObject(all3(61));
    expect(await hosts.b.ping("10.0.1.2")).toMatchObject(all3(61));
    expect(await hosts.a.ping("fd00:3::2")).toMatchObject(all3(61));
    expect(await hosts.b.ping("fd00:1::2")).toMatchObject(all3(61));
});

test("I9: what a hub sends without a source goes out with its declared one, first packet included, both ways", async () => {
    // Three of three answers: nobody has asked before.
    expect(await hosts.h1.ping("10.0.3.2")).toMatchObject(all3(62));
    expect(await hosts.h1.ping("10.0.3.1")).toMatchObject(all3(63));
    expect(await hosts.h3.ping("10.0.1.2")).toMatchObject(all3(62));
    expect(await hosts.h3.ping("10.0.1.1")).toMatchObject(all3(63));
    expect(await hosts.h1.ping("fd00:3::2")).toMatchObject(all3(62));
    expect(await hosts.h3.ping("fd00:1::2")).toMatchObject(all3(62));
    expect(await hosts.h3.ping("10.0.1.2", { from: "10.0.3.1" })).toMatchObject(all3(62));
    const mirror = await mirrorOn(hosts.b);
    expect(await mirror.seen(hosts.h1, "10.0.3.2")).toBe("10.0.1.1");
    expect(await mirror.seen(hosts.h1, "fd00:3::2")).toBe("fd00:1::1");
    expect(await mirror.seen(hosts.a, "10.0.3.2")).toBe("10.0.1.2");
    await mirror.close();
    // The link that h3 sends by has no IPv4 address, so the kernel takes the one of the uplink.
    expect(await hosts.h3.must("ip route get 10.0.1.2")).toMatch(/dev wg0 src 198\.51\.100\./);
    const other = await mirrorOn(hosts.a);
    expect(await other.seen(hosts.h3, "10.0.1.2")).toBe("10.0.3.1");
    await other.close();
    expect(explain(graph, "h1", on("b-wg0")).lines).toContain("  h1: its source 10.0.12.1 becomes 10.0.1.1");
});

test("I9: a hub between the ends has no address that a route names, and its own packets are dropped and counted", async () => {
    const dropped = await dropsDuring(hosts.h2, "chain", async () => {
        expect(await hosts.h2.ping("10.0.3.2")).toMatchObject({ received: 0 });
        expect(await hosts.h2.ping("10.0.1.2")).toMatchObject({ received: 0 });
    });
    expect(dropped["not declared"]).toBeGreaterThanOrEqual(6);
    expect(explain(graph, "h2", on("b-wg0")).reason).toBe("h2: dropped: no Route declares 10.0.12.2 -> 10.0.3.2");
});

test("packets as large as the tunnels' MTU pass whole, larger ones are refused", async () => {
    expect(await hosts.a.ping("10.0.3.2", { size: 1420 - 28, df: true })).toMatchObject(all3(61));
    expect(await hosts.a.ping("10.0.3.2", { size: 1421 - 28, df: true })).toMatchObject({ received: 0 });
    expect(await hosts.a.ping("fd00:3::2", { size: 1420 - 48, df: true })).toMatchObject(all3(61));
});

test("only hosts that pass packets on forward, in the families they pass on, and those still listen to their uplink's router", async () => {
    for (const name of ["h1", "h2", "h3"] as const) {
        expect(await routerBit(hosts[name])).toBe("1\n1\n2\n");
    }
    // a and b are the routers of IPv4 LANs.
    expect([await routerBit(hosts.a), await routerBit(hosts.b), await routerBit(hosts.c)]).toEqual([
        "1\n0\n1\n",
        "1\n0\n1\n",
        "0\n0\n1\n",
    ]);
    expect(await hosts.h2.must("ip -6 route show default")).toBe("");
    await advertise();
    expect(await hosts.h2.must("for i in $(seq 50); do ip -6 route show default | grep . && break; sleep 0.1; done")).toMatch(
        /^default via fe80::\S+ dev eth0 proto ra /,
    );
});

describe("S4: LANs", () => {
    test("site to site: machines reach each other by plain routing, in both directions", async () => {
        expect(await desk.ping("192.168.20.5")).toMatchObject(all3(59));
        expect(await printer.ping("192.168.10.5")).toMatchObject(all3(59));
        const mirror = await mirrorOn(printer);
        expect(await mirror.seen(desk, "192.168.20.5")).toBe("192.168.10.5");
        await mirror.close();
    });

    test("TCP of a LAN announces no larger segments than the tunnels carry, in either direction", async () => {
        const listener = await printer.listen(8080);
        const dump = hosts.a.must("timeout 20 tcpdump -nn -l -i any -c 4 'tcp[tcpflags] & tcp-syn != 0'");
        await until("its capture", 10, async () => (await hosts.a.exec("sed 1d /proc/net/packet | grep -q .")).code === 0);
        expect(await desk.connects("192.168.20.5", 8080)).toBe(true);
        await listener.close();
        const seen = [...(await dump).matchAll(/ (\S+) +(In|Out) +IP .* Flags \[(S\.?)\].*mss (\d+)/g)].map(([, ...what]) =>
            what.join(" "),
        );
        // 1420 less 40; the desk's own Ethernet takes 1460.
        expect(seen).toEqual(["lan0 In S 1460", "wg0 Out S 1380", "wg0 In S. 1380", "lan0 Out S. 1380"]);
    });

    test("nat: a machine that knows no way back is reached by masquerade", async () => {
        expect(await camera.ping("192.168.10.5")).toMatchObject({ received: 0, text: expect.stringContaining("unreachable") });
        expect(await desk.ping("192.168.30.5")).toMatchObject(all3(60));
        expect(await hosts.a.ping("192.168.30.5")).toMatchObject(all3(61));
        const mirror = await mirrorOn(camera);
        expect(await mirror.seen(desk, "192.168.30.5")).toBe("192.168.30.1");
        await mirror.close();
    });

    test("nat: a machine of that LAN opens no connection back, even with a default route, and its router counts it", async () => {
        expect(await desk.ping("192.168.30.6")).toMatchObject({ received: 3 });
        const listener = await desk.listen(8080);
        const before = (await drops(hosts.h3, "chain"))["not declared"] ?? 0;
        expect(await recorder.ping("192.168.10.5")).toMatchObject({ received: 0 });
        expect(await recorder.ping("10.0.1.2")).toMatchObject({ received: 0 });
        expect(await recorder.connects("192.168.10.5", 8080)).toBe(false);
        expect((await drops(hosts.h3, "chain"))["not declared"]).toBeGreaterThanOrEqual(before + 7);
        await listener.close();
    });

    test("a LAN that a host has no route to is not reached", async () => {
        expect(await hosts.c.ping("192.168.10.5")).toMatchObject({ received: 0 });
        expect(await hosts.c.ping("192.168.30.5")).toMatchObject({ received: 0 });
        expect(await printer.ping("192.168.30.5")).toMatchObject({ received: 0 });
    });
});

describe("S7: explain says what packets really do", () => {
    const tcp = (port: number): Question => ({ protocol: "tcp", port });
    const sites = { a: lan("a", "192.168.10.0/24"), b: lan("b", "192.168.20.0/24"), nat: lan("h3", "192.168.30.0/24") };
    // From, to, what for, whether it works, and where it ends when not.
    const rows: readonly (readonly [Name | "desk" | "printer" | "recorder", RouteEnd, string, RouteEnd, Question, boolean])[] = [
        ["a", on("a-wg0"), "10.0.3.2", on("b-wg0"), {}, true],
        ["b", on("b-wg0"), "10.0.1.2", on("a-wg0"), {}, true],
        ["a", on("a-wg0"), "192.168.20.5", sites.b, {}, false],
        ["desk", sites.a, "192.168.20.5", sites.b, {}, true],
        ["desk", sites.a, "192.168.30.5", sites.nat, {}, true],
        ["desk", sites.a, "10.0.3.2", on("b-wg0"), {}, false],
        ["recorder", sites.nat, "192.168.10.5", sites.a, {}, false],
        // narrowed to one port
        ["c", on("c-wg0"), "10.0.3.2", on("b-wg0"), tcp(8080), true],
        ["c", on("c-wg0"), "10.0.3.2", on("b-wg0"), tcp(8081), false],
        ["c", on("c-wg0"), "10.0.3.2", on("b-wg0"), { protocol: "icmp" }, false],
        ["b", on("b-wg0"), "10.0.1.3", on("c-wg0"), tcp(8080), false],
        // one way
        ["c", on("c-wg0"), "192.168.20.5", sites.b, tcp(8081), true],
        ["c", on("c-wg0"), "192.168.20.5", sites.b, {}, true],
        ["printer", sites.b, "10.0.1.3", on("c-wg0"), tcp(8080), false],
        ["printer", sites.b, "10.0.1.3", on("c-wg0"), {}, false],
        // beside the routes
        ["c", on("c-wg0"), "10.0.1.2", on("a-wg0"), {}, false],
        ["c", on("c-wg0"), "10.0.1.1", on("h1-wg0"), {}, true],
        ["a", on("a-wg0"), "10.0.12.2", on("h2-wg0"), {}, false],
        ["h1", on("h1-wg1"), "10.0.12.2", on("h2-wg0"), {}, true],
    ];
    const station = (name: (typeof rows)[number][0]): Station => ({ ...hosts, desk, printer, recorder })[name];

    beforeAll(async () => {
        for (const one of [hosts.b, hosts.c, printer]) {
            await one.listen(8080);
            await one.listen(8081);
        }
    });

    test.each(rows)("%s (%j) to %s (%j) for %j: %s", async (from, source, address, destination, question, works) => {
        const port = question.port;
        const really =
            port === undefined ? (await station(from).ping(address)).received === 3 : await station(from).connects(address, port);
        const explained = explain(graph, source, destination, question);
        expect([really, explained.reaches, explained.lines.join("\n")]).toEqual([works, works, expect.any(String)]);
        if (!works) {
            expect(explained.reason).toMatch(/^(a|b|c|h1|h2|h3): /);
        }
    });

    test("the host that it names has counted the drop", async () => {
        const { reason = "" } = explain(graph, on("c-wg0"), on("b-wg0"), tcp(8081));
        const dropping = names.find((name) => reason.startsWith(`${name}: dropped`));
        expect(reason).toMatch(/route "web" only lets tcp\/8080 pass/);
        expect(dropping).toBeDefined();
        const count = async () => (await drops(hosts[dropping ?? "a"], "chain"))["not declared"] ?? 0;
        const before = await count();
        expect(await hosts.c.connects("10.0.3.2", 8081)).toBe(false);
        expect(await count()).toBeGreaterThan(before);
    });
});

test("destroy gives the hosts their forwarding back", async () => {
    await stack.destroy();
    for (const name of names) {
        expect([name, await routerBit(hosts[name])]).toEqual([name, "0\n0\n1\n"]);
    }
}, 120_000);
