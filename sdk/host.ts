import * as pulumi from "@pulumi/pulumi";
import { label, lanLabel } from "../provider/planner/rules/labels";
import { type ConnectionArgs, readConnection } from "./connection";
import { declaredAt } from "./declared";
import type { Mesh } from "./mesh";
import { required, requiredName } from "./misuse";
import { type Options, readOptions } from "./options";
import { Internet, Lan, type LanArgs, lanOptions } from "./routeEnd";

/**
 * Arguments of a {@link Host}.
 *
 * @example { mesh, endpoint: vm.publicIp, connection: { host: vm.publicIp, privateKey, hostKey } }
 */
export interface HostArgs {
    /** The mesh it belongs to. */
    readonly mesh: Mesh;
    /**
     * Public name or address at which other hosts reach it, without a port, e.g. `vm.publicIp` or `"vpn.example.com"`.
     * Unset: it is behind NAT, and the other side of each of its peers must be reachable. An IPv6 address has no brackets.
     */
    readonly endpoint?: pulumi.Input<string>;
    /** How to push to it. Unset: a device (a phone, a laptop); its config and QR code are outputs of its interfaces. */
    readonly connection?: ConnectionArgs;
    /** MTU of its link towards the internet in bytes, 576-65535, e.g. `1492` behind PPPoE. @default 1500 */
    readonly uplinkMtu?: number;
}

const options: Options<HostArgs> = { mesh: true, endpoint: true, connection: true, uplinkMtu: true };

/**
 * A machine: managed when it has a `connection`, else a device.
 *
 * @example
 * const hub = new wg.Host("hub", { mesh, endpoint: vm.publicIp, connection: { host: vm.publicIp, privateKey, hostKey } });
 */
export class Host extends pulumi.ComponentResource {
    /** The mesh it belongs to. */
    public readonly mesh: Mesh;
    /** Its name in the mesh. */
    public readonly hostName: string;
    /**
     * The internet behind this host's default route, as an end of a route: `to: hub.internet` makes it the exit. Not what else its uplink leads
     * to: private, link-local and reserved ranges (RFC 6890), such as its cloud's 169.254.169.254, are dropped unless a route leads to them
     * as a LAN. Its own public addresses are part of the internet. A family that the exit has no address of in the mesh is not in the
     * route: such packets go on by the sender's own uplink.
     */
    public readonly internet: Internet;
    /** @internal */
    public readonly args: HostArgs;
    /** @internal The machine that takes everything on it away when it is deleted, e.g. a VM: then nothing is undone over SSH. */
    public readonly deletedWith: pulumi.Resource | undefined;
    private readonly lans = new Map<string, Lan>();

    /**
     * @param name Name in the mesh, e.g. `hub`.
     * @param args Its mesh, endpoint and connection.
     * @param opts Pulumi's options; say `deletedWith: vm` for a VM of the same program: a replaced VM is pushed to again, also under
     *     the same address, and the clean-up over SSH is spared when the VM goes too. @default its mesh is the parent
     */
    public constructor(name: string, args: HostArgs, opts: pulumi.ComponentResourceOptions = {}) {
        requiredName("host", name);
        const own = readOptions(label(name), "a host", args, options);
        const connection = readConnection(label(name), own.args.connection);
        const mesh = required("Mesh", own.args.mesh, `host "${name}": mesh`);
        super("pulumi-wireguard:index:Host", mesh.freeName("host", name), {}, { parent: mesh, ...opts });
        mesh.reject([...own.failures, ...connection.failures]);
        this.mesh = mesh;
        this.hostName = name;
        this.args = { ...own.args, ...(connection.args === undefined ? {} : { connection: connection.args }) };
        this.deletedWith = opts.deletedWith;
        this.internet = new Internet(this);
        const graph = {
            name,
            managed: this.args.connection !== undefined,
            endpoint: this.args.endpoint !== undefined,
            ...(this.args.uplinkMtu === undefined ? {} : { uplinkMtu: this.args.uplinkMtu }),
            ...declaredAt(),
        };
        this.mesh.declare({ kind: "host", graph, resource: this });
        this.registerOutputs({});
    }

    /**
     * A network behind this host, as an end of a route. The same call again gives the same LAN.
     *
     * @example
     * new wg.Route("office", { from: wg0.network, to: gateway.lan("192.168.10.0/24") });
     */
    public lan(prefix: string, options: LanArgs = {}): Lan {
        const { args, failures } = readOptions(lanLabel({ host: this.hostName, prefix }), "a LAN", options, lanOptions);
        this.mesh.reject(failures);
        const key = `${prefix} ${args.nat === true}`;
        const known = this.lans.get(key);
        if (known !== undefined) {
            return known;
        }
        const lan = new Lan(this, prefix);
        this.lans.set(key, lan);
        const graph = { host: this.hostName, prefix, ...(args.nat === undefined ? {} : { nat: args.nat }), ...declaredAt() };
        this.mesh.declare({ kind: "lan", graph });
        return lan;
    }
}
