import { type Distance, Heap } from "./heap";
import type { Arc, Link, Node, Topology } from "./topology";

/**
 * The path between two hosts: the cheapest chain of Peers; of equally cheap ones the shorter; of equally short ones the one that
 * avoids the Peer whose name sorts last (of those the two do not share).
 *
 * That tie rule is a sum too (every Peer weighs two to the power of its place in the sorted names), so the best chain is unique, the
 * same in both directions, and every part of a best chain is a best chain. Comparing names from one end would have none of the three,
 * and a prefix could get two owners on a host where two chains meet.
 */
export class Reach {
    /** By root. */
    private readonly trees = new Map<Node, Tree>();
    /** Made when the first route needs a tree: a full mesh without routes never does. */
    private core: Core | undefined;

    /** @param avoided Peers that no path may use. */
    constructor(
        private readonly topology: Topology,
        private readonly avoided: ReadonlySet<Link> = new Set(),
    ) {}

    /** The arcs from one host to another in order; empty for the same host; undefined without a path. */
    chain(from: Node, to: Node): readonly Arc[] | undefined {
        if (from === to) {
            return [];
        }
        if (isSpoke(from)) {
            const first = this.only(from);
            const next = first?.other.node;
            if (first === undefined || next === undefined || (isSpoke(next) && next !== to)) {
                return undefined;
            }
            const rest = this.chain(next, to);
            return rest === undefined ? undefined : [first, ...rest];
        }
        if (isSpoke(to)) {
            const last = this.only(to);
            // Two spokes that peer with each other are connected to nobody else.
            if (last === undefined || (isSpoke(last.other.node) && last.other.node !== from)) {
                return undefined;
            }
            const rest = this.chain(from, last.other.node);
            return rest === undefined ? undefined : [...rest, last.back];
        }
        this.core ??= new Core(this.topology, this.avoided);
        const tree = this.tree(to, this.core);
        const chain: Arc[] = [];
        for (let node = from; node !== to; ) {
            const arc = tree[this.core.placeOf(node)];
            if (arc === undefined) {
                return undefined;
            }
            chain.push(arc);
            node = arc.other.node;
        }
        return chain;
    }

    private only({ arcs: [arc] }: Node): Arc | undefined {
        return arc === undefined || this.avoided.has(arc.link) ? undefined : arc;
    }

    private tree(root: Node, core: Core): Tree {
        let tree = this.trees.get(root);
        if (tree === undefined) {
            tree = grow(root, core);
            this.trees.set(root, tree);
        }
        return tree;
    }
}

function isSpoke(node: Node): boolean {
    return node.arcs.length < 2;
}

/** Hosts that have more than one Peer; thousands of spokes are never a way to anywhere. */
class Core {
    /** By the index of the host: its place among those of the core. */
    private readonly places: Int32Array;
    /** Between two hosts of the core, by the place of the first. */
    readonly arcs: (readonly Arc[])[] = [];

    constructor({ nodes }: Topology, avoided: ReadonlySet<Link>) {
        this.places = new Int32Array(nodes.length);
        for (const node of nodes.filter((one) => !isSpoke(one))) {
            this.places[node.index] = this.arcs.length;
            this.arcs.push(
                node.arcs.filter(({ link, other }) => !isSpoke(other.node) && other.node !== node && !avoided.has(link)),
            );
        }
    }

    placeOf(node: Node): number {
        return this.places[node.index] ?? 0;
    }
}

/** Best first step towards a root, by place in the core. */
type Tree = readonly (Arc | undefined)[];

/** Dijkstra from the root. */
function grow(root: Node, core: Core): Tree {
    const step = new Array<Arc | undefined>(core.arcs.length).fill(undefined);
    const best = new Array<Distance | undefined>(core.arcs.length).fill(undefined);
    const queue = new Heap();
    const start = { place: core.placeOf(root), cost: 0, hops: 0 };
    best[start.place] = start;
    queue.push(start);
    for (let here = queue.pop(); here !== undefined; here = queue.pop()) {
        if (best[here.place] !== here) {
            continue;
        }
        for (const arc of core.arcs[here.place] ?? []) {
            const place = core.placeOf(arc.other.node);
            const cost = here.cost + arc.link.cost;
            const hops = here.hops + 1;
            const old = best[place];
            const difference = old === undefined ? -1 : cost - old.cost || hops - old.hops;
            if (difference > 0 || (difference === 0 && !(old !== start && avoidsLastName(arc.back, step, core, root)))) {
                continue;
            }
            step[place] = arc.back;
            if (difference < 0) {
                const distance = { place, cost, hops };
                best[place] = distance;
                queue.push(distance);
            }
        }
    }
    return step;
}

/** True when the chain that begins with `candidate` beats the known one of equal length by the tie rule. */
function avoidsLastName(candidate: Arc, step: Tree, core: Core, root: Node): boolean {
    const known = ranks(step[core.placeOf(candidate.own.node)], step, core, root);
    const fresh = ranks(candidate, step, core, root);
    const last = (ours: ReadonlySet<number>, theirs: ReadonlySet<number>) =>
        Math.max(-1, ...[...ours].filter((rank) => !theirs.has(rank)));
    return last(fresh, known) < last(known, fresh);
}

function ranks(first: Arc | undefined, step: Tree, core: Core, root: Node): Set<number> {
    const found = new Set<number>();
    for (let arc = first; arc !== undefined; arc = arc.other.node === root ? undefined : step[core.placeOf(arc.other.node)]) {
        found.add(arc.link.rank);
    }
    return found;
}
