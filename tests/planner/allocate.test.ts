import { allocate, check, type Graph, plan } from "../../provider/planner";
import { host, iface, network, peer, server } from "./scenarios";

/** A hub with a pool and members that declare no addresses. */
function pool(members: readonly string[], prefix = "10.0.0.0/24", more: Partial<Graph> = {}): Graph {
    return {
        mesh: "pool",
        hosts: [server("hub"), ...members.map((name) => host(name))],
        interfaces: [
            { ...iface("hub", "wg0", [prefix.includes(":") ? "fd00::1/64" : "10.0.0.1/24"], 51820), allocate: prefix },
            ...members.map((name) => ({ name: `${name}-wg0`, host: name, interfaceName: "wg0" })),
        ],
        peers: members.map((name) => peer("hub-wg0", `${name}-wg0`)),
        ...more,
    };
}

test("members get an address each, with the pool's length, and it lands in their file", () => {
    const graph = pool(["ann", "bob"]);
    const { allocations, failures } = allocate(graph);
    expect(failures).toEqual([]);
    expect(Object.keys(allocations)).toEqual(["ann-wg0", "bob-wg0"]);
    expect(new Set(Object.values(allocations).flat()).size).toBe(2);
    for (const [address] of Object.values(allocations))
        expect(address).toMatch(/^10\.0\.0\.(?:[2-9]|[1-9]\d|1\d\d|2[0-4]\d|25[0-4])\/24$/);
    const ann = plan(graph).hosts.find(({ name }) => name === "ann");
    expect(ann?.interfaces[0]?.addresses).toEqual(allocations["ann-wg0"]);
});

test("adding and removing a member moves nobody, with memory and without", () => {
    const names = Array.from({ length: 40 }, (_, i) => `m${i}`);
    const all = allocate(pool(names)).allocations;
    const remembered = pool([...names.slice(0, 20), "new"], "10.0.0.0/24", { allocations: all });
    const later = allocate(remembered).allocations;
    for (const name of names.slice(0, 20)) expect(later[`${name}-wg0`]).toEqual(all[`${name}-wg0`]);
    const few = allocate(pool(["ann", "bob"])).allocations;
    const more = allocate(pool(["ann", "bob", "cat"])).allocations;
    expect(more).toMatchObject(few);
});

/** Where a member lands in an empty pool: the place its name gives. */
const alone = (name: string, prefix: string) => allocate(pool([name], prefix)).allocations[`${name}-wg0`]?.[0];

test("without memory nobody moves when the first member goes and one comes that sorts first", () => {
    const names = ["ann", "bob", "cat", "dan", "eve"];
    const places = [...names, "aaron"].map((name) => alone(name, "10.0.0.0/24"));
    expect(new Set(places).size).toBe(6); // Nobody is in anybody's way; that is the next test.
    const before = allocate(pool(names)).allocations;
    const after = allocate(pool(["aaron", ...names.slice(1)])).allocations;
    expect(Object.keys(after)).toEqual(["aaron-wg0", "bob-wg0", "cat-wg0", "dan-wg0", "eve-wg0"]);
    for (const name of names.slice(1)) expect(after[`${name}-wg0`]).toEqual(before[`${name}-wg0`]);
});

test("of two members whose names give one place, memory protects the one who was there", () => {
    const small = "10.0.0.0/28";
    const old = "m";
    const place = alone(old, small);
    const fresh = Array.from({ length: 200 }, (_, i) => `a${i}`).find((name) => alone(name, small) === place) ?? "nobody";
    const before = allocate(pool([old], small)).allocations;
    // Without memory the name that sorts first is served first.
    expect(allocate(pool([fresh, old], small)).allocations).toMatchObject({ [`${fresh}-wg0`]: [place] });
    const { allocations, failures } = allocate(pool([fresh, old], small, { allocations: before }));
    expect(failures).toEqual([]);
    expect(allocations[`${old}-wg0`]).toEqual([place]);
    expect(allocations[`${fresh}-wg0`]).not.toEqual([place]);
    // And it stays so, also for the new one, whoever leaves.
    expect(allocate(pool([fresh], small, { allocations })).allocations).toEqual({
        [`${fresh}-wg0`]: allocations[`${fresh}-wg0`],
    });
});

test("the order of declarations does not matter", () => {
    const graph = pool(
        Array.from({ length: 30 }, (_, i) => `m${i}`),
        "10.0.0.0/26",
    );
    const turned = { ...graph, interfaces: [...graph.interfaces].reverse(), peers: [...graph.peers].reverse() };
    expect(JSON.stringify(allocate(turned))).toBe(JSON.stringify(allocate(graph)));
});

test("a full pool holds exactly its usable addresses, and one more is an error that names both", () => {
    const six = ["a", "b", "c", "d", "e"];
    expect(allocate(pool(six, "10.0.0.0/29")).failures).toEqual([]);
    expect(check(pool([...six, "f"], "10.0.0.0/29"))).toEqual([
        {
            property: "hub-wg0.allocate",
            reason: 'pool "10.0.0.0/29" of "hub-wg0" has no address left for "f-wg0": all 6 are taken; widen the pool or give members addresses of their own',
        },
    ]);
});

test("a remembered address that somebody declared since is an error, not a silent move", () => {
    const graph = pool(["ann"], "10.0.0.0/24", { allocations: { "ann-wg0": ["10.0.0.7/24"] } });
    const clash: Graph = {
        ...graph,
        hosts: [...graph.hosts, host("bob")],
        interfaces: [...graph.interfaces, iface("bob", "wg0", ["10.0.0.7/24"])],
        peers: [...graph.peers, peer("hub-wg0", "bob-wg0")],
    };
    expect(allocate(clash).failures.map(({ reason }) => reason)).toEqual([
        '"10.0.0.7" was assigned to "ann-wg0" earlier and now belongs to "bob-wg0" too; choose another address for "bob-wg0"',
    ]);
});

test("a wider pool keeps addresses and gives them its own length", () => {
    const graph = pool(["ann"], "10.0.0.0/23", { allocations: { "ann-wg0": ["10.0.0.7/24"] } });
    expect(allocate(graph).allocations).toEqual({ "ann-wg0": ["10.0.0.7/23"] });
});

test("IPv6 pools work, and pooled members are members of the network", () => {
    const graph = pool(["ann", "bob"], "fd00::/64", {
        routes: [{ name: "all", from: [network("hub-wg0")], to: [network("hub-wg0")] }],
    });
    const ann = plan(graph).hosts.find(({ name }) => name === "ann")?.interfaces[0];
    expect(ann?.addresses[0]).toMatch(/^fd00::[0-9a-f:]+\/64$/);
    expect(ann?.peers[0]?.allowedIPs).toEqual(["fd00::/64"]);
});
