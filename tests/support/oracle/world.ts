import type { Graph } from "../../../provider/planner/graph";
import { type Conf, type ConfPeer, parseConf } from "./conf";
import type { Fib } from "./fib";
import { type Firewall, firewallOf } from "./firewall";
import { type Address, contains, parseAddress, parsePrefix } from "./ip";
import { publicKeyOf } from "./keys";
import { fibOf, lanAddresses, type Port, portsOf } from "./port";
import { Tunnel } from "./tunnel";
import { internetAddresses, type Underlay, underlayOf } from "./underlay";
import { type Guard, wgQuickUp } from "./wgQuick";

/** What the renderer gives for one host: nothing but text and two flags. */
export interface HostFiles {
    readonly interfaces: readonly { readonly interfaceName: string; readonly conf: string }[];
    readonly forward: { readonly ipv4: boolean; readonly ipv6: boolean };
    readonly nftables?: string | undefined;
}

/** One end of a flow: a machine and one of its addresses. */
export type End =
    | { readonly kind: "interface"; readonly host: string; readonly interface: string; readonly address: Address }
    | { readonly kind: "lan"; readonly host: string; readonly prefix: string; readonly address: Address }
    | { readonly kind: "internet"; readonly address: Address };

export interface Box {
    readonly name: string;
    readonly managed: boolean;
    readonly ports: readonly Port[];
    readonly tunnels: ReadonlyMap<string, Tunnel>;
    readonly fib: Fib;
    readonly guards: readonly Guard[];
    readonly forward: { readonly ipv4: boolean; readonly ipv6: boolean };
    /** Undefined: nothing is judged, as on a device. */
    readonly firewall: Firewall | undefined;
}

/** The other side of a `[Peer]` section. */
export interface Remote {
    readonly tunnel: Tunnel;
    readonly peer: ConfPeer;
}

export interface World {
    readonly graph: Graph;
    readonly underlay: Underlay;
    readonly boxes: ReadonlyMap<string, Box>;
    readonly ends: readonly End[];
    /** Why an interface did not come up, one line each. */
    readonly broken: readonly string[];
    /** Tunnels by public key. */
    readonly keys: ReadonlyMap<string, Tunnel>;
    /** Memory of which links can start a session, by link key. */
    readonly sessions: Map<string, string | undefined>;
    /** Tunnels that the outer packets of a link enter, by link key: `host device host device`. */
    readonly outers: Map<string, readonly Outer[]>;
}

/** A tunnel around another one, and what its MTU must leave for that, in bytes. */
export interface Outer {
    readonly tunnel: Tunnel;
    readonly overhead: number;
}

export interface WorldOptions {
    /** Bring interfaces up in reverse order of name: units start in no fixed order at boot. @default false */
    readonly reverse?: boolean;
}

/** Builds the model of everything from the declared graph and the rendered files. */
export function buildWorld(graph: Graph, files: ReadonlyMap<string, HostFiles>, options: WorldOptions = {}): World {
    const underlay = underlayOf(graph);
    // graph.ts, Route.exclude: beside the internet, a device's file is for the apps. Otherwise a device may as well be Linux with wg-quick.
    const isSplit = (graph.routes ?? []).some(
        (route) => route.exclude !== undefined && route.to.some((end) => end.kind === "internet"),
    );
    const broken: string[] = [];
    const boxes = new Map<string, Box>();
    const keys = new Map<string, Tunnel>();
    for (const host of graph.hosts) {
        const own = files.get(host.name) ?? { interfaces: [], forward: { ipv4: false, ipv6: false } };
        const ports = portsOf(host.name, graph.lans ?? [], underlay);
        const fib = fibOf(ports);
        const tunnels = new Map<string, Tunnel>();
        const guards: Guard[] = [];
        const ordered = [...own.interfaces].sort(
            (a, b) => (a.interfaceName < b.interfaceName ? -1 : 1) * (options.reverse === true ? -1 : 1),
        );
        for (const each of ordered) {
            const tunnel = new Tunnel(host.name, each.interfaceName, confOf(each.conf));
            const hasPieces = tunnel.allowedIPs.some(
                (prefix) => prefix.length > 0 && internetAddresses.some((address) => contains(prefix, address)),
            );
            const result = wgQuickUp(fib, tunnel, isSplit && !host.managed && hasPieces ? "app" : "wg-quick");
            if (!result.up) {
                broken.push(`${host.name}: ${each.interfaceName} does not come up: ${result.reason}`);
                continue;
            }
            guards.push(...result.guards);
            tunnels.set(each.interfaceName, tunnel);
            keys.set(publicKeyOf(tunnel.conf.privateKey), tunnel);
        }
        const firewall = host.managed && own.nftables !== undefined ? firewallOf(own.nftables) : undefined;
        boxes.set(host.name, {
            name: host.name,
            managed: host.managed,
            ports,
            tunnels,
            fib,
            guards,
            forward: own.forward,
            firewall,
        });
    }
    return { graph, underlay, boxes, ends: endsOf(graph, boxes), broken, keys, sessions: new Map(), outers: new Map() };
}

/** The remote side of a peer section, or undefined when no interface that is up has that key and knows ours. */
export function remoteOf(world: World, tunnel: Tunnel, peer: ConfPeer): Remote | undefined {
    const remote = world.keys.get(peer.publicKey);
    const ownKey = publicKeyOf(tunnel.conf.privateKey);
    const back = remote?.conf.peers.find((each) => each.publicKey === ownKey);
    return remote === undefined || back === undefined ? undefined : { tunnel: remote, peer: back };
}

export function endName(end: End): string {
    if (end.kind === "interface") return `${end.interface} (${end.address.text})`;
    return end.kind === "lan" ? `a machine of ${end.host}'s LAN (${end.address.text})` : `the internet (${end.address.text})`;
}

const confs = new Map<string, Conf>();

/** Mutants and minimality checks build worlds that differ in one file, so parsed files are kept for a while. */
function confOf(text: string): Conf {
    let conf = confs.get(text);
    if (conf === undefined) {
        if (confs.size > 500) confs.clear();
        conf = parseConf(text);
        confs.set(text, conf);
    }
    return conf;
}

function endsOf(graph: Graph, boxes: ReadonlyMap<string, Box>): End[] {
    const interfaces = graph.interfaces.flatMap((iface): End[] => {
        const tunnel = boxes.get(iface.host)?.tunnels.get(iface.interfaceName);
        // Declared addresses first; those of an `allocate` pool are only in the file.
        const declared = iface.addresses?.map((text) => parseAddress(text.split("/")[0] ?? ""));
        const addresses = declared ?? tunnel?.conf.addresses.map((own) => own.address) ?? [];
        return addresses.map((address) => ({ kind: "interface", host: iface.host, interface: iface.name, address }));
    });
    const lans = (graph.lans ?? []).flatMap((lan): End[] => {
        const prefix = parsePrefix(lan.prefix);
        return lanAddresses(prefix).machines.map((address) => ({ kind: "lan", host: lan.host, prefix: prefix.text, address }));
    });
    return [...interfaces, ...lans, ...internetAddresses.map((address): End => ({ kind: "internet", address }))];
}
