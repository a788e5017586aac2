import { masked, type Prefix } from "./cidr";

/** Values by prefix, with the two questions of routing: exactly this prefix, and the longest one around an address. */
export class PrefixMap<T> {
    private readonly v4 = new Map<number, Map<number, Held<T>>>();
    private readonly v6 = new Map<number, Map<bigint, Held<T>>>();
    /** Lengths in use, longest first, per family. */
    private lengths4: readonly number[] = [];
    private lengths6: readonly number[] = [];

    get(prefix: Prefix): T | undefined {
        return (prefix.family === 4 ? this.v4.get(prefix.length)?.get(prefix.bits) : this.v6.get(prefix.length)?.get(prefix.bits))
            ?.value;
    }

    /** The prefix must have no host bits. */
    set(prefix: Prefix, value: T): void {
        if (prefix.family === 4) {
            let level = this.v4.get(prefix.length);
            if (level === undefined) {
                level = new Map();
                this.v4.set(prefix.length, level);
                this.lengths4 = [...this.v4.keys()].sort((a, b) => b - a);
            }
            level.set(prefix.bits, { prefix, value });
            return;
        }
        let level = this.v6.get(prefix.length);
        if (level === undefined) {
            level = new Map();
            this.v6.set(prefix.length, level);
            this.lengths6 = [...this.v6.keys()].sort((a, b) => b - a);
        }
        level.set(prefix.bits, { prefix, value });
    }

    /** The longest prefix that contains all of `inner`, itself included. */
    longest(inner: Prefix): Held<T> | undefined {
        if (inner.family === 4) {
            for (const length of this.lengths4) {
                const bits = length === 0 ? 0 : (inner.bits & (-1 << (32 - length))) >>> 0;
                const found = length > inner.length ? undefined : this.v4.get(length)?.get(bits);
                if (found !== undefined) {
                    return found;
                }
            }
            return undefined;
        }
        for (const length of this.lengths6) {
            const free = BigInt(128 - length);
            const found = length > inner.length ? undefined : this.v6.get(length)?.get((inner.bits >> free) << free);
            if (found !== undefined) {
                return found;
            }
        }
        return undefined;
    }

    /** The longest prefix that contains all of `inner` and more; asked again and again it goes outwards. */
    around(inner: Prefix): Held<T> | undefined {
        return inner.length === 0 ? undefined : this.longest(masked(inner, inner.length - 1));
    }

    entries(): Held<T>[] {
        return [...this.v4.values(), ...this.v6.values()].flatMap((level) => [...level.values()]);
    }
}

export interface Held<T> {
    readonly prefix: Prefix;
    readonly value: T;
}
