import { contains, equals, type Family, hostOf, lastAddress, masked, type Prefix } from "./cidr";
import { quote } from "./failure";
import type { RouteEnd } from "./graph";
import type { InterfacePlan } from "./hostPlan";
import { parts } from "./parts";
import type { PlanIndex } from "./planIndex";
import { everything, families } from "./prefixes";
import { notInternet } from "./rules/specialUse";
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

/**
 * Every machine an end stands for. Of a LAN and of the internet one for each area that some host treats in a way of its own, such as what a
 * Route excludes: what holds for one machine there holds for all of that area.
 */
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
            const name = `a machine of ${end.host}'s LAN ${end.prefix}`;
            return lanParts(index, sound(end.prefix)).map((area) => ({
                name,
                address: machineIn(area),
                host: end.host,
                kind: "lan",
            }));
        }
        case "internet":
            return families.flatMap((family) =>
                internetParts(index, family).map((area) => ({
                    name: `the internet behind ${end.host}`,
                    address: area.some((one) => contains(one, internetAddress(family)))
                        ? internetAddress(family)
                        : machineIn(area),
                    host: end.host,
                    kind: "internet" as const,
                })),
            );
        default: {
            const never: never = end;
            throw new Error(`unknown route end ${JSON.stringify(never)}`);
        }
    }
}

/** The areas of a LAN that machines can live in. */
function lanParts(index: PlanIndex, lan: Prefix): (readonly Prefix[])[] {
    const nobody = lan.length < (lan.family === 4 ? 31 : 127) ? [hostOf(lan), lastAddress(lan)] : [];
    return parts(lan, index.prefixes).filter((area) => !area.every((one) => nobody.some((address) => equals(address, one))));
}

/** Any machine of an area will do, but the first address of a network is none. */
function machineIn(area: readonly Prefix[]): Prefix {
    const wide = area.find(({ family, length }) => length < (family === 4 ? 31 : 127));
    const [first] = area;
    if (wide !== undefined) {
        return hostOf(wide.family === 4 ? { ...wide, bits: wide.bits + 1 } : { ...wide, bits: wide.bits + 1n });
    }
    if (first === undefined) {
        throw new Error("an area without addresses, which parts() leaves out");
    }
    return hostOf(first);
}

/** The areas of one family that are neither of the mesh nor reserved, the one that most of the internet is in first. */
function internetParts(index: PlanIndex, family: Family): (readonly Prefix[])[] {
    const outside = [...notInternet, ...index.networks];
    return parts(everything(family), [...index.prefixes, ...outside]).filter(
        ([first]) => first !== undefined && !outside.some((one) => contains(one, first)),
    );
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
