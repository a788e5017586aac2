/** The oracle against files written by hand, with answers known from reference/wireguard.md: it must not be wrong together with the planner. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Graph, Host, Interface, Peer } from "../../provider/planner/graph";
import { attack } from "../support/oracle/attack";
import { checkFiles, pairs } from "../support/oracle/check";
import { parseConf } from "../support/oracle/conf";
import { conversation } from "../support/oracle/conversation";
import { type Flow, flow, requestPacket, type Service } from "../support/oracle/flow";
import { sampleGraphs } from "../support/oracle/graphs";
import { contains, parseAddress, parsePrefix } from "../support/oracle/ip";
import { privateKeyFor, publicKeyFor, publicKeyOf } from "../support/oracle/keys";
import { parseNft } from "../support/oracle/nftTable";
import { chainsOf, judge } from "../support/oracle/nftVerdict";
import type { Seen } from "../support/oracle/packet";
import { shrinkGraph } from "../support/oracle/shrink";
import { walk } from "../support/oracle/walk";
import { buildWorld, type End, type HostFiles, type World } from "../support/oracle/world";

const ping: Service = { protocol: "icmp", port: 0 };
const https: Service = { protocol: "tcp", port: 443 };
const ssh: Service = { protocol: "tcp", port: 22 };

/** A file with `private: NAME` and `public: NAME` in place of keys. */
function conf(text: string): string {
    return text
        .replace(/^ +/gm, "")
        .replace(/private: (\S+)/g, (_, name: string) => `PrivateKey = ${privateKeyFor(name)}`)
        .replace(/public: (\S+)/g, (_, name: string) => `PublicKey = ${publicKeyFor(name)}`);
}

interface Written {
    readonly [host: string]: {
        readonly confs: Readonly<Record<string, string>>;
        readonly forward?: boolean;
        readonly nft?: string;
    };
}

function files(written: Written): Map<string, HostFiles> {
    return new Map(
        Object.entries(written).map(([host, own]) => [
            host,
            {
                interfaces: Object.entries(own.confs).map(([interfaceName, text]) => ({ interfaceName, conf: conf(text) })),
                forward: { ipv4: own.forward === true, ipv6: own.forward === true },
                nftables: own.nft,
            },
        ]),
    );
}

function end(world: World, address: string): End {
    const found = world.ends.find((each) => each.address.text === parseAddress(address).text);
    if (found === undefined) throw new Error(`no end has ${address}`);
    return found;
}

function go(world: World, from: string, to: string, service = ping): Flow {
    return flow(world, end(world, from), end(world, to), service);
}

function why(result: { readonly ok: boolean; readonly reason?: string }): string {
    return result.ok ? "ok" : (result.reason ?? "");
}

const hub: Host = { name: "hub", managed: true, endpoint: true };
const ann: Host = { name: "ann", managed: true, endpoint: false };
const bob: Host = { name: "bob", managed: false, endpoint: false };
const iface = (name: string, host: string, interfaceName: string, ...addresses: string[]): Interface => ({
    name,
    host,
    interfaceName,
    addresses,
});
const peer = (a: string, b: string): Peer => ({ name: `${a} ${b}`, between: [a, b] });

/** S1 of seed.md. */
const s1: Graph = {
    mesh: "office",
    hosts: [hub, ann, bob],
    interfaces: [
        { ...iface("hub-wg0", "hub", "wg0", "10.0.0.1/24"), listenPort: 51820 },
        { ...iface("hub-wg1", "hub", "wg1", "10.0.1.1/24"), listenPort: 51821 },
        iface("ann-wg0", "ann", "wg0", "10.0.0.2/24"),
        iface("bob-wg0", "bob", "wg0", "10.0.1.2/24"),
    ],
    peers: [peer("hub-wg0", "ann-wg0"), peer("hub-wg1", "bob-wg0")],
    routes: [
        { name: "clients", from: [{ kind: "network", interface: "hub-wg0" }], to: [{ kind: "network", interface: "hub-wg1" }] },
    ],
};

const hubWg0 = `[Interface]
    private: hub-wg0
    Address = 10.0.0.1/24
    ListenPort = 51820
    MTU = 1420
    [Peer]
    public: ann-wg0
    AllowedIPs = 10.0.0.2/32`;
const hubWg1 = `[Interface]
    private: hub-wg1
    Address = 10.0.1.1/24
    ListenPort = 51821
    MTU = 1420
    [Peer]
    public: bob-wg0
    AllowedIPs = 10.0.1.2/32`;
const annWg0 = `[Interface]
    private: ann-wg0
    Address = 10.0.0.2/24
    MTU = 1420
    [Peer]
    public: hub-wg0
    AllowedIPs = 10.0.0.1/32, 10.0.1.0/24
    Endpoint = 198.51.100.10:51820
    PersistentKeepalive = 25`;
const bobWg0 = `[Interface]
    private: bob-wg0
    Address = 10.0.1.2/24
    MTU = 1420
    [Peer]
    public: hub-wg1
    AllowedIPs = 10.0.1.1/32, 10.0.0.0/24
    Endpoint = 198.51.100.10:51821
    PersistentKeepalive = 25`;
const hubNft = `table inet wireguard_office
delete table inet wireguard_office
table inet wireguard_office {
	set src_wg0 { type ipv4_addr; flags interval; elements = { 10.0.0.2 } }
	set src_wg1 { type ipv4_addr; flags interval; elements = { 10.0.1.2 } }
	set overlay { type ipv4_addr; flags interval; elements = { 10.0.0.2, 10.0.1.2 } }
	chain antispoof {
		type filter hook prerouting priority -295; policy accept;
		iifname vmap { "wg0" : jump from_wg0, "wg1" : jump from_wg1, "lo" : accept }
		ip saddr @overlay counter drop comment "overlay source on a foreign interface"
	}
	chain from_wg0 {
		ip saddr @src_wg0 accept
		counter drop
	}
	chain from_wg1 {
		ip saddr @src_wg1 accept
		counter drop
	}
	chain input {
		type filter hook input priority filter - 5; policy accept;
		iifname { "wg0", "wg1" } goto wg_input
	}
	chain wg_input {
		ct state vmap { established : accept, related : accept, invalid : drop }
		iifname "wg0" ip saddr 10.0.0.0/24 ip daddr { 10.0.0.1, 10.0.1.1 } counter accept
		iifname "wg1" ip saddr 10.0.1.0/24 ip daddr { 10.0.0.1, 10.0.1.1 } counter accept
		counter drop
	}
	chain forward {
		type filter hook forward priority filter - 5; policy accept;
		iifname { "wg0", "wg1" } goto wg_forward
		oifname { "wg0", "wg1" } goto wg_forward
	}
	chain wg_forward {
		ct state vmap { established : accept, related : accept, invalid : drop }
		oifname { "wg0", "wg1" } tcp flags syn tcp option maxseg size set rt mtu
		iifname "wg0" oifname "wg1" ip saddr 10.0.0.0/24 ip daddr 10.0.1.0/24 counter accept comment "clients"
		iifname "wg1" oifname "wg0" ip saddr 10.0.1.0/24 ip daddr 10.0.0.0/24 counter accept comment "clients, back"
		counter reject with icmpx admin-prohibited
	}
}
`;
const annNft = `table inet wireguard_office {
	chain antispoof {
		type filter hook prerouting priority -295;
		iifname != "wg0" ip saddr { 10.0.0.1, 10.0.1.0/24 } drop
	}
	chain input {
		type filter hook input priority -5;
		iifname != "wg0" return
		ct state established,related accept
		ip saddr 10.0.0.1 accept
		ip saddr 10.0.1.0/24 accept
		drop
	}
}`;
const s1Files: Written = {
    hub: { confs: { wg0: hubWg0, wg1: hubWg1 }, forward: true, nft: hubNft },
    ann: { confs: { wg0: annWg0 }, nft: annNft },
    bob: { confs: { wg0: bobWg0 } },
};
const withHub = (change: Partial<Written[string]>): Written => ({
    ...s1Files,
    hub: { confs: { wg0: hubWg0, wg1: hubWg1 }, forward: true, nft: hubNft, ...change },
});
const kindsOf = (graph: Graph, written: Written) => [
    ...new Set(checkFiles(graph, files(written)).violations.map(({ kind }) => kind)),
];

test("the oracle shares no code with the provider: only its two doors require it", () => {
    const folder = join(__dirname, "../support/oracle");
    const compiled = readdirSync(folder).filter((name) => name.endsWith(".js"));
    const users = compiled.filter((name) => /require\("[^"]*(provider|sdk)\//.test(readFileSync(join(folder, name), "utf8")));
    expect(compiled.length).toBeGreaterThan(30);
    expect(users.sort()).toEqual(["explained.js", "subject.js"]);
});

describe("addresses", () => {
    test.each([
        ["10.0.0.0/24", "10.0.0.255", true],
        ["10.0.0.0/24", "10.0.1.0", false],
        ["0.0.0.0/0", "255.255.255.255", true],
        ["128.0.0.0/1", "127.255.255.255", false],
        ["10.0.0.77/24", "10.0.0.1", true],
        ["fd00::/64", "fd00::ffff:ffff:ffff:ffff", true],
        ["fd00::/64", "fd00:0:0:1::", false],
        ["fd00::/48", "fd00:0:0:ffff::1", true],
        ["::/0", "10.0.0.1", false],
    ])("%s contains %s: %s", (prefix, address, expected) => {
        expect(contains(parsePrefix(prefix), parseAddress(address))).toBe(expected);
    });

    test("public keys are those of `wg genkey | wg pubkey`", () => {
        expect(publicKeyOf("0BBJRwp1RSukqKUM+0Xt9SQAwKS7SWP6kHEVG7nuL0g=")).toBe("wblq/yO43PE8KrW0nK6MaTPSp/I/83pgzbs3T19+LTQ=");
    });
});

describe("conf grammar", () => {
    test.each([
        ["an unknown key", "[Interface]\nprivate: a\nColour = red", "line unrecognized"],
        ["an empty value", "[Interface]\nprivate: a\n[Peer]\npublic: b\nAllowedIPs =", "line unrecognized"],
        ["a hook, which the walk cannot know", "[Interface]\nprivate: a\nPostUp = reboot", "is not modelled"],
        ["an address in a peer", "[Interface]\nprivate: a\n[Peer]\npublic: b\nAddress = 10.0.0.1/24", "line unrecognized"],
        [
            "a keepalive with a unit",
            "[Interface]\nprivate: a\n[Peer]\npublic: b\nPersistentKeepalive = 25s",
            "bad PersistentKeepalive",
        ],
    ])("%s is refused", (_, text, message) => {
        expect(() => parseConf(conf(text))).toThrow(message);
    });

    test("host bits are cleared, keys are case-insensitive, comments vanish", () => {
        const parsed = parseConf(conf("[interface]\nprivate: a\n[PEER] # x\npublic: b\nallowedips = 10.0.0.77/24,fd00::1 # all"));
        expect(parsed.peers[0]?.allowedIPs.map(({ text }) => text)).toEqual(["10.0.0.0/24", "fd00::1/128"]);
    });
});

describe("S1 by hand", () => {
    const world = buildWorld(s1, files(s1Files));

    test.each([
        ["10.0.0.2", "10.0.1.2"],
        ["10.0.1.2", "10.0.0.2"],
        ["10.0.0.1", "10.0.0.2"],
        ["10.0.0.1", "10.0.1.2"],
        ["10.0.0.2", "10.0.1.1"],
    ])("%s reaches %s by ping and TCP", (from, to) => {
        expect(why(go(world, from, to))).toBe("ok");
        expect(why(go(world, from, to, ssh))).toBe("ok");
    });

    test("the walk names its hosts", () => {
        const result = go(world, "10.0.0.2", "10.0.1.2");
        expect(result.hops.map(({ host, input, output }) => [host, input, output])).toEqual([
            ["ann", undefined, "wg0"],
            ["hub", "wg0", "wg1"],
            ["bob", "wg0", undefined],
        ]);
    });

    test("checkFiles finds nothing", () => {
        const report = checkFiles(s1, files(s1Files));
        expect(report.violations).toEqual([]);
        expect(report.counts).toMatchObject({ promised: expect.any(Number), allowedIPs: 6 });
        expect(report.counts.attacks).toBeGreaterThan(20);
    });

    test("pairs lists every ordered pair of different hosts", () => {
        const all = pairs(world, 22);
        // 4 interface addresses and the internet; 2 of the 4 are on the hub; per family.
        expect(all.filter(({ from, to }) => from.kind === "interface" && to.kind === "interface")).toHaveLength(10);
        expect(
            all
                .filter(({ from, to }) => from.kind === "interface" && to.kind === "interface")
                .every(({ ping, tcp }) => ping && tcp),
        ).toBe(true);
    });

    test.each<[string, Written, string, string, string]>([
        ["forwarding is off", withHub({ forward: false }), "10.0.0.2", "10.0.1.2", "forwarding is off for IPv4"],
        [
            "the client lacks the network",
            { ...s1Files, ann: { confs: { wg0: annWg0.replace(", 10.0.1.0/24", "") } } },
            "10.0.0.2",
            "10.0.1.2",
            `the internet does not know "10.0.1.2"`,
        ],
        [
            "the far client does not accept the source",
            { ...s1Files, bob: { confs: { wg0: bobWg0.replace(", 10.0.0.0/24", "") } } },
            "10.0.0.2",
            "10.0.1.2",
            "no allowed source of hub",
        ],
        [
            "nobody keeps the tunnel alive",
            { ...s1Files, ann: { confs: { wg0: annWg0.replace("PersistentKeepalive = 25", "") } } },
            "10.0.0.1",
            "10.0.0.2",
            "no endpoint is known",
        ],
        [
            "the endpoint has the other port",
            { ...s1Files, ann: { confs: { wg0: annWg0.replace(":51820", ":51821") } } },
            "10.0.0.2",
            "10.0.0.1",
            "not the listen port",
        ],
        [
            "the hub's firewall drops WireGuard itself",
            withHub({ nft: hubNft.replace(`iifname { "wg0", "wg1" } goto wg_input`, "udp dport 51820 drop") }),
            "10.0.0.2",
            "10.0.0.1",
            "outer packet dropped at hub",
        ],
        [
            "replies have no rule",
            withHub({ nft: hubNft.replace(/ct state vmap.*/g, "").replace(/.*clients, back.*/, "") }),
            "10.0.0.2",
            "10.0.1.2",
            "reply: forward",
        ],
        [
            "a larger MTU first",
            { ...s1Files, ann: { confs: { wg0: annWg0.replace("1420", "1440") } } },
            "10.0.0.2",
            "10.0.1.2",
            "does not fit",
        ],
    ])("%s", (_, written, from, to, reason) => {
        expect(why(go(buildWorld(s1, files(written)), from, to))).toContain(reason);
    });

    test("a client may start even when nobody keeps the tunnel alive", () => {
        const written = { ...s1Files, ann: { confs: { wg0: annWg0.replace("PersistentKeepalive = 25", "") } } };
        expect(why(go(buildWorld(s1, files(written)), "10.0.0.2", "10.0.0.1"))).toBe("ok");
    });

    test("preshared keys must agree", () => {
        const written = { ...s1Files, ann: { confs: { wg0: `${annWg0}\nPresharedKey = ${privateKeyFor("psk")}` } } };
        expect(why(go(buildWorld(s1, files(written)), "10.0.0.2", "10.0.0.1"))).toContain("preshared keys differ");
    });
});

describe("what checkFiles reports", () => {
    const noRoutes: Graph = { ...s1, routes: [] };
    const oneWay: Graph = { ...s1, routes: (s1.routes ?? []).map((route) => ({ ...route, initiate: "from" as const })) };
    const narrowed: Graph = { ...s1, routes: (s1.routes ?? []).map((route) => ({ ...route, allow: ["tcp/443"] })) };

    test.each<[string, Graph, Written, string[]]>([
        ["a route that is not declared", noRoutes, s1Files, ["leak", "not minimal"]],
        ["a hub without a firewall", noRoutes, withHub({ nft: "table inet x {\n}" }), ["leak", "not minimal"]],
        ["one-way ignored", oneWay, s1Files, ["leak"]],
        ["ports ignored", narrowed, s1Files, ["leak"]],
        ["a promised flow that fails", s1, withHub({ forward: false }), ["unreachable"]],
        [
            "a network in a hub's peer",
            s1,
            withHub({
                confs: { wg0: hubWg0.replace("10.0.0.2/32", "10.0.0.0/24"), wg1: hubWg1 },
                nft: hubNft.replace("elements = { 10.0.0.2 }", "elements = { 10.0.0.0/24 }"),
            }),
            ["spoof"],
        ],
        ["an MTU that does not fit the way", { ...s1, hosts: [{ ...hub, uplinkMtu: 1400 }, ann, bob] }, s1Files, ["mtu"]],
        [
            "an entry too many",
            s1,
            { ...s1Files, bob: { confs: { wg0: bobWg0.replace("10.0.0.0/24", "10.0.0.0/24, 10.7.0.0/16") } } },
            ["not minimal"],
        ],
        [
            "an entry covered by another",
            s1,
            { ...s1Files, bob: { confs: { wg0: bobWg0.replace("10.0.0.0/24", "10.0.0.0/24, 10.0.0.2/32") } } },
            ["not minimal"],
        ],
        [
            "a table that drops other traffic",
            s1,
            withHub({ nft: hubNft.replace('policy accept;\n\t\tiifname { "wg0"', 'policy drop;\n\t\tiifname { "wg0"') }),
            ["other traffic"],
        ],
        [
            "no anti-spoofing towards other interfaces",
            s1,
            withHub({ nft: hubNft.replace("ip saddr @overlay counter drop", "ip saddr @overlay counter") }),
            ["spoof"],
        ],
    ])("%s", (_, graph, written, kinds) => {
        expect(kindsOf(graph, written).sort()).toEqual(expect.arrayContaining(kinds));
    });

    test("a tampered client is stopped by the hub's rules, not by its own files", () => {
        const bare = buildWorld(noRoutes, files(withHub({ nft: "table inet x {\n}" })));
        const forged = { source: parseAddress("10.0.0.2"), destination: parseAddress("10.0.1.2"), service: ping };
        expect(why(attack(bare, "ann", forged))).toBe("ok");
        const closed = hubNft.replace(/.*comment "clients.*\n/g, "");
        expect(why(attack(buildWorld(noRoutes, files(withHub({ nft: closed }))), "ann", forged))).toContain(
            "forward: wg_forward: counter reject",
        );
        expect(why(attack(buildWorld(s1, files(s1Files)), "ann", { ...forged, source: parseAddress("10.0.0.77") }))).toContain(
            "no allowed source",
        );
    });
});

describe("traps of wg-quick and cryptokey routing", () => {
    test("/24 for two peers of a hub: the last one owns it, the first is lost (S2)", () => {
        const graph: Graph = {
            mesh: "m",
            hosts: [hub, ann, bob],
            interfaces: [
                { ...iface("hub-wg0", "hub", "wg0", "10.0.0.1/24"), listenPort: 51820 },
                iface("ann-wg0", "ann", "wg0", "10.0.0.2/24"),
                iface("bob-wg0", "bob", "wg0", "10.0.0.3/24"),
            ],
            peers: [peer("hub-wg0", "ann-wg0"), peer("hub-wg0", "bob-wg0")],
        };
        const client = (name: string, address: string) =>
            `[Interface]\nprivate: ${name}\nAddress = ${address}/24\n[Peer]\npublic: hub-wg0\nAllowedIPs = 10.0.0.0/24\nEndpoint = 198.51.100.10:51820\nPersistentKeepalive = 25`;
        const server = (a: string, b: string) =>
            `[Interface]\nprivate: hub-wg0\nAddress = 10.0.0.1/24\nListenPort = 51820\n[Peer]\npublic: ann-wg0\nAllowedIPs = ${a}\n[Peer]\npublic: bob-wg0\nAllowedIPs = ${b}`;
        const world = (a: string, b: string) =>
            buildWorld(
                graph,
                files({
                    hub: { confs: { wg0: server(a, b) }, forward: true },
                    ann: { confs: { wg0: client("ann-wg0", "10.0.0.2") } },
                    bob: { confs: { wg0: client("bob-wg0", "10.0.0.3") } },
                }),
            );
        const wrong = world("10.0.0.0/24", "10.0.0.77/24");
        expect(why(go(wrong, "10.0.0.2", "10.0.0.1"))).toContain("no allowed source of ann");
        expect(why(go(wrong, "10.0.0.3", "10.0.0.1"))).toBe("ok");
        expect(wrong.boxes.get("hub")?.tunnels.get("wg0")?.sharedPrefixes).toEqual(["10.0.0.0/24"]);
        const right = world("10.0.0.2/32", "10.0.0.3/32");
        expect(why(go(right, "10.0.0.2", "10.0.0.3"))).toBe("ok");
        // Longest match protects bob although ann's prefix covers him; the answer to a spoofed .3 never comes from ann.
        expect(why(go(world("10.0.0.0/24", "10.0.0.3/32"), "10.0.0.2", "10.0.0.3"))).toBe("ok");
    });

    const lonely = (addresses: string, allowed: string, name: string) =>
        `[Interface]\nprivate: ${name}\nAddress = ${addresses}\n[Peer]\npublic: far-${name}\nAllowedIPs = ${allowed}`;
    const route = (confs: Readonly<Record<string, string>>, destination: string, reverse = false) => {
        const graph: Graph = { mesh: "m", hosts: [hub], interfaces: [], peers: [] };
        const world = buildWorld(graph, files({ hub: { confs } }), { reverse });
        return { device: world.boxes.get("hub")?.fib.lookup(parseAddress(destination))?.device, broken: world.broken };
    };

    test("cover skip: a connected /8 hides the /16 route, and another device's /12 takes the packets (1.1)", () => {
        const confs = { wg0: lonely("10.0.0.1/8", "10.1.0.0/16", "a"), wg1: lonely("172.16.0.1/24", "10.0.0.0/12", "b") };
        expect(route(confs, "10.1.2.3")).toEqual({ device: "wg1", broken: [] });
        expect(route({ ...confs, wg0: lonely("10.0.0.1/32", "10.1.0.0/16", "a") }, "10.1.2.3").device).toBe("wg0");
    });

    test("the same prefix on two devices: File exists, the second interface does not come up", () => {
        const confs = { wg0: lonely("10.0.0.1/32", "10.9.0.0/16", "a"), wg1: lonely("10.0.1.1/32", "10.9.0.0/16", "b") };
        expect(route(confs, "10.9.0.1").broken).toEqual([
            `hub: wg1 does not come up: "ip route add 10.9.0.0/16 dev wg1": File exists`,
        ]);
        expect(route(confs, "10.9.0.1", true).broken[0]).toContain("wg0 does not come up");
    });

    test("a connected IPv4 network blocks an equal route, depending on the order; IPv6 metrics differ, and the connected one wins (tried)", () => {
        const four = { wg0: lonely("10.0.0.1/24", "10.0.0.2/32", "a"), wg1: lonely("10.0.1.1/32", "10.0.0.0/24", "b") };
        expect(route(four, "10.0.0.9").broken).toHaveLength(1);
        expect(route(four, "10.0.0.9", true)).toEqual({ device: "wg1", broken: [] });
        const six = { wg0: lonely("fd00::1/64", "fd00::2/128", "a"), wg1: lonely("fd01::1/128", "fd00::/64", "b") };
        expect(route(six, "fd00::9")).toEqual({ device: "wg0", broken: [] });
    });

    test("Table = off adds nothing, Table = 100 is never asked without a rule, and Off is not off", () => {
        const table = (value: string) => ({
            wg0: lonely("10.0.0.1/32", "10.9.0.0/16", "a").replace("[Peer]", `Table = ${value}\n[Peer]`),
        });
        expect(route(table("off"), "10.9.0.1").device).toBe("eth0");
        expect(route(table("100"), "10.9.0.1").device).toBe("eth0");
        expect(route(table("auto"), "10.9.0.1").device).toBe("wg0");
        expect(route(table("Off"), "10.9.0.1").broken[0]).toContain(`no table "Off"`);
    });

    test("0.0.0.0/0: everything without a more specific route enters the tunnel, marked packets do not", () => {
        const graph: Graph = {
            mesh: "m",
            hosts: [hub],
            interfaces: [],
            peers: [],
            lans: [{ host: "hub", prefix: "192.168.5.0/24" }],
        };
        const world = buildWorld(graph, files({ hub: { confs: { wg0: lonely("10.0.0.1/32", "0.0.0.0/0", "a") } } }));
        const box = world.boxes.get("hub");
        expect(box?.tunnels.get("wg0")?.fwMark).toBe(51820);
        expect(box?.fib.lookup(parseAddress("1.1.1.1"))?.device).toBe("wg0");
        expect(box?.fib.lookup(parseAddress("1.1.1.1"), 51820)?.device).toBe("eth0");
        expect(box?.fib.lookup(parseAddress("192.168.5.9"))?.device).toBe("lan0");
        expect(box?.fib.lookup(parseAddress("2001:db8::1"))?.device).toBe("eth0");
    });

    test("a throw route sends what it covers on to the next rule", () => {
        const hook =
            "PostUp = ip -4 route add throw 172.16.0.0/12 table 51820\nPreDown = ip -4 route del throw 172.16.0.0/12 table 51820\n";
        const confs = { wg0: lonely("10.0.0.1/32", "0.0.0.0/0", "a").replace("[Peer]", `FwMark = 0xca6c\n${hook}[Peer]`) };
        expect(route(confs, "172.20.0.1").device).toBe("eth0");
        expect(route(confs, "172.32.0.1").device).toBe("wg0");
        const rules =
            "PostUp = ip -4 rule add not fwmark 51820 table 51820\nPostUp = ip -4 rule add table main suppress_prefixlength 0\n";
        const table = {
            wg0: lonely("10.0.0.1/32", "0.0.0.0/1", "a").replace("[Peer]", `FwMark = 51820\nTable = 51820\n${rules}[Peer]`),
        };
        expect(route(table, "9.9.9.9").device).toBe("wg0");
        expect(route(table, "129.0.0.1").device).toBe("eth0");
    });

    test("a mark set in the output hook routes a packet once more, so that answers pass a full tunnel by", () => {
        const full = annWg0.replace("10.0.0.1/32, 10.0.1.0/24", "0.0.0.0/0");
        const chains = (...names: readonly string[]) =>
            `table inet t {\n${[
                'chain in {\ntype filter hook prerouting priority mangle;\niifname != "wg0" fib daddr type local ct mark 0 ct mark set 0xca6c\n}',
                "chain out {\ntype route hook output priority mangle;\nct mark 0xca6c meta mark set 0xca6c\n}",
            ]
                .filter((text) => names.some((name) => text.startsWith(`chain ${name} `)))
                .join("\n")}\n}`;
        const answers = (nft: string, service: Service) => {
            const world = buildWorld(s1, files({ ...s1Files, ann: { confs: { wg0: full }, nft } }));
            const talk = conversation();
            const own = world.boxes.get("ann")?.ports[0]?.addresses[0] ?? parseAddress("0.0.0.0");
            const far = parseAddress("203.0.113.9");
            const request = requestPacket(far, own, service);
            expect(walk(world, talk, { host: "ann", input: "eth0", packet: request }).ok).toBe(true);
            // Twice: wg-quick copies marks of UDP when the first answer leaves.
            return [1, 2].map(() => {
                const packet = { ...request, source: own, destination: far, leg: "reply" as const };
                return walk(world, talk, { host: "ann", input: undefined, packet }).hops[0]?.output;
            });
        };
        for (const service of [ssh, ping, { protocol: "udp", port: 53 } as const]) {
            expect(answers(chains("in", "out"), service)).toEqual(["eth0", "eth0"]);
            expect(answers(chains("in"), service)).toEqual(["wg0", "wg0"]);
            expect(answers(chains("out"), service)).toEqual(["wg0", "wg0"]);
        }
        expect(() => parseNft("table inet t {\nchain c {\ntype route hook input priority mangle;\n}\n}")).toThrow("chain type");
    });

    test("an app's own packets pass its pieces of the internet by, those of wg-quick do not", () => {
        const cut = "0.0.0.0/1, 128.0.0.0/2, 192.0.0.0/3, 240.0.0.0/4";
        const changed = bobWg0.replace(/AllowedIPs = .*/, `AllowedIPs = ${cut}`);
        const routes: Graph["routes"] = [
            {
                name: "r",
                from: [{ kind: "interface", interface: "bob-wg0" }],
                to: [{ kind: "internet", host: "hub" }],
                exclude: ["224.0.0.0/4"],
            },
        ];
        const at = (graph: Graph) => buildWorld(graph, files({ ...s1Files, bob: { confs: { wg0: changed } } }));
        expect(why(go(at({ ...s1, routes }), "10.0.1.2", "10.0.1.1"))).toBe("ok");
        expect(
            at({ ...s1, routes })
                .boxes.get("bob")
                ?.fib.lookup(parseAddress("224.0.0.9"))?.device,
        ).toBe("eth0");
        expect(why(go(at(s1), "10.0.1.2", "10.0.1.1"))).toContain("outer packets would need the tunnel itself");
    });

    test("IPv4 refuses its own addresses as sources from outside, IPv6 does not", () => {
        const open = withHub({
            nft: "table inet x {\n}",
            confs: { wg0: hubWg0.replace("10.0.0.2/32", "10.0.0.2/32, 10.0.1.1/32, fd00::1/128"), wg1: hubWg1 },
        });
        const graph: Graph = {
            ...s1,
            interfaces: s1.interfaces.map((each) =>
                each.name === "hub-wg1" ? { ...each, addresses: ["10.0.1.1/24", "fd00::1/64"] } : each,
            ),
        };
        const dual = {
            ...open,
            hub: { ...open.hub, confs: { ...open.hub?.confs, wg1: hubWg1.replace("10.0.1.1/24", "10.0.1.1/24, fd00::1/64") } },
        };
        const world = buildWorld(graph, files(dual));
        const forge = (source: string, destination: string) =>
            why(attack(world, "ann", { source: parseAddress(source), destination: parseAddress(destination), service: ping }));
        expect(forge("10.0.1.1", "10.0.1.2")).toBe("martian source");
        expect(forge("fd00::1", "fd00::1")).toBe("ok");
    });

    test("half of the internet by two routes swallows the tunnel's own packets (I11)", () => {
        const changed = annWg0.replace("10.0.0.1/32, 10.0.1.0/24", "0.0.0.0/1, 128.0.0.0/1");
        const world = buildWorld(s1, files({ ...s1Files, ann: { confs: { wg0: changed } } }));
        expect(why(go(world, "10.0.0.2", "10.0.0.1"))).toContain("outer packets would need the tunnel itself");
        const full = annWg0.replace("10.0.0.1/32, 10.0.1.0/24", "0.0.0.0/0");
        expect(why(go(buildWorld(s1, files({ ...s1Files, ann: { confs: { wg0: full } } })), "10.0.0.2", "10.0.0.1"))).toBe("ok");
    });
});

describe("LANs, NAT and the internet", () => {
    const graph = (nat: boolean): Graph => ({
        ...s1,
        lans: [{ host: "hub", prefix: "192.168.50.0/24", nat }],
        routes: [
            {
                name: "lan",
                from: [{ kind: "interface", interface: "ann-wg0" }],
                to: [{ kind: "lan", host: "hub", prefix: "192.168.50.0/24" }],
                initiate: "from",
            },
            {
                name: "exit",
                from: [{ kind: "interface", interface: "ann-wg0" }],
                to: [{ kind: "internet", host: "hub" }],
                initiate: "from",
                allow: ["tcp/443", "icmp"],
            },
        ],
    });
    const nft = (post: string) => `table inet x {
        chain f {
            type filter hook forward priority 0; policy accept;
            ct state { established, related } accept
            iifname "wg0" oifname != "wg*" ip saddr 10.0.0.2 ip daddr 192.168.50.0/24 accept
            iifname "wg0" oifname != "wg*" ip saddr 10.0.0.2 ip daddr != { 10.0.0.0/8, 192.168.0.0/16 } tcp dport 443 accept
            iifname "wg0" oifname != "wg*" ip saddr 10.0.0.2 ip daddr != { 10.0.0.0/8, 192.168.0.0/16 } meta l4proto icmp accept
            iifname "wg*" drop
            oifname "wg*" drop
        }
        chain n {
            type nat hook postrouting priority srcnat;
            ${post}
        }
    }`;
    const both = `oifname != "wg0" ip saddr 10.0.0.2 counter masquerade`;
    const world = (nat: boolean, post: string) => {
        const full = annWg0.replace("10.0.0.1/32, 10.0.1.0/24", "0.0.0.0/0");
        return buildWorld(graph(nat), files({ ...withHub({ nft: nft(post) }), ann: { confs: { wg0: full } } }));
    };

    test("a LAN whose router knows the way back needs no NAT", () => {
        expect(why(go(world(false, ""), "10.0.0.2", "192.168.50.2"))).toBe("ok");
    });

    test("a LAN whose router does not know the way back answers only to masqueraded packets", () => {
        expect(why(go(world(true, ""), "10.0.0.2", "192.168.50.2"))).toContain("the LAN's router knows no way back");
        const result = go(world(true, both), "10.0.0.2", "192.168.50.2");
        expect(result.ok && result.seenSource.text).toBe("192.168.50.1");
    });

    test("the internet answers to public addresses only", () => {
        expect(why(go(world(false, ""), "10.0.0.2", "203.0.113.9", https))).toContain("no way to a private address");
        const result = go(world(false, both), "10.0.0.2", "203.0.113.9", https);
        expect(result.ok && result.seenSource.text).toBe("198.51.100.10");
        expect(why(go(world(false, both), "10.0.0.2", "203.0.113.9", ssh))).toContain(`forward: f: iifname "wg*" drop`);
    });

    test("snat gives a packet another source, which its answer undoes", () => {
        const snat = `oifname "wg0" ip saddr 10.0.0.1 ip daddr 10.0.0.2 counter snat ip to 10.0.1.1`;
        const open = buildWorld(
            graph(false),
            files(withHub({ nft: `table inet t {\nchain n {\ntype nat hook postrouting priority srcnat;\n${snat}\n}\n}` })),
        );
        const annKnows = { ann: { confs: { wg0: annWg0 } } };
        expect(annKnows.ann.confs.wg0).toContain("10.0.1.0/24");
        const result = go(open, "10.0.0.1", "10.0.0.2");
        expect(result.ok && result.seenSource.text).toBe("10.0.1.1");
        expect(() => parseNft(`table inet t {\nchain n {\nsnat ip6 to 10.0.1.1\n}\n}`)).toThrow("snat ip6");
    });

    test("one way: the LAN cannot open flows to the client", () => {
        expect(why(go(world(false, both), "192.168.50.2", "10.0.0.2"))).toContain(`oifname "wg*" drop`);
    });
});

describe("nft", () => {
    const seen = (change: Partial<Seen> & { readonly from?: string; readonly to?: string; readonly port?: number }): Seen => ({
        packet: {
            source: parseAddress(change.from ?? "10.8.0.2"),
            destination: parseAddress(change.to ?? "10.8.0.3"),
            protocol: "tcp",
            sourcePort: 50000,
            destinationPort: change.port ?? 80,
            leg: "request",
        },
        inputDevice: "wg-hub",
        outputDevice: "wg-hub",
        state: "new",
        isLocal: () => false,
        ...change,
    });
    const forward = (rules: string, packet: Seen) => {
        const table = parseNft(
            `table inet t {\nset a { type ipv4_addr; flags interval; auto-merge; elements = { 10.8.0.0/24, 10.8.0.1 } }\nchain c {\ntype filter hook forward priority 0; policy drop;\n${rules}\n}\nchain sub {\nip saddr 10.8.0.2 accept\n}\n}`,
        );
        return judge(table, chainsOf(table, "filter", "forward"), packet).accepted;
    };

    test.each<[string, Parameters<typeof seen>[0], boolean]>([
        ["ip saddr @a accept", {}, true],
        ["ip saddr @a accept", { from: "10.9.0.2" }, false],
        ["ip saddr != @a accept", { from: "10.9.0.2" }, true],
        ["ip saddr != 10.9.0.0/16 accept", { from: "fd00::1", to: "fd00::2" }, false],
        ["ip6 daddr fd00::/64 accept", { from: "fd00::1", to: "fd00::2" }, true],
        ["ip daddr 10.8.0.3-10.8.0.9 accept", {}, true],
        ["tcp dport { 22, 80-90 } accept", {}, true],
        ["tcp dport { 22, 80-90 } accept", { port: 91 }, false],
        ["udp dport 80 accept", {}, false],
        ["meta l4proto { tcp, udp } accept", {}, true],
        ["ct state established,related accept", {}, false],
        ["ct state established,related accept", { state: "related" }, true],
        ["ct state vmap { new : accept }", {}, true],
        [`iifname . ip saddr { "wg-hub" . 10.8.0.0/24, "wg1" . 10.9.0.1 } accept`, {}, true],
        [`iifname . ip saddr { "wg-hub" . 10.8.0.0/24, "wg1" . 10.9.0.1 } accept`, { inputDevice: "wg1" }, false],
        [`iifname vmap { "wg-hub" : jump sub }`, {}, true],
        [`iifname "wg-hub" jump sub`, { from: "10.8.0.9" }, false],
        [`iifname "wg-hub" goto sub\naccept`, { from: "10.8.0.9" }, false],
        [`iifname "wg-hub" jump sub\naccept`, { from: "10.8.0.9" }, true],
        ["return\naccept", {}, false],
        [`iifname "wg*" counter packets 3 bytes 9 accept comment "all; of { them }"`, {}, true],
    ])("%s with %j: %s", (rules, packet, expected) => {
        expect(forward(rules, seen(packet))).toBe(expected);
    });

    test("marks of packets and connections are set, kept and compared", () => {
        const marks = { packet: 0, connection: 7 };
        const rules =
            "ct mark 0 ct mark set 9\nmeta mark 0 ct mark 7 meta mark set 0xca6c\nct mark != 7 accept\nmeta mark 51820 accept";
        expect(forward(rules, seen({ marks }))).toBe(true);
        expect(marks).toEqual({ packet: 51820, connection: 7 });
        expect(() => forward("ct mark set 9", seen({}))).toThrow("not modelled");
        expect(() => forward("ct mark set x", seen({ marks }))).toThrow("bad mark");
        const notSyn = "tcp flags & (syn | rst) != syn accept";
        expect(forward(notSyn, seen({}))).toBe(false);
        expect(forward(notSyn, seen({ packet: { ...seen({}).packet, leg: "more" } }))).toBe(true);
    });

    test("a drop in a later base chain is final", () => {
        const table = parseNft(
            "table inet t {\nchain b {\ntype filter hook forward priority 5;\ndrop\n}\nchain a {\ntype filter hook forward priority filter - 5;\naccept\n}\n}",
        );
        expect(judge(table, chainsOf(table, "filter", "forward"), seen({})).rule).toBe("b: drop");
    });

    test.each([
        ["meta skuid 0 accept", "unknown statement"],
        ["limit rate 3/second accept", "unknown statement"],
        ["ip saddr @missing accept", "unknown set"],
        ["iifname eth0 queue", "unknown statement"],
        ["ct state fresh accept", "bad state"],
        ["tcp dport 70000 accept", "bad port"],
        ["ip saddr fd00::1 accept", "is no ipv4_addr"],
        ["tcp flags fin accept", `expected "syn"`],
    ])("%s is refused, not ignored", (rules, message) => {
        expect(() => forward(rules, seen({}))).toThrow(message);
    });

    test("sets are checked as nft -c does", () => {
        const set = (body: string) => () => parseNft(`table inet t {\nset s { type ipv4_addr; ${body} }\n}`);
        expect(set("flags interval; elements = { 10.0.0.0/24, 10.0.0.1 }")).toThrow("conflicting intervals");
        expect(set("elements = { 10.0.0.0/24 }")).toThrow("flags interval");
        expect(set("flags interval; auto-merge; elements = { 10.0.0.0/24, 10.0.0.1 }")).not.toThrow();
    });
});

describe("graphs for the property", () => {
    const sample = sampleGraphs(7, 300, { min: 1, max: 12 });

    test("the same seed gives the same graphs", () => {
        expect(sampleGraphs(7, 300, { min: 1, max: 12 })).toEqual(sample);
        expect(sampleGraphs(8, 300, { min: 1, max: 12 })).not.toEqual(sample);
    });

    test("they are of every kind", () => {
        const share = (is: (graph: Graph) => boolean) => sample.filter(is).length / sample.length;
        const routes = (is: (route: NonNullable<Graph["routes"]>[number]) => boolean) =>
            share((graph) => graph.routes?.some(is) === true);
        expect(new Set(sample.map((graph) => graph.hosts.length))).toEqual(new Set([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]));
        expect(routes((route) => route.initiate === "from")).toBeGreaterThan(0.2);
        expect(routes((route) => route.allow !== undefined)).toBeGreaterThan(0.15);
        expect(routes((route) => route.exclude !== undefined)).toBeGreaterThan(0.005);
        for (const kind of ["interface", "network", "lan", "internet"] as const) {
            expect(routes((route) => route.to.some((to) => to.kind === kind))).toBeGreaterThan(0.08);
        }
        expect(share((graph) => graph.lans?.some((lan) => lan.nat) === true)).toBeGreaterThan(0.1);
        expect(share((graph) => graph.peers.some((each) => each.cost !== undefined))).toBeGreaterThan(0.05);
        expect(
            share((graph) => graph.interfaces.some((each) => each.addresses?.some((text) => text.includes(":")) === true)),
        ).toBeGreaterThan(0.3);
        expect(share((graph) => graph.interfaces.some((each) => each.allocate !== undefined))).toBeGreaterThan(0.02);
        expect(share((graph) => graph.hosts.some((host) => !host.managed))).toBeGreaterThan(0.3);
    });

    test("every name a graph uses exists, before and after shrinking", () => {
        for (const graph of sample) {
            const small = shrinkGraph(graph, (candidate) => candidate.peers.length > 0);
            if (graph.peers.length > 0)
                expect([small.peers.length, small.routes?.length ?? 0, small.lans?.length ?? 0]).toEqual([1, 0, 0]);
            for (const each of [graph, small]) {
                const names = new Set(each.interfaces.map((one) => one.name));
                expect(each.peers.flatMap(({ between }) => between).every((name) => names.has(name))).toBe(true);
                expect(each.interfaces.every((one) => each.hosts.some((host) => host.name === one.host))).toBe(true);
            }
        }
    });
});
