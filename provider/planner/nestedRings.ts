import type { Failure } from "./failure";
import type { OuterWay } from "./nestedTunnels";
import { label } from "./rules/labels";
import { culprit, fail, show } from "./rules/text";
import { type Arc, isNested, type Port } from "./topology";

/**
 * Interfaces that travel inside each other, over however many. Of interfaces, not of Peers: one interface has one MTU, so it cannot be around
 * itself even where WireGuard could send through another of its Peers.
 */
export function rings(ways: ReadonlyMap<Arc, OuterWay>): Failure[] {
    const outside = new Map<Port, Map<Port, { readonly inner: Arc; readonly outer: Arc }>>();
    for (const { arc, there, back } of ways.values()) {
        for (const port of [arc.own, arc.other]) {
            const around = outside.get(port) ?? new Map();
            outside.set(port, around);
            for (const outer of [...there, ...back]) {
                around.set(outer.own, around.get(outer.own) ?? { inner: arc, outer });
            }
        }
    }
    const done = new Set<Port>();
    // Interfaces of the same Peers are in several rings; each set of Peers is said once.
    const failures = new Map<string, Failure>();
    const visit = (port: Port, path: readonly Port[]): void => {
        const start = path.indexOf(port);
        if (start >= 0) {
            const ring = path.slice(start);
            const links = ring.flatMap((one, i) => outside.get(one)?.get(ring[i + 1] ?? port) ?? []);
            const key = [...new Set(links.map(({ inner }) => inner.link.rank))].sort().join();
            for (const failure of failures.has(key) ? [] : ringFailure(links)) {
                failures.set(key, failure);
            }
            return;
        }
        if (!done.has(port)) {
            done.add(port);
            for (const next of outside.get(port)?.keys() ?? []) {
                visit(next, [...path, port]);
            }
        }
    };
    for (const port of outside.keys()) {
        visit(port, []);
    }
    return [...failures.values()];
}

function ringFailure(links: readonly { readonly inner: Arc; readonly outer: Arc }[]): Failure[] {
    const [first] = links;
    if (first === undefined) {
        return [];
    }
    const steps = links.map(
        ({ inner, outer }, i) =>
            `${i === 0 ? `packets of peer ${culprit(inner.link.peer)}` : `those of ${culprit(inner.link.peer)}`} leave through ${show(outer.own.declared.name)} (peer ${culprit(outer.link.peer)})`,
    );
    const nested = [first.inner.own, first.inner.other].find(isNested) ?? first.inner.own;
    const fix = "give the inner Peer interfaces of its own, and the outer one a way that does not need it";
    const reason = `a tunnel cannot travel inside itself, but ${steps.join(", ")}; ${fix}`;
    return [fail(`${label(nested.declared.name)}.endpoint`, nested.declared, reason)];
}
