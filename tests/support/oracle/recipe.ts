import * as fc from "fast-check";

/**
 * What a random graph is drawn from: small numbers that `buildGraph` reads as choices, modulo what there is to choose from.
 * Any recipe gives a graph, so fast-check can shrink it freely.
 */
export interface Recipe {
    readonly hubs: readonly HubRecipe[];
    readonly spokes: readonly SpokeRecipe[];
    readonly links: readonly LinkRecipe[];
    readonly mesh: readonly number[];
    readonly lans: readonly LanRecipe[];
    readonly twists: readonly TwistRecipe[];
    readonly routes: readonly RouteRecipe[];
    readonly nested: readonly NestedRecipe[];
}

export interface NestedRecipe {
    readonly outer: number;
    readonly remote: number;
    readonly traits: number;
}

export interface HubRecipe {
    /** One interface per item; the item is its flavour: family, pool, size of the subnet. */
    readonly interfaces: readonly number[];
    readonly traits: number;
}

export interface SpokeRecipe {
    readonly homes: readonly number[];
    readonly traits: number;
}

export interface LinkRecipe {
    readonly a: number;
    readonly b: number;
    readonly traits: number;
}

export interface LanRecipe {
    readonly host: number;
    readonly traits: number;
}

/** One thing to change that makes the network less regular (twists.ts). */
export interface TwistRecipe {
    readonly a: number;
    readonly b: number;
    readonly traits: number;
}

export interface RouteRecipe {
    readonly from: readonly number[];
    readonly to: readonly number[];
    readonly traits: number;
}

const choice = fc.nat({ max: 255 });
/** Many yes-or-no choices in one number. */
const traits = fc.nat({ max: 0xffff });

/** Recipes for graphs of `min` to `max` hosts. */
export function recipes({ min, max }: { readonly min: number; readonly max: number }): fc.Arbitrary<Recipe> {
    const hubs = Math.min(3, Math.max(1, max - 1));
    return fc.integer({ min, max }).chain((hosts) =>
        fc.integer({ min: 1, max: Math.min(hubs, hosts) }).chain((hubCount) =>
            fc.record({
                hubs: fc.array(fc.record({ interfaces: fc.array(choice, { minLength: 1, maxLength: 3 }), traits }), {
                    minLength: hubCount,
                    maxLength: hubCount,
                }),
                spokes: fc.array(fc.record({ homes: fc.array(choice, { minLength: 1, maxLength: 2 }), traits }), {
                    minLength: hosts - hubCount,
                    maxLength: hosts - hubCount,
                }),
                links: fc.array(fc.record({ a: choice, b: choice, traits }), { maxLength: hubCount }),
                mesh: fc.oneof(
                    { weight: 3, arbitrary: fc.constant([]) },
                    { weight: 1, arbitrary: fc.array(choice, { minLength: 2, maxLength: 4 }) },
                ),
                lans: fc.array(fc.record({ host: choice, traits }), { maxLength: 3 }),
                twists: fc.oneof(
                    { weight: 1, arbitrary: fc.constant([]) },
                    {
                        weight: 1,
                        arbitrary: fc.array(fc.record({ a: choice, b: choice, traits }), { minLength: 1, maxLength: 3 }),
                    },
                ),
                routes: fc.array(
                    fc.record({
                        from: fc.array(choice, { minLength: 1, maxLength: 2 }),
                        to: fc.array(choice, { minLength: 1, maxLength: 2 }),
                        traits,
                    }),
                    { maxLength: 5 },
                ),
                nested: fc.oneof(
                    { weight: 2, arbitrary: fc.constant([]) },
                    {
                        weight: 1,
                        arbitrary: fc.array(fc.record({ outer: choice, remote: choice, traits }), { minLength: 1, maxLength: 3 }),
                    },
                ),
            }),
        ),
    );
}

/** Bit `index` of a number of traits. */
export function has(traits: number, index: number): boolean {
    return ((traits >>> index) & 1) === 1;
}

/** The item a choice stands for. Undefined: there is none at all. */
export function pick<T>(items: readonly T[], choice: number): T | undefined {
    return items[choice % Math.max(items.length, 1)];
}
