import { check, type Graph } from "../../provider/planner";
import { badGraphs } from "./badGraphs";
import { badPlans } from "./planFailures";

// Whoever reads a failure goes to the lines of the program that contradict each other: each names its culprits with their places.

/** Every declaration of a graph with a place of its own, e.g. `route.ts:2`. */
function placed(graph: Graph): Graph {
    const place = <T extends object>(kind: string, list: readonly T[] | undefined): readonly T[] =>
        (list ?? []).map((one, i) => ({ ...one, declaredAt: `${kind}.ts:${i + 1}` }));
    return {
        ...graph,
        hosts: place("host", graph.hosts),
        interfaces: place("interface", graph.interfaces),
        peers: place("peer", graph.peers),
        lans: place("lan", graph.lans),
        routes: place("route", graph.routes),
        expectations: place("expectation", graph.expectations),
    };
}

/** Names of declarations that a sentence is about: in quotes, as an end of a route, or at the head of the property. */
function namedIn(graph: Graph, property: string, sentence: string): string[] {
    const names = [...graph.hosts, ...graph.interfaces, ...graph.peers, ...(graph.routes ?? [])].map(({ name }) => name);
    const isNamed = (name: string) => {
        const literal = name.replace(/[^a-z0-9-]/g, "\\$&");
        return (
            name !== "" &&
            (sentence.includes(JSON.stringify(name)) ||
                new RegExp(`(?:^|[ (])${literal}(?:\\.(?:network|internet|lan\\()|[ ,;)]|$)`).test(sentence) ||
                new RegExp(`^"?${literal}"?\\.`).test(property))
        );
    };
    return [...new Set(names.filter(isNamed))];
}

/** Mistakes inside one declaration: what else they name is what it says, or what it was probably meant to say. */
const alone = new Set([
    "endpoint inside an interface that is not there",
    "endpoint inside the interface itself",
    "peer between an interface and itself",
    "one end twice",
    "route from an interface to itself",
    "route from a LAN to itself",
    "route from the internet",
]);

const rows = [...badGraphs, ...badPlans].flatMap(({ name, graph }) => {
    const everywhere = placed(graph);
    return check(everywhere).map(({ property, reason }) => ({ name, graph: everywhere, property, reason }));
});
// The name of the mesh, and addresses that the state remembers, are declared nowhere.
const declared = rows.filter(({ property }) => property !== "mesh" && !property.startsWith("allocations."));

test.each(declared)("$name: $property", ({ name, graph, property, reason }) => {
    const [sentence = ""] = reason.split("\n");
    const places = new Set(sentence.match(/\b(host|interface|peer|lan|route|expectation)\.ts:\d+/g));
    const culprits = namedIn(graph, property, sentence);
    const wanted = alone.has(name) ? 1 : Math.max(1, Math.min(2, culprits.length));
    expect({ sentence, culprits, isPlaced: places.size >= wanted }).toEqual({ sentence, culprits, isPlaced: true });
});

test("those that need no second place are rows of the table", () => {
    expect([...alone].filter((name) => !declared.some((row) => row.name === name))).toEqual([]);
    expect(rows.length - declared.length).toBeLessThanOrEqual(4);
});
