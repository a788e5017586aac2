import * as pulumi from "@pulumi/pulumi";
import type * as graph from "../provider/planner/graph";
import { label } from "../provider/planner/rules/labels";
import { fullConf, redactedConf } from "./conf";
import { declaredAt } from "./declared";
import { qrCode } from "./device";
import type { Host } from "./host";
import { KeyPair } from "./keyPair";
import type { Mesh } from "./mesh";
import { required, requiredName } from "./misuse";
import { ignoredChanges, type Options, readOptions } from "./options";
import { wireGuardInterfaceProvider } from "./provider";
import { Network } from "./routeEnd";

/**
 * Arguments of a {@link WireGuardInterface}. Names and meanings are those of wg(8) and wg-quick(8).
 *
 * @example { host: hub, name: "wg0", addresses: ["10.0.0.1/24"], listenPort: 51820 }
 */
export interface WireGuardInterfaceArgs {
    /** The host it is on. */
    readonly host: Host;
    /** Device name, 1-15 of `a-zA-Z0-9_-` beginning with a letter, e.g. `wg0`. Unique on its host. */
    readonly name: string;
    /**
     * Its own addresses with the length of the network they are in, e.g. `["10.0.0.1/24", "fd00::1/64"]`. A network address is rejected.
     * Unset: assigned from the pool (`allocate`) of the interface it peers with.
     */
    readonly addresses?: readonly string[];
    /** Pool from which peers without `addresses` get theirs, e.g. `10.0.0.0/24`. Unset: none. */
    readonly allocate?: string;
    /** UDP port, 1-65535. Needed where others connect to it. Unset: a random port chosen by the kernel. */
    readonly listenPort?: number;
    /**
     * `host`, `host:port` or `[v6]:port` where others reach this interface. Unset: the host's endpoint and `listenPort`.
     *
     * Another interface of the same host, e.g. `endpoint: wg0`, makes a nested tunnel: the peers of this one reach it at an address of `wg0`,
     * inside the tunnels that lead there, and never outside of them. Its MTU is 80 bytes less than theirs. Rejected when a peer's host has no
     * way to `wg0`, or one that needs this very tunnel. The address of an interface of the mesh is rejected as a text; one in a LAN behind another
     * host is not, and the planner does not know what it passes: say `mtu: 1340` there. On a device it takes wg-quick on Linux, because the
     * WireGuard apps send the packets of a tunnel to the uplink alone.
     */
    readonly endpoint?: pulumi.Input<string> | WireGuardInterface;
    /** 44 characters of base64, as `wg genkey` prints. Unset: a new key is made once. Always kept as a secret. */
    readonly privateKey?: pulumi.Input<string>;
    /**
     * Bytes, 1280-65535, without IPv6 addresses from 576. Unset: derived from the uplinks on its paths, 1420 on plain Ethernet, and from the
     * tunnels it is nested in, 1340 inside such a one.
     */
    readonly mtu?: number;
    /** Take over a `.conf` or unit that exists on the host already; a backup is kept and put back on destroy. @default false: refuse */
    readonly adopt?: boolean;
}

const options: Options<WireGuardInterfaceArgs> = {
    host: true,
    name: true,
    addresses: true,
    allocate: true,
    listenPort: true,
    endpoint: true,
    privateKey: true,
    mtu: true,
    adopt: true,
};

/**
 * A WireGuard interface on a host, brought up as the unit `wg-quick@NAME`.
 *
 * @example
 * const wg0 = new wg.WireGuardInterface("hub-wg0", { host: hub, name: "wg0", addresses: ["10.0.0.1/24"], listenPort: 51820 });
 */
export class WireGuardInterface extends pulumi.dynamic.Resource {
    /** Its `.conf` as it stands on the host, with names in place of secrets. */
    declare public readonly conf: pulumi.Output<string>;
    /** The device's name, e.g. `wg0`. */
    declare public readonly interfaceName: pulumi.Output<string>;
    /** The subnets of its addresses with everyone who peers with it, as an end of a route. */
    public readonly network: Network;
    /** Its public key, 44 characters of base64. */
    public readonly publicKey: pulumi.Output<string>;
    /** @internal */
    public readonly mesh: Mesh;
    /** @internal */
    public readonly host: Host;
    /** @internal */
    public readonly declaredName: string;
    /** @internal */
    public readonly args: WireGuardInterfaceArgs;
    /** @internal Its own endpoint as a value. Unset: it has none, or a nested one, which is planned. */
    public readonly endpointValue: pulumi.Input<string> | undefined;
    /** @internal */
    public readonly keys: KeyPair;

    /**
     * @param name Name in the mesh, e.g. `hub-wg0`; the comment above its `[Peer]` sections on other hosts.
     * @param args Its host, device name and addresses.
     * @param opts Pulumi's options. @default its host is the parent
     */
    public constructor(name: string, args: WireGuardInterfaceArgs, opts: pulumi.CustomResourceOptions = {}) {
        requiredName("interface", name);
        const read = readOptions(label(name), "an interface", args, options);
        const host = required("Host", read.args.host, `interface "${name}": host`);
        const { mesh } = host;
        mesh.assertOpen("interface", name);
        mesh.reject([...read.failures, ...ignoredChanges(name, opts)]);
        const props = {
            host: host.hostName,
            interfaceName: read.args.name,
            conf: redactedConf(mesh, name),
        };
        super(
            wireGuardInterfaceProvider,
            name,
            props,
            pulumi.mergeOptions({ parent: host }, opts),
            "wireguard",
            "WireGuardInterface",
        );
        this.mesh = mesh;
        this.host = host;
        this.declaredName = name;
        this.args = read.args;
        const { endpoint } = read.args;
        this.endpointValue = endpoint instanceof WireGuardInterface ? undefined : endpoint;
        this.network = new Network(this);
        // Child of the host, not of the interface: an interface is registered once the whole mesh is planned, and a key must be there
        // earlier, e.g. for the user data of the very VM whose address the mesh waits for.
        const keyArgs = this.args.privateKey === undefined ? {} : { privateKey: this.args.privateKey };
        this.keys = new KeyPair(mesh.freeName("interface", name), keyArgs, { parent: host, ...keyOptions(opts) });
        this.publicKey = this.keys.publicKey;
        mesh.declare({ kind: "interface", graph: graphOf(name, this.args), resource: this });
    }

    /** @internal */
    public get end(): graph.RouteEnd {
        return { kind: "interface", interface: this.declaredName };
    }

    /** Its whole `.conf` with keys, for a device that is configured by hand. Always secret. */
    public get config(): pulumi.Output<string> {
        return fullConf(this.mesh, this.declaredName);
    }

    /**
     * `config` as a QR code for the WireGuard app's "scan from QR code", to be printed in a terminal, light or dark: block characters
     * with ANSI colours, e.g. by `pulumi stack output --show-secrets bobQr`. For a picture give `config` to a QR tool. Always secret.
     */
    public get qr(): pulumi.Output<string> {
        return qrCode(this.config);
    }
}

/** What holds for the interface holds for its key: a rename with `aliases` must not make a new one. */
function keyOptions({ aliases, protect, retainOnDelete }: pulumi.CustomResourceOptions): pulumi.CustomResourceOptions {
    return {
        ...(aliases === undefined ? {} : { aliases }),
        ...(protect === undefined ? {} : { protect }),
        ...(retainOnDelete === undefined ? {} : { retainOnDelete }),
    };
}

/** What the planner sees of it: structure, no values. */
function graphOf(name: string, args: WireGuardInterfaceArgs): graph.Interface {
    return {
        name,
        host: args.host.hostName,
        interfaceName: args.name,
        ...(args.addresses === undefined ? {} : { addresses: args.addresses }),
        ...(args.allocate === undefined ? {} : { allocate: args.allocate }),
        ...(args.listenPort === undefined ? {} : { listenPort: args.listenPort }),
        ...(args.endpoint === undefined
            ? {}
            : { endpoint: args.endpoint instanceof WireGuardInterface ? args.endpoint.declaredName : true }),
        ...(args.mtu === undefined ? {} : { mtu: args.mtu }),
        ...(args.adopt === undefined ? {} : { adopt: args.adopt }),
        ...declaredAt(),
    };
}
