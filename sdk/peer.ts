import * as pulumi from "@pulumi/pulumi";
import { label } from "../provider/planner/rules/labels";
import { declaredAt } from "./declared";
import { requiredList, requiredMesh, requiredName } from "./misuse";
import { ignoredChanges, type Options, readOptions } from "./options";
import { peerProvider } from "./provider";
import type { WireGuardInterface } from "./wireGuardInterface";

/**
 * Arguments of a {@link Peer}.
 *
 * @example { between: [wg0, annWg], persistentKeepalive: 25 }
 */
export interface PeerArgs {
    /** The two interfaces the tunnel joins, e.g. `[wg0, annWg]`. At least one of them must be reachable. */
    readonly between: readonly [WireGuardInterface, WireGuardInterface];
    /** Weight when routes choose between several ways, 1-1000000; the smallest sum wins. @default 1 */
    readonly cost?: number;
    /**
     * Seconds between keepalive packets, 1-65535, 0 for off, sent by the side without an endpoint (wg(8), PersistentKeepalive).
     * @default 25 where one side is not reachable, else off
     */
    readonly persistentKeepalive?: number;
    /** A key mixed in on both sides, 44 characters of base64 as `wg genpsk` prints. Unset: none. Always kept as a secret. */
    readonly presharedKey?: pulumi.Input<string>;
}

const options: Options<PeerArgs> = { between: true, cost: true, persistentKeepalive: true, presharedKey: true };

/**
 * A tunnel between exactly two interfaces: one `[Peer]` section on each side. Alone it gives both ends each other's
 * addresses and nothing more; everything else needs a {@link Route}.
 *
 * @example
 * new wg.Peer("ann", { between: [wg0, annWg] });
 */
export class Peer extends pulumi.dynamic.Resource {
    /** Names of the two interfaces. */
    declare public readonly between: pulumi.Output<string[]>;
    /** Allowed IPs by the interface that holds them, e.g. `{ "hub-wg0": ["10.0.0.2/32"] }`. */
    declare public readonly allowedIPs: pulumi.Output<Record<string, string[]>>;
    /** Seconds between keepalives by the interface that sends them. */
    declare public readonly persistentKeepalive: pulumi.Output<Record<string, number>>;
    /** @internal */
    public readonly args: PeerArgs;
    /** @internal */
    public readonly declaredName: string;

    /**
     * @param name Name in the mesh, e.g. `ann`.
     * @param args The two interfaces.
     * @param opts Pulumi's options. @default its mesh is the parent
     */
    public constructor(name: string, args: PeerArgs, opts: pulumi.CustomResourceOptions = {}) {
        requiredName("peer", name);
        const read = readOptions(label(name), "a peer", args, options);
        const between = requiredList("WireGuardInterface", read.args.between, `peer "${name}": between`);
        const mesh = requiredMesh(`peer "${name}"`, between);
        mesh.assertOpen("peer", name);
        mesh.reject([...read.failures, ...ignoredChanges(name, opts)]);
        const plan = mesh.planned.apply((planned) => planned.peer(name));
        // As many as were given: plain JavaScript can name one or three, and the planner says so.
        const names = between.map((one) => one.declaredName) as [string, string];
        const props = {
            between: names,
            allowedIPs: plan.apply((peer) => peer.allowedIPs),
            persistentKeepalive: plan.apply((peer) => peer.persistentKeepalive),
            // Itself, kept encrypted as in the push: so a preview says that it changes, and nothing about it. A hash would let guesses be tested.
            ...(read.args.presharedKey === undefined ? {} : { presharedKey: pulumi.secret(read.args.presharedKey) }),
        };
        super(peerProvider, name, props, pulumi.mergeOptions({ parent: mesh }, opts), "wireguard", "Peer");
        this.args = read.args;
        this.declaredName = name;
        const graph = {
            name,
            between: names,
            ...(read.args.cost === undefined ? {} : { cost: read.args.cost }),
            ...(read.args.persistentKeepalive === undefined ? {} : { persistentKeepalive: read.args.persistentKeepalive }),
            ...(read.args.presharedKey === undefined ? {} : { presharedKey: true }),
            ...declaredAt(),
        };
        mesh.declare({ kind: "peer", graph, resource: this });
    }
}
