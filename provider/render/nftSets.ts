import type { FirewallInterface } from "../planner/hostPlan";
import { perFamily, version } from "./nftWords";

/** A pair of sets per interface: members of a network come and go here, the rules stay. */
export function interfaceSets(one: FirewallInterface): string[] {
    return [
        ...addressSets("sources", one.sources, `_${one.interfaceName}`),
        ...addressSets("peers", one.peers, `_${one.interfaceName}`),
    ];
}

/** A named set per family. Device names are legal nft identifiers as they are. */
export function addressSets(name: string, prefixes: readonly string[], suffix = ""): string[] {
    return perFamily(prefixes, (family, _set, list) => {
        const type = family === "ip" ? "ipv4_addr" : "ipv6_addr";
        return [
            `\tset ${name}${version(family)}${suffix} {`,
            `\t\ttype ${type}`,
            "\t\tflags interval",
            `\t\telements = { ${list.join(", ")} }`,
            "\t}",
        ].join("\n");
    });
}
