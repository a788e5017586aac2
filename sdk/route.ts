import * as pulumi from "@pulumi/pulumi";
import { label } from "../provider/planner/rules/labels";
import { declaredAt } from "./declared";
import { misuse, requiredEnd, requiredMesh, requiredName } from "./misuse";
import { ignoredChanges, type Options, readOptions } from "./options";
import { routeProvider } from "./provider";
import type { RouteEndpoint } from "./routeEnd";

/**
 * Arguments of a {@link Route}.
 *
 * @example { from: wg0.network, to: office.lan("192.168.10.0/24"), initiate: "from", allow: ["tcp/443", "icmp"] }
 */
export interface RouteArgs {
    /** Where flows start, one end or several, e.g. `wg0.network`. */
    readonly from: RouteEndpoint | readonly RouteEndpoint[];
    /** Where they go, one end or several, e.g. `[wg1.network, office.lan("192.168.10.0/24")]`. */
    readonly to: RouteEndpoint | readonly RouteEndpoint[];
    /**
     * Who may open a flow: both ends, or only `from`. Replies always come back. The internet never can open one. A route between two
     * interfaces that peer with each other cannot be narrowed by this or by `allow`: a Peer lets its two interfaces talk. @default "both"
     */
    readonly initiate?: "both" | "from";
    /** Protocols and ports that pass, e.g. `["tcp/443", "udp/53", "tcp/8000-8100", "icmp"]`. Unset: everything. */
    readonly allow?: readonly string[];
    /**
     * Prefixes cut out of `to`, e.g. `["10.0.0.128/25"]` out of a network. Unset: none. Beside `host.internet` it makes a split tunnel:
     * what is excluded leaves by the host's other routes, e.g. `["172.16.0.0/12"]`; routes that send one host there exclude the same. A
     * device gets the rest of 0.0.0.0/0 as allowed IPs, for the WireGuard apps: with wg-quick on Linux it needs a connection. A device with
     * a full or split tunnel has no other interface. A full tunnel leaves out by itself whatever the host has a more specific route to, such
     * as its own LAN.
     */
    readonly exclude?: readonly string[];
}

const options: Options<RouteArgs> = { from: true, to: true, initiate: true, allow: true, exclude: true };

/**
 * A declared flow. What no Route declares is dropped on the managed hosts in between; a hub that is a device has no firewall.
 *
 * A host whose address it names need not choose it: what a managed host sends without a source gets that address, also when it leaves by
 * another interface, such as the one between two hubs.
 *
 * @example
 * new wg.Route("clients", { from: wg0.network, to: wg1.network });
 */
export class Route extends pulumi.dynamic.Resource {
    /** Prefixes on the `from` side. */
    declare public readonly from: pulumi.Output<string[]>;
    /** Prefixes on the `to` side. */
    declare public readonly to: pulumi.Output<string[]>;
    /** The hosts that pass the flow on, e.g. `hub: wg0 -> wg1`. */
    declare public readonly path: pulumi.Output<string[]>;

    /**
     * @param name Name in the mesh, e.g. `clients`; the firewall's rules carry it as a comment.
     * @param args Both ends.
     * @param opts Pulumi's options. @default its mesh is the parent
     */
    public constructor(name: string, args: RouteArgs, opts: pulumi.CustomResourceOptions = {}) {
        requiredName("route", name);
        const read = readOptions(label(name), "a route", args, options);
        const from = [read.args.from].flat().map((end) => requiredEnd(end, `route "${name}": from`));
        const to = [read.args.to].flat().map((end) => requiredEnd(end, `route "${name}": to`));
        const [first, ...others] = [...from, ...to];
        if (first === undefined) {
            throw misuse(
                `route "${name}" has neither a "from" nor a "to"; name at least one interface, network or LAN on each side`,
            );
        }
        const mesh = requiredMesh(`route "${name}"`, [first, ...others]);
        mesh.assertOpen("route", name);
        mesh.reject([...read.failures, ...ignoredChanges(name, opts)]);
        const plan = mesh.planned.apply((planned) => planned.route(name));
        const props = {
            name,
            from: plan.apply((route) => [...route.from]),
            to: plan.apply((route) => [...route.to]),
            path: plan.apply((route) => [...route.path]),
            initiate: plan.apply((route) => route.initiate),
            allow: plan.apply((route) => [...route.allow]),
        };
        super(routeProvider, name, props, pulumi.mergeOptions({ parent: mesh }, opts), "wireguard", "Route");
        const graph = {
            name,
            from: from.map((one) => one.end),
            to: to.map((one) => one.end),
            ...(read.args.initiate === undefined ? {} : { initiate: read.args.initiate }),
            ...(read.args.allow === undefined ? {} : { allow: read.args.allow }),
            ...(read.args.exclude === undefined ? {} : { exclude: read.args.exclude }),
            ...declaredAt(),
        };
        mesh.declare({ kind: "route", graph });
    }
}
