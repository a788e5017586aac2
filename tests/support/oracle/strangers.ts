import { contains, nth, type Prefix, parsePrefix, size } from "./ip";
import type { End, World } from "./world";

const nobody = "(nobody)";

/** True for an address that no interface of the graph has. */
export function isNobody(end: End): boolean {
    return end.kind === "interface" && end.host === nobody;
}

/**
 * One address of each prefix that nothing in the graph has: the future member of a network, another machine of a LAN, or
 * what a prefix lets through that is too wide.
 */
export function strangersIn(world: World, prefixes: readonly Prefix[]): End[] {
    return prefixes.flatMap((prefix): End[] => {
        if (prefix.length < 8) return [];
        for (let place = size(prefix) - 2; place > 0 && place > size(prefix) - 20; place--) {
            const address = nth(prefix, place);
            if (isTaken(world, address.text)) continue;
            const lan = (world.graph.lans ?? []).find((each) => contains(parsePrefix(each.prefix), address));
            if (lan !== undefined) return [{ kind: "lan", host: lan.host, prefix: parsePrefix(lan.prefix).text, address }];
            return [{ kind: "interface", host: nobody, interface: nobody, address }];
        }
        return [];
    });
}

function isTaken(world: World, text: string): boolean {
    if (world.ends.some((end) => end.address.text === text)) return true;
    return [...world.boxes.values()].some((box) =>
        box.ports.some((port) => port.addresses.some((address) => address.text === text)),
    );
}
