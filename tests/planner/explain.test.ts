import { check, explain, type Graph, plan, type Question, type Route, type RouteEnd } from "../../provider/planner";
import { chain, internet, lan, network, office, on, scenarios, sites } from "./scenarios";

function scenario(file: string): Graph {
    const found = scenarios.find((one) => one.file === file);
    if (found === undefined) throw new Error(`no scenario ${file}`);
    return found.graph;
}

test("S7 the walk names every decision, there and back", () => {
    expect(
        explain(scenario("s1"), "ann-wg0", "bob-wg0", { protocol: "icmp" }).lines.join("\n"),
    ).toBe(`ann-wg0 (10.0.0.2) -> bob-wg0 (10.0.1.2), icmp
  ann: 10.0.1.2 leaves through wg0 to hub-wg0, whose allowed IPs have 10.0.1.0/24
  hub: wg0 accepts source 10.0.0.2 from ann-wg0, whose allowed IPs have 10.0.0.2/32
  hub: 10.0.1.2 leaves through wg1 to bob-wg0, whose allowed IPs have 10.0.1.2/32
  hub: passes: route "clients" lets it pass
  bob: wg0 accepts source 10.0.0.2 from hub-wg1, whose allowed IPs have 10.0.0.0/24
  bob: delivered to bob-wg0
and back
  bob: 10.0.0.2 leaves through wg0 to hub-wg1, whose allowed IPs have 10.0.0.0/24
  hub: wg1 accepts source 10.0.1.2 from bob-wg0, whose allowed IPs have 10.0.1.2/32
  hub: 10.0.0.2 leaves through wg0 to ann-wg0, whose allowed IPs have 10.0.0.2/32
  hub: passes: it answers a flow that was let through
  ann: wg0 accepts source 10.0.1.2 from hub-wg0, whose allowed IPs have 10.0.1.0/24
  ann: delivered to ann-wg0
it works`);
});

test.each<
    [string, RouteEnd | string, RouteEnd | string, { protocol?: "tcp" | "icmp" | "udp"; port?: number }, string | undefined]
>([
    ["s1", "ann", "bob", {}, undefined],
    ["s1", "10.0.0.2", "10.0.1.2", {}, undefined],
    ["s1", network("hub-wg1"), network("hub-wg0"), {}, undefined],
    [
        "s1",
        "ann-wg0",
        "cat-wg0",
        {},
        "ann: 10.0.0.3 would leave through wg0 (10.0.0.0/24), but no peer there has it in its allowed IPs, because no Route declares it",
    ],
    ["s2", "ann-wg0", "cat-wg0", {}, undefined],
    ["s3", "ann-wg0", "bob-wg0", {}, undefined],
    ["s3", "ann-wg0", "dan-wg0", {}, "ann: 10.0.1.3 leaves through its uplink, because no Route leads it into a tunnel"],
    ["s4", lan("east", "192.168.10.0/24"), lan("west", "192.168.20.0/24"), {}, undefined],
    ["s4-nat", lan("east", "192.168.10.0/24"), lan("west", "192.168.20.0/24"), {}, undefined],
    [
        "s4-nat",
        "192.168.20.0/24",
        "192.168.10.0/24",
        {},
        'west: dropped: no Route declares 192.168.20.1 -> 192.168.10.1; route "lans" only lets the other side open flows',
    ],
    ["s6", "hub-wg1", "ann-wg0", {}, "hub: dropped: no Route declares 10.0.1.1 -> 10.0.0.2"],
    ["exit", "ann-wg0", internet("hub"), {}, undefined],
    [
        "exit",
        "bob-wg0",
        internet("hub"),
        {},
        "bob: 203.0.113.1 leaves through its uplink, because no Route leads it into a tunnel",
    ],
    ["exit", "ann-wg0", "bob-wg0", {}, "ann: dropped: no Route declares 10.0.0.2 -> 10.0.1.2"],
    ["chain", "ann-wg0", "bob-wg0", {}, undefined],
    ["dual-stack", "ann-wg0", "bob-wg0", { protocol: "tcp", port: 22 }, undefined],
    [
        "dual-stack",
        "ann-wg0",
        "bob-wg0",
        { protocol: "tcp", port: 80 },
        'ann: dropped: no Route declares fd00::2 -> fd00:0:0:1::2; route "admin" only lets icmp, tcp/22 pass',
    ],
    [
        "dual-stack",
        "ann-wg0",
        "bob-wg0",
        {},
        'ann: dropped: no Route declares fd00::2 -> fd00:0:0:1::2; route "admin" only lets icmp, tcp/22 pass',
    ],
    [
        "dual-stack",
        "bob-wg0",
        "ann-wg0",
        { protocol: "icmp" },
        'bob: dropped: no Route declares fd00:0:0:1::2 -> fd00::2; route "admin" only lets the other side open flows',
    ],
])("%s: %j to %j", (file, from, to, question, reason) => {
    const explained = explain(plan(scenario(file)), from, to, question);
    expect(explained.reason).toBe(reason);
    expect(explained.reaches).toBe(reason === undefined);
    expect(explained.lines.at(-1)).toBe(reason === undefined ? "it works" : "it does not work");
});

test.each([
    ["zed", '"zed" is no interface, host, address or LAN of mesh "office"'],
    ["ann-wg", '"ann-wg" is no interface, host, address or LAN of mesh "office"; did you mean "ann-wg0"?'],
    ["Hub", '"Hub" is no interface, host, address or LAN of mesh "office"; did you mean "hub"?'],
    ["10.0.0.77", '"10.0.0.77" is no interface, host, address or LAN of mesh "office"'],
    ["192.168.7.0/24", '"192.168.7.0/24" is no interface, host, address or LAN of mesh "office"'],
])("%s, which nobody has, is an error", (name, sentence) => {
    expect(() => explain(office(), "ann-wg0", name)).toThrow(new Error(sentence));
    expect(() => explain(office(), name, "ann-wg0")).toThrow(new Error(sentence));
});

test.each<[Question, string]>([
    [{ port: 443 }, 'a port needs protocol "tcp" or "udp", but no protocol is given with port 443'],
    [{ protocol: "icmp", port: 8 }, 'a port needs protocol "tcp" or "udp", "icmp" has no ports; leave port 8 out'],
])("%j asks about no packet", (question, sentence) => {
    expect(() => explain(office(), "ann-wg0", "hub-wg0", question)).toThrow(new Error(sentence));
    expect(() => explain(plan(office()), "ann-wg0", "hub-wg0", question)).toThrow(new Error(sentence));
});

describe("an address outside of the mesh", () => {
    test("is the internet behind the exit that the source's routes lead to", () => {
        const explained = explain(scenario("exit"), "ann", "8.8.8.8");
        const behindHub = explain(scenario("exit"), "ann", internet("hub"));
        expect(explained.reaches).toBe(true);
        expect(explained.lines[0]).toBe("ann (10.0.0.2) -> the internet behind hub (8.8.8.8)");
        expect(explained.lines.map((line) => line.replaceAll("8.8.8.8", "203.0.113.1"))).toEqual(behindHub.lines);
    });

    test.each<[string, Graph, string, string]>([
        ["without an exit for this host", scenario("exit"), "bob", "8.8.8.8"],
        ["without any exit", office(), "ann", "8.8.8.8"],
        ["from the exit itself", scenario("exit"), "hub", "8.8.8.8"],
        ["that the route to the exit excludes", scenario("split"), "ann", "172.16.0.1"],
    ])("%s leaves by the host's own uplink", (_what, graph, from, address) => {
        const { reaches, reason, lines } = explain(graph, from, address);
        const own = `${from}: ${address} leaves through its uplink, because no Route leads it into a tunnel`;
        expect([reaches, reason]).toEqual([false, own]);
        expect(lines[0]).toMatch(/ -> the internet \([0-9.]+\)$/);
    });

    test("of another family than the host has is no pair", () => {
        expect(explain(scenario("exit"), "ann", "2001:4860::8888").reason).toMatch(/ have no addresses of one family /);
    });

    test("opens no flow", () => {
        expect(() => explain(scenario("exit"), "8.8.8.8", "ann")).toThrow(
            new Error('"8.8.8.8" is outside of mesh "office", and from there nobody can open a flow'),
        );
    });
});

test.each([
    // Peers on wg1, while wg0 would refuse it.
    ["bob", "hub", true],
    ["hub", "bob", true],
    ["ann", "hub", true],
    ["ann", "bob", false],
])("a host's name is any of its addresses: from %s to %s on S6", (from, to, reaches) => {
    expect(explain(scenario("s6"), from, to).reaches).toBe(reaches);
});

describe("expectations", () => {
    const expecting = (kind: "reach" | "deny", from: RouteEnd, to: RouteEnd, more: object = {}): Graph => ({
        ...scenario("s3"),
        expectations: [{ kind, from, to, ...more }],
    });

    test.each<[string, Graph]>([
        ["reach of a declared pair", expecting("reach", on("ann-wg0"), on("bob-wg0"))],
        ["denial of an undeclared pair", expecting("deny", on("cat-wg0"), on("bob-wg0"))],
        [
            "denial of one port of a narrowed route",
            {
                ...scenario("dual-stack"),
                expectations: [{ kind: "deny", from: on("ann-wg0"), to: on("bob-wg0"), protocol: "tcp", port: 80 }],
            },
        ],
        [
            "reach of LANs",
            {
                ...sites(false),
                expectations: [{ kind: "reach", from: lan("west", "192.168.20.0/24"), to: lan("east", "192.168.10.0/24") }],
            },
        ],
        [
            "reach of networks",
            { ...chain(), expectations: [{ kind: "reach", from: network("hub-b-wg0"), to: network("hub-a-wg0") }] },
        ],
    ])("%s holds", (_name, graph) => {
        expect(check(graph)).toEqual([]);
    });

    test("a broken reach fails the plan with the explanation", () => {
        const [failure] = check(expecting("reach", on("cat-wg0"), on("bob-wg0")));
        expect(failure?.property).toBe("expectReach(cat-wg0, bob-wg0)");
        expect(
            failure?.reason,
        ).toBe(`expected to reach, but cat: 10.0.1.2 leaves through its uplink, because no Route leads it into a tunnel:
      cat-wg0 (10.0.0.3) -> bob-wg0 (10.0.1.2)
        cat: 10.0.1.2 leaves through its uplink, because no Route leads it into a tunnel
      it does not work`);
    });

    test("the place of a broken expectation stands in its sentence, not in the walk", () => {
        const [failure] = check(expecting("reach", on("cat-wg0"), on("bob-wg0"), { declaredAt: "index.ts:40" }));
        const [sentence, ...lines] = failure?.reason.split("\n") ?? [];
        expect(sentence).toMatch(/^expected to reach, but cat: .* into a tunnel \(index\.ts:40\):$/);
        expect(lines.at(-1)).toBe("      it does not work");
    });

    test("a broken denial says what gets through", () => {
        const [failure] = check(expecting("deny", network("hub-wg0"), network("hub-wg1")));
        expect(failure?.property).toBe("expectDeny(hub-wg0.network, hub-wg1.network)");
        expect(failure?.reason).toMatch(
            /^expected to be denied, but it gets through:\n {6}ann-wg0 \(10\.0\.0\.2\) -> bob-wg0 \(10\.0\.1\.2\)\n/,
        );
    });

    const lanBehindHub = (exclude: readonly string[], kind: "reach" | "deny"): Graph => {
        const to: RouteEnd = { kind: "lan", host: "hub", prefix: "192.168.0.0/16" };
        return {
            ...office(),
            lans: [{ host: "hub", prefix: "192.168.0.0/16" }],
            routes: [{ name: "lan", from: [on("ann-wg0")], to: [to], exclude }],
            expectations: [{ kind, from: on("ann-wg0"), to }],
        };
    };

    test.each([
        ["all but the first machine reached", ["192.168.0.1/32"], "192.168.0.2"],
        ["all but the first half reached", ["192.168.0.0/17"], "192.168.128.1"],
        ["the last quarter reached", ["192.168.0.0/17", "192.168.128.0/18"], "192.168.192.1"],
    ])("a denial of a LAN is broken by any part of it: %s", (_name, exclude, address) => {
        expect(check(lanBehindHub(exclude, "deny")).map(({ reason }) => reason.split("\n")[1])).toEqual([
            `      ann-wg0 (10.0.0.2) -> a machine of hub's LAN 192.168.0.0/16 (${address})`,
        ]);
    });

    test("a reach of a LAN is broken by the part that its route excludes", () => {
        expect(check(lanBehindHub(["192.168.128.0/17"], "reach")).map(({ reason }) => reason.split("\n")[1])).toEqual([
            "      ann-wg0 (10.0.0.2) -> a machine of hub's LAN 192.168.0.0/16 (192.168.128.1)",
        ]);
    });

    test.each<[string, "reach" | "deny", readonly string[], number]>([
        ["private networks are none of it", "reach", ["10.0.0.0/8", "192.168.0.0/16"], 0],
        ["a public network that is excluded is", "reach", ["198.18.0.0/15"], 1],
        ["what is left of it is enough to break a denial", "deny", ["203.0.113.0/24"], 1],
    ])("all of the internet counts: %s", (_name, kind, exclude, failures) => {
        const surf: Route = { name: "surf", from: [on("ann-wg0")], to: [internet("hub")], initiate: "from", exclude };
        const graph: Graph = {
            ...office(),
            routes: [surf],
            expectations: [{ kind, from: on("ann-wg0"), to: internet("hub") }],
        };
        expect(check(graph)).toHaveLength(failures);
    });

    test("a denial without a protocol is broken by one open port", () => {
        const graph: Graph = {
            ...scenario("dual-stack"),
            expectations: [{ kind: "deny", from: on("ann-wg0"), to: on("bob-wg0") }],
        };
        expect(check(graph)).toHaveLength(1);
    });
});
