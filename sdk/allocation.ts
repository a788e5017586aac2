import * as pulumi from "@pulumi/pulumi";
import type * as graph from "../provider/planner/graph";
import { allocationProvider } from "./provider";

/** Addresses by the interface they are assigned to. */
type Addresses = Readonly<Record<string, readonly string[]>>;

/** The addresses that pools have handed out, remembered in the state so that nobody is ever renumbered. */
class Allocation extends pulumi.dynamic.Resource {
    declare public readonly addresses: pulumi.Output<Addresses>;
}

/** What is assigned to interfaces without addresses; empty, and no resource, where every interface declares its own. */
export function assignedAddresses(declared: graph.Graph, mesh: pulumi.Resource): pulumi.Output<Addresses> {
    if (declared.interfaces.every((one) => one.addresses !== undefined)) {
        return pulumi.output(undefined).apply((): Addresses => ({}));
    }
    // Only what pools and their members are about, so that an unrelated change does not touch this resource.
    const pools = new Set(declared.interfaces.filter((one) => one.allocate !== undefined).map((one) => one.name));
    const peers = declared.peers.filter(({ between }) => between.some((name) => pools.has(name)));
    const concerned = new Set(peers.flatMap(({ between }) => [...between]));
    const interfaces = declared.interfaces.filter((one) => pools.has(one.name) || concerned.has(one.name));
    const props = {
        interfaces: interfaces.map(({ name, addresses, allocate }) => JSON.parse(JSON.stringify({ name, addresses, allocate }))),
        peers: peers.map(({ name, between }) => ({ name, between: [...between] })),
        addresses: undefined,
    };
    const made = new Allocation(allocationProvider, declared.mesh, props, { parent: mesh }, "wireguard", "Allocation");
    // Undefined only under mocks, which run no check: then addresses are those of a mesh that remembers nothing.
    return made.addresses.apply((addresses): Addresses => addresses ?? {});
}
