import type { Failure } from "../failure";
import type { Declared } from "../graph";
import type { Declarations } from "./declarations";
import { label, lanLabel } from "./labels";
import { nearMiss } from "./nearMiss";
import { fail, show } from "./text";

/** Every host and interface that is referred to by name is declared. */
export function knownReferences(declarations: Declarations): Failure[] {
    if (!declarations.complete) {
        return [];
    }
    const { graph, hosts, interfaces, tunnels } = declarations;
    const failures: Failure[] = [];
    const nearHost = nearMiss(hosts.keys());
    const nearInterface = nearMiss(interfaces.keys());

    const unknown = (property: () => string, declared: Declared, noun: string, name: string, near: string | undefined): void => {
        const help = near === undefined ? "" : `; did you mean ${show(near)}?`;
        failures.push(fail(property(), declared, `no ${noun} is named ${show(name)} in this mesh${help}`));
    };
    const host = (property: () => string, declared: Declared, name: string): void => {
        if (!hosts.has(name)) {
            unknown(property, declared, "host", name, interfaces.get(name)?.host ?? nearHost(name));
        }
    };
    const wireguard = (property: () => string, declared: Declared, name: string): void => {
        if (!interfaces.has(name)) {
            // A host in the place of its interface is the likeliest mistake of all.
            unknown(property, declared, "interface", name, declarations.interfacesOf.get(name)?.[0]?.name ?? nearInterface(name));
        }
    };

    for (const one of graph.interfaces) {
        host(() => `${label(one.name)}.host`, one, one.host);
        if (typeof one.endpoint === "string") {
            wireguard(() => `${label(one.name)}.endpoint`, one, one.endpoint);
        }
    }
    // Peers are the longest list, and tunnels are those of them whose ends are known.
    for (const peer of tunnels.length === graph.peers.length ? [] : graph.peers) {
        peer.between.forEach((name, i) => {
            wireguard(() => `${label(peer.name)}.between[${i}]`, peer, name);
        });
    }
    for (const lan of graph.lans) {
        host(() => lanLabel(lan), lan, lan.host);
    }
    for (const { property, declared, end } of declarations.ends) {
        switch (end.kind) {
            case "interface":
            case "network":
                wireguard(property, declared, end.interface);
                break;
            case "lan":
            case "internet":
                host(property, declared, end.host);
                break;
            default:
                end satisfies never;
        }
    }
    return failures;
}
