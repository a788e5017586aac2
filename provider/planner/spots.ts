import { contains, type Family, hostOf, masked, type Prefix } from "./cidr";
import { quote } from "./failure";
import type { RouteEnd } from "./graph";
import type { InterfacePlan } from "./hostPlan";
import type { PlanIndex } from "./planIndex";
import { families } from "./prefixes";
import { sound } from "./topology";

/** One machine that a packet can start from or be for. */
export interface Spot {
    /** How texts call it. */
    readonly name: string;
    readonly address: Prefix;
    /** The host it is, or the host it is behind. */
    readonly host: string;
    readonly kind: "host" | "lan" | "internet";
}

/** Documentation addresses (RFC 5737, RFC 3849) stand for the internet: nobody has them, and no mesh should. */
export function internetAddress(family: Family): Prefix {
    return sound(family === 4 ? "203.0.113.1/32" : "2001:db8::1/128");
}

/** Every machine an end stands for; a LAN or the internet is one machine per family. */
export function spotsOf(index: PlanIndex, end: RouteEnd): Spot[] {
    switch (end.kind) {
        case "interface":
            return own(interfaceOf(index, end.interface));
        case "network": {
            const hub = interfaceOf(index, end.interface);
            const subnets = hub.addresses.map((text) => masked(sound(text)));
            const members = hub.peers.map(({ remote }) => interfaceOf(index, remote));
            return [hub, ...members].flatMap(own).filter(({ address }) => subnets.some((subnet) => contains(subnet, address)));
        }
        case "lan": {
            const prefix = sound(end.prefix);
            // Any machine will do; the first address after the network's own is as good as another.
            const bits =
                prefix.family === 4
                    ? { ...prefix, bits: prefix.bits + (prefix.length < 31 ? 1 : 0) }
                    : { ...prefix, bits: prefix.bits + (prefix.length < 127 ? 1n : 0n) };
            return [{ name: `a machine of ${end.host}'s LAN ${end.prefix}`, address: hostOf(bits), host: end.host, kind: "lan" }];
        }
        case "internet":
            return families.map((family) => ({
                name: `the internet behind ${end.host}`,
                address: internetAddress(family),
                host: end.host,
                kind: "internet",
            }));
        default: {
            const never: never = end;
            throw new Error(`unknown route end ${JSON.stringify(never)}`);
        }
    }
}

function own(one: InterfacePlan): Spot[] {
    return one.addresses.map((text) => ({ name: one.name, address: hostOf(sound(text)), host: one.host, kind: "host" }));
}

function interfaceOf(index: PlanIndex, name: string): InterfacePlan {
    const found = index.interface(name);
    if (found === undefined) {
        throw new Error(`${quote(name)} is no interface of mesh ${quote(index.plan.mesh)}`);
    }
    return found;
}
