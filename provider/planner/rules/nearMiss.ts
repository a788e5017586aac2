/** Names longer than this are not indexed: a typo in one is found by reading it, and its deletions would fill the memory. */
const longest = 64;

/** Every text that is one deletion away from `name`, and `name` itself. */
function deletions(name: string): string[] {
    const texts = [name];
    for (let i = 0; i < name.length; i++) {
        texts.push(name.slice(0, i) + name.slice(i + 1));
    }
    return texts;
}

/**
 * Finds the declared name a misspelt one was probably meant to be: one letter missing, added, changed or swapped, or another case.
 *
 * Two names that near share a text when one letter is deleted from either, so a hash of deletions finds them in time that does not
 * depend on how many names there are. An edit distance against every name would be quadratic when a whole graph misspells its hub.
 * The index is only built when the first name is looked up; a graph without mistakes never pays for it.
 */
export function nearMiss(names: Iterable<string>): (wanted: string) => string | undefined {
    let index: Map<string, string> | undefined;
    const build = (): Map<string, string> => {
        const built = new Map<string, string>();
        // Sorted, first one wins: the same names give the same suggestion in any order.
        for (const name of [...names].filter((n) => n.length <= longest).sort()) {
            for (const text of deletions(name.toLowerCase())) {
                if (!built.has(text)) {
                    built.set(text, name);
                }
            }
        }
        return built;
    };
    return (wanted) => {
        if (wanted.length === 0 || wanted.length > longest) {
            return undefined;
        }
        index ??= build();
        for (const text of deletions(wanted.toLowerCase())) {
            const found = text.length > 0 ? index.get(text) : undefined;
            if (found !== undefined) {
                return found;
            }
        }
        return undefined;
    };
}
