import * as fc from "fast-check";
import type { Graph, Interface } from "../../../provider/planner/graph";
import { Draft, type Subnet } from "./draft";
import { addNested } from "./nestedDraft";
import { type HubRecipe, has, type LanRecipe, type LinkRecipe, pick, type Recipe, recipes, type SpokeRecipe } from "./recipe";
import { addRoutes } from "./routeDraft";
import { addTwist } from "./twists";

/** Range of the number of hosts, both ends included. */
export interface Hosts {
    readonly min: number;
    readonly max: number;
}

/** Random graphs, valid as far as is easy: a planner may still reject some for good reasons. */
export function graphs(hosts: Hosts = { min: 1, max: 12 }): fc.Arbitrary<Graph> {
    return recipes(hosts).map(buildGraph);
}

/** The same `count` graphs for the same seed; `accepts` says which ones to take, e.g. those the planner takes. */
export function sampleGraphs(
    seed: number,
    count: number,
    hosts: Hosts,
    accepts: (graph: Graph) => boolean = () => true,
): Graph[] {
    const found: Graph[] = [];
    for (let round = 0; found.length < count; round++) {
        if (round === 100) throw new Error(`only ${found.length} of ${count} graphs were accepted in 100 rounds`);
        found.push(...fc.sample(graphs(hosts), { seed: seed + round, numRuns: count }).filter(accepts));
    }
    return found.slice(0, count);
}

interface Home {
    readonly iface: Interface;
    readonly subnet: Subnet;
    readonly families: readonly (4 | 6)[];
    readonly pool: boolean;
}

export function buildGraph(recipe: Recipe): Graph {
    const draft = new Draft();
    const homes = recipe.hubs.flatMap((hub, index) => addHub(draft, hub, index));
    linkHubs(draft, homes, recipe);
    recipe.spokes.forEach((spoke, index) => {
        addSpoke(draft, homes, spoke, index);
    });
    addMesh(draft, recipe.mesh);
    addNested(draft, recipe.nested);
    for (const lan of recipe.lans) addLan(draft, lan);
    for (const twist of recipe.twists) addTwist(draft, twist);
    addRoutes(draft, recipe.routes);
    return draft.graph();
}

function addHub(draft: Draft, hub: HubRecipe, index: number): Home[] {
    const name = `hub${index + 1}`;
    // A few hubs are devices: they enforce nothing, but what is declared must still work.
    const managed = hub.traits % 16 !== 0;
    draft.hosts.push({
        name,
        managed,
        endpoint: hub.traits % 9 !== 4,
        ...(hub.traits % 7 === 0 ? { uplinkMtu: pick([1400, 1492, 9000], hub.traits >>> 8) ?? 1500 } : {}),
    });
    return hub.interfaces.map((flavour, at) => {
        const subnet = draft.newSubnet();
        const families = familiesOf(flavour);
        const pool = flavour % 8 === 7 && families.length === 1 && families[0] === 4;
        const iface = draft.addInterface(name, {
            addresses: draft.addresses(subnet, families, true),
            listenPort: 51820 + at,
            ...(hub.traits % 9 === 4 ? { endpoint: true } : {}),
            ...(pool ? { allocate: `${subnet.v4}0/${subnet.length4}` } : {}),
        });
        return { iface, subnet, families, pool };
    });
}

function familiesOf(flavour: number): readonly (4 | 6)[] {
    return pick<readonly (4 | 6)[]>([[4], [4], [4], [6], [4, 6]], flavour) ?? [4];
}

/** Hubs form a chain, so that most ends are connected; the recipe's links come on top. */
function linkHubs(draft: Draft, homes: readonly Home[], recipe: Recipe): void {
    const hubs = [...new Set(homes.map((home) => home.iface.host))];
    const chain = hubs
        .slice(1)
        .map((_, index): LinkRecipe => ({ a: index, b: index + 1, traits: (recipe.hubs[index]?.traits ?? 0) >>> 4 }));
    const linked = new Set<string>();
    for (const link of [...chain, ...recipe.links]) {
        const [a, b] = [pick(hubs, link.a), pick(hubs, link.b)];
        if (a === undefined || b === undefined || a === b || linked.has(`${a} ${b}`) || linked.has(`${b} ${a}`)) continue;
        linked.add(`${a} ${b}`);
        const cost = has(link.traits, 2) ? { cost: 1 + (link.traits >>> 8) } : {};
        const subnet = draft.newSubnet();
        const port = 52000 + linked.size;
        if (has(link.traits, 0)) {
            // Interfaces of their own, one address each.
            const ends = [a, b].map((host) =>
                draft.addInterface(host, {
                    addresses: draft.addresses(subnet, [has(link.traits, 1) ? 4 : 6], false),
                    listenPort: port,
                    ...(draft.hosts.some((each) => each.name === host && each.endpoint) ? {} : { endpoint: true }),
                }),
            );
            if (ends[0] !== undefined && ends[1] !== undefined) draft.connect(ends[0], ends[1], cost);
        } else {
            const [from, to] = [a, b].map((host) =>
                pick(
                    homes.filter((home) => home.iface.host === host),
                    link.traits >>> 4,
                ),
            );
            if (from !== undefined && to !== undefined) draft.connect(from.iface, to.iface, cost);
        }
    }
}

function addSpoke(draft: Draft, homes: readonly Home[], spoke: SpokeRecipe, index: number): void {
    const name = `spoke${index + 1}`;
    const endpoint = spoke.traits % 5 === 0;
    draft.hosts.push({ name, managed: has(spoke.traits, 3), endpoint, ...(spoke.traits % 11 === 0 ? { uplinkMtu: 1400 } : {}) });
    const wanted = has(spoke.traits, 7) ? spoke.homes : spoke.homes.slice(0, 1);
    const own = [...new Set(wanted.map((choice) => pick(homes, choice)))];
    for (const [at, home] of own.entries()) {
        if (home === undefined) continue;
        const iface = draft.addInterface(name, {
            ...(home.pool
                ? {}
                : { addresses: widened(draft.addresses(home.subnet, home.families, has(spoke.traits, 4)), spoke.traits) }),
            ...(endpoint ? { listenPort: 51820 + at } : {}),
            ...(!endpoint && spoke.traits % 13 === 0 ? { endpoint: true, listenPort: 51900 + at } : {}),
        });
        draft.connect(home.iface, iface, {
            ...(has(spoke.traits, 5) ? { presharedKey: true } : {}),
            ...(spoke.traits % 17 === 0 ? { persistentKeepalive: 15 } : {}),
            ...(at === 1 && has(spoke.traits, 6) ? { cost: 5 } : {}),
        });
    }
}

/** A few members declare a network far wider than their hub's: wg-quick then skips routes that it covers (wireguard.md 1.1). */
function widened(addresses: readonly string[], traits: number): readonly string[] {
    return traits % 19 === 0 ? addresses.map((text) => text.replace(/^(10\..*)\/\d+$/, "$1/16")) : addresses;
}

/** Some hosts with one interface each in a network of their own, everyone with everyone who can be reached. */
function addMesh(draft: Draft, members: readonly number[]): void {
    const hosts = [...new Set(members.map((choice) => pick(draft.hosts, choice)))];
    const subnet = draft.newSubnet();
    if (hosts.length < 2) return;
    const interfaces = hosts.flatMap((host) => {
        if (host === undefined) return [];
        return [
            draft.addInterface(host.name, {
                addresses: draft.addresses(subnet, [4], true),
                ...(host.endpoint ? { listenPort: 53000 } : {}),
            }),
        ];
    });
    for (const [at, a] of interfaces.entries()) {
        for (const b of interfaces.slice(at + 1))
            if (a.listenPort !== undefined || b.listenPort !== undefined) draft.connect(a, b);
    }
}

function addLan(draft: Draft, lan: LanRecipe): void {
    const host = pick(draft.hosts, lan.host);
    if (host === undefined) return;
    const number = 10 + draft.lans.length;
    // Now and then two sites have the same LAN: fine for as long as no host sees both.
    const again = lan.traits % 23 === 0 ? draft.lans.find((each) => each.host !== host.name)?.prefix : undefined;
    const prefix =
        again ??
        (lan.traits % 5 === 0 ? `fd10:${number}::/64` : `192.168.${number}.0/${pick([24, 28, 24, 30], lan.traits >>> 8) ?? 24}`);
    draft.lans.push({ host: host.name, prefix, ...(host.managed && has(lan.traits, 3) ? { nat: true } : {}) });
}
