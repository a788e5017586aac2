/** How far a host of the core is from the root of a tree. */
export interface Distance {
    readonly place: number;
    readonly cost: number;
    readonly hops: number;
}

/** Smallest cost first, then fewest hops. */
export class Heap {
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
