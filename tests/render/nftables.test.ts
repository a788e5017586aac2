import { spawnSync } from "node:child_process";
import { type Firewall, plan } from "../../provider/planner";
import { nftables } from "../../provider/render";
import { scenarios } from "../planner/scenarios";

const empty: Firewall = {
    table: "wireguard_t",
    interfaces: [
        { interfaceName: "wg-hub", addresses: ["10.0.0.1"], peers: ["10.0.0.2"], sources: ["10.0.0.2/32"], elsewhere: [] },
        { interfaceName: "wg1", addresses: [], peers: [], sources: [], elsewhere: [] },
    ],
    overlay: ["10.0.0.2/32"],
    lans: ["192.168.10.0/24"],
    ownSources: ["10.0.0.1/32"],
    rules: [],
    rewrites: [],
    internet: [],
    masquerade: [],
    clampMss: ["wg-hub"],
};

function rule(allow: readonly string[], family: 4 | 6 = 4): readonly string[] {
    const [sources, destinations] =
        family === 4 ? [["10.0.0.2/32"], ["10.1.0.0/24", "10.2.0.0/24"]] : [["fd00::2/128"], ["fd01::/64"]];
    const text = nftables({ ...empty, rules: [{ route: "r", back: false, family, sources, destinations, allow }] });
    return text.split("\n").flatMap((line) => (line.includes('comment "r"') ? [line.trim()] : []));
}

const pair = "ip saddr 10.0.0.2/32 ip daddr { 10.1.0.0/24, 10.2.0.0/24 }";

test.each<[readonly string[], readonly string[]]>([
    [[], [`${pair} counter accept comment "r"`]],
    [["tcp/443"], [`${pair} tcp dport 443 counter accept comment "r"`]],
    [
        ["tcp/443", "tcp/8000-8100", "tcp/8050-8200", "tcp/8201"],
        [`${pair} tcp dport { 443, 8000-8201 } counter accept comment "r"`],
    ],
    [["tcp", "tcp/443"], [`${pair} meta l4proto tcp counter accept comment "r"`]],
    [
        ["icmp", "udp/53"],
        [`${pair} udp dport 53 counter accept comment "r"`, `${pair} meta l4proto icmp counter accept comment "r"`],
    ],
])("allow %j", (allow, lines) => {
    expect(rule(allow)).toEqual(lines);
});

test("icmp of IPv6 is its own protocol", () => {
    expect(rule(["icmp"], 6)).toEqual([
        'ip6 saddr fd00::2/128 ip6 daddr fd01::/64 meta l4proto icmpv6 counter accept comment "r"',
    ]);
});

describe("what the host sends with an address that no route declares", () => {
    const shared = { back: false, family: 4, output: "wg1", sources: ["10.9.0.1"], except: [] } as const;
    const lines = (rewrites: Firewall["rewrites"]) =>
        nftables({ ...empty, rewrites })
            .split("\n")
            .flatMap((line) => (/"wg1" ip6? saddr/.test(line) ? [line.trim()] : []));

    test("is let out and gets the declared one, for what the route allows", () => {
        expect(
            lines([
                { ...shared, route: "r", back: true, destinations: ["10.1.0.0/24"], allow: ["tcp/22", "icmp"], to: "10.0.0.1" },
            ]),
        ).toEqual([
            'oifname "wg1" ip saddr 10.9.0.1 ip daddr 10.1.0.0/24 tcp dport 22 ct state new counter accept comment "r (back, own)"',
            'oifname "wg1" ip saddr 10.9.0.1 ip daddr 10.1.0.0/24 meta l4proto icmp ct state new counter accept comment "r (back, own)"',
            'oifname "wg1" ip saddr 10.9.0.1 ip daddr 10.1.0.0/24 tcp dport 22 counter snat ip to 10.0.0.1 comment "r (back, own)"',
            'oifname "wg1" ip saddr 10.9.0.1 ip daddr 10.1.0.0/24 meta l4proto icmp counter snat ip to 10.0.0.1 comment "r (back, own)"',
        ]);
    });

    test("keeps one that another route declares", () => {
        const destinations = ["10.1.0.0/24"];
        expect(
            lines([
                { ...shared, route: "web", destinations, allow: ["tcp/443"] },
                { ...shared, route: "all", destinations, allow: [], to: "10.0.0.1" },
            ]),
        ).toEqual([
            'oifname "wg1" ip saddr 10.9.0.1 ip daddr 10.1.0.0/24 ct state new counter accept comment "all (own)"',
            'oifname "wg1" ip saddr 10.9.0.1 ip daddr 10.1.0.0/24 tcp dport 443 accept comment "web"',
            'oifname "wg1" ip saddr 10.9.0.1 ip daddr 10.1.0.0/24 counter snat ip to 10.0.0.1 comment "all (own)"',
        ]);
    });

    test("of every device, when the one it leaves by has no address of the family", () => {
        expect(
            nftables({
                ...empty,
                rewrites: [{ ...shared, route: "r", sources: [], destinations: ["10.1.0.0/24"], allow: [], to: "10.0.0.1" }],
            }),
        ).toContain('oifname "wg1" fib saddr type local ip daddr 10.1.0.0/24 counter snat ip to 10.0.0.1 comment "r (own)"');
    });

    test("towards the internet is told by what is not of it", () => {
        const [first] = lines([
            {
                ...shared,
                route: "r",
                family: 6,
                sources: ["fd09::1"],
                destinations: ["::/0"],
                except: ["fd00::/8"],
                allow: [],
                to: "fd00::1",
            },
        ]);
        expect(first).toBe('oifname "wg1" ip6 saddr fd09::1 ip6 daddr != fd00::/8 ct state new counter accept comment "r (own)"');
    });
});

test("a route's name cannot end its comment", () => {
    const route = `a"; drop; # ${"x".repeat(200)}é`;
    const text = nftables({
        ...empty,
        rules: [{ route, back: true, family: 4, sources: ["10.0.0.2/32"], destinations: ["10.1.0.0/24"], allow: [] }],
    });
    const comment = /comment "(a_[^"]*)"/.exec(text)?.[1] ?? "";
    expect(comment).toMatch(/^a_; drop; # x+ \(back\)$/);
    expect(comment.length).toBeLessThanOrEqual(128);
});

// A private network and user namespace: nothing of this machine is touched, and root is not needed.
const namespace = ["-U", "-r", "-n"];
const hasNft = spawnSync("unshare", [...namespace, "nft", "list", "ruleset"]).status === 0;
const ifNft = hasNft ? describe : describe.skip;

ifNft("the kernel takes", () => {
    const texts: readonly (readonly [name: string, text: string])[] = [
        [
            "every kind of rule",
            nftables({
                ...empty,
                internet: [
                    { route: "i", family: 6, sources: ["fd00::/64"], except: ["fd00::/8"], allow: ["icmp"], masquerade: true },
                ],
                rewrites: [
                    {
                        route: "o",
                        back: true,
                        family: 6,
                        output: "wg1",
                        sources: ["fd09::1", "fd09::2"],
                        destinations: ["::/0"],
                        except: ["fd00::/8"],
                        allow: ["icmp", "tcp/22"],
                        to: "fd00::1",
                    },
                    {
                        route: "any",
                        back: false,
                        family: 4,
                        output: "wg1",
                        sources: [],
                        destinations: ["10.1.0.0/24"],
                        except: [],
                        allow: [],
                        to: "10.0.0.1",
                    },
                ],
                masquerade: [{ route: "m", family: 4, sources: ["10.0.0.0/24"], destinations: ["192.168.10.0/24"] }],
            }),
        ],
        ...scenarios.flatMap(({ file, graph }) =>
            plan(graph).hosts.flatMap(({ name, firewall }) =>
                firewall === undefined ? [] : [[`${file} on ${name}`, nftables(firewall)] as const],
            ),
        ),
    ];
    test.each(texts)("%s, also a second time", (_name, text) => {
        // Loaded twice in one namespace: the second load replaces the table instead of adding to it.
        const load = 'nft -f - <<<"$0" && nft list ruleset && echo ---- && nft -f - <<<"$0" && nft list ruleset';
        const { status, stdout, stderr } = spawnSync("unshare", [...namespace, "bash", "-c", load, text], {
            encoding: "utf8",
        });
        expect(stderr).toBe("");
        expect(status).toBe(0);
        const [first, second] = stdout.split("----\n");
        expect(second).toBe(first);
        expect(first).toContain("chain declared");
    });
});
