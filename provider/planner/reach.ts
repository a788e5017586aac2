import type { Arc, Node, Topology } from "./topology";

/**
 * The path between two hosts: the cheapest chain of Peers; of equally cheap ones the shorter; of equally short ones the one that
 * avoids the Peer whose name sorts last (of those the two do not share).
 *
 * That tie rule is a sum too (every Peer weighs two to the power of its place in the sorted names), so the best chain is unique, the
 * same in both directions, and every part of a best chain is a best chain. Comparing names from one end would have none of the three,
 * and a prefix could get two owners on a host where two chains meet.
 */
export class Reach {
    /** Best first step towards a root, by root. */
    private readonly trees = new Map<Node, ReadonlyMap<Node, Arc>>();
    /** Made when the first route needs a tree: a full mesh without routes never does. */
    private core: ReadonlyMap<Node, readonly Arc[]> | undefined;

    constructor(private readonly topology: Topology) {}

    /** The arcs from one host to another in order; empty for the same host; undefined without a path. */
    chain(from: Node, to: Node): readonly Arc[] | undefined {
        if (from === to) {
            return [];
        }
        if (isSpoke(from)) {
            const [first] = from.arcs;
            const next = first?.other.node;
            if (first === undefined || next === undefined || (isSpoke(next) && next !== to)) {
                return undefined;
            }
            const rest = this.chain(next, to);
            return rest === undefined ? undefined : [first, ...rest];
        }
        if (isSpoke(to)) {
            const [last] = to.arcs;
            const rest = last === undefined ? undefined : this.chain(from, last.other.node);
            return last === undefined || rest === undefined ? undefined : [...rest, last.back];
        }
        const tree = this.tree(to);
        const chain: Arc[] = [];
        for (let node = from; node !== to; ) {
            const arc = tree.get(node);
            if (arc === undefined) {
                return undefined;
            }
            chain.push(arc);
            node = arc.other.node;
        }
        return chain;
    }

    private tree(root: Node): ReadonlyMap<Node, Arc> {
        let tree = this.trees.get(root);
        if (tree === undefined) {
            this.core ??= coreOf(this.topology);
            tree = grow(root, this.core);
            this.trees.set(root, tree);
        }
        return tree;
    }
}

function isSpoke(node: Node): boolean {
    return node.arcs.length < 2;
}

/** Arcs between hosts that have more than one Peer; thousands of spokes are never a way to anywhere. */
function coreOf(topology: Topology): ReadonlyMap<Node, readonly Arc[]> {
    const hubs = topology.nodes.filter((node) => !isSpoke(node));
    return new Map(
        hubs.map((node) => [node, node.arcs.filter(({ other }) => !isSpoke(other.node) && other.node !== node)] as const),
    );
}

interface Distance {
    readonly node: Node;
    readonly cost: number;
    readonly hops: number;
}

/** Dijkstra from the root; the result has, for every host, the arc of its first step towards the root. */
function grow(root: Node, core: ReadonlyMap<Node, readonly Arc[]>): ReadonlyMap<Node, Arc> {
    const step = new Map<Node, Arc>();
    const best = new Map<Node, Distance>([[root, { node: root, cost: 0, hops: 0 }]]);
    const queue = new Heap();
    queue.push({ node: root, cost: 0, hops: 0 });
    for (let here = queue.pop(); here !== undefined; here = queue.pop()) {
        if (best.get(here.node) !== here && here.node !== root) {
            continue;
        }
        for (const arc of core.get(here.node) ?? []) {
            const next = arc.other.node;
            const cost = here.cost + arc.link.cost;
            const hops = here.hops + 1;
            const old = best.get(next);
            const difference = old === undefined ? -1 : cost - old.cost || hops - old.hops;
            if (difference > 0 || (difference === 0 && !(next !== root && avoidsLastName(arc.back, step, root, next)))) {
                continue;
            }
            step.set(next, arc.back);
            if (difference < 0) {
                const distance = { node: next, cost, hops };
                best.set(next, distance);
                queue.push(distance);
            }
        }
    }
    return step;
}

/** True when the chain that begins with `candidate` beats the known one of equal length by the tie rule. */
function avoidsLastName(candidate: Arc, step: ReadonlyMap<Node, Arc>, root: Node, from: Node): boolean {
    const known = ranks(step.get(from), step, root);
    const fresh = ranks(candidate, step, root);
    const last = (ours: ReadonlySet<number>, theirs: ReadonlySet<number>) =>
        Math.max(-1, ...[...ours].filter((rank) => !theirs.has(rank)));
    return last(fresh, known) < last(known, fresh);
}

function ranks(first: Arc | undefined, step: ReadonlyMap<Node, Arc>, root: Node): Set<number> {
    const found = new Set<number>();
    for (let arc = first; arc !== undefined; arc = arc.other.node === root ? undefined : step.get(arc.other.node)) {
        found.add(arc.link.rank);
    }
    return found;
}

/** Smallest cost first, then fewest hops. */
class Heap {
    private readonly items: Distance[] = [];

    push(item: Distance): void {
        const items = this.items;
        let at = items.length;
        items.push(item);
        for (let parent = (at - 1) >> 1; at > 0; parent = (at - 1) >> 1) {
            const above = items[parent];
            if (above === undefined || !isNearer(item, above)) {
                break;
            }
            items[at] = above;
            at = parent;
        }
        items[at] = item;
    }

    pop(): Distance | undefined {
        const items = this.items;
        const top = items[0];
        const item = items.pop();
        if (item === undefined || items.length === 0) {
            return top;
        }
        let at = 0;
        for (;;) {
            const [left, right] = [items[2 * at + 1], items[2 * at + 2]];
            const child = left !== undefined && right !== undefined && isNearer(right, left) ? 2 * at + 2 : 2 * at + 1;
            const below = items[child];
            if (below === undefined || !isNearer(below, item)) {
                break;
            }
            items[at] = below;
            at = child;
        }
        items[at] = item;
        return top;
    }
}

function isNearer(a: Distance, b: Distance): boolean {
    return a.cost < b.cost || (a.cost === b.cost && a.hops < b.hops);
}
