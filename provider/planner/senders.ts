import { contains, hostOf, masked, type Prefix } from "./cidr";
import type { Port } from "./topology";

/**
 * The addresses, alone, that the kernel may send from when a host's own packets to `target` leave by an interface. Empty: none of that family.
 *
 * IPv4 takes the address whose subnet the target is in, as that subnet's route says so, and else the first. IPv6 takes the one that shares
 * most with the target, no more than its own length (RFC 6724 section 5, rule 8); of equals it takes the last one added, which a change on
 * the running interface may turn round, so all of them are given.
 */
export function sendersTo(port: Pick<Port, "addresses">, target: Prefix): readonly Prefix[] {
    const own = port.addresses.filter(({ family }) => family === target.family);
    if (target.family === 6) {
        const most = Math.max(...own.map((address) => sharedLength(address, target)));
        return own.filter((address) => sharedLength(address, target) === most).map(hostOf);
    }
    const around = own.filter((address) => contains(address, target));
    const longest = Math.max(...around.map(({ length }) => length));
    const sender = around.find(({ length }) => length === longest) ?? own[0];
    return sender === undefined ? [] : [hostOf(sender)];
}

function sharedLength(address: Prefix, target: Prefix): number {
    let length: number = address.length;
    while (!contains(masked(address, length), target)) {
        length--;
    }
    return length;
}
