import { payload, removeCommand } from "../../../provider/host/payload";
import type { Graph, Lan } from "../../../provider/planner/graph";
import { parseConf } from "../oracle/conf";
import type { End, HostFiles } from "../oracle/world";
import type { Host } from "./host";
import { Lab } from "./lab";
import { joinInternet, makeInternet, makeMachine, plugLans, serve, unplugLans } from "./realityNet";
import type { Station } from "./station";
import { until } from "./until";

/** A graph that is up on real hosts. */
export interface Running {
    readonly graph: Graph;
    readonly files: ReadonlyMap<string, HostFiles>;
    /** By the graph's host name. */
    readonly hosts: ReadonlyMap<string, Host>;
    readonly machines: ReadonlyMap<Lan, Station>;
    readonly internet: Station;
}

/** Six hosts, three LAN machines and an internet, on which one graph after the other is brought up without the engine. */
export class Reality {
    private current: Running | undefined;

    private constructor(
        readonly lab: Lab,
        readonly hosts: readonly Host[],
        private readonly machines: readonly Station[],
        private readonly internet: Station,
    ) {}

    static async start(): Promise<Reality> {
        const lab = await Lab.start();
        try {
            const internet = makeInternet(lab);
            const machines = [0, 1, 2].map((nth) => makeMachine(lab, nth));
            // Addresses as underlay.ts numbers them.
            const hosts = await Promise.all(
                [0, 1, 2, 3, 4, 5].map((nth) => lab.boot(`host${nth}`, { address: `198.51.100.${10 + nth}` })),
            );
            for (const [nth, host] of hosts.entries()) joinInternet(host, nth);
            await Promise.all([...hosts, ...machines, internet].map(serve));
            return new Reality(lab, hosts, machines, internet);
        } catch (error) {
            await lab.stop();
            throw error;
        }
    }

    /** Plugs the LANs in, pushes every host's files as a `pulumi up` would, and waits for every handshake that a keepalive promises. */
    async bring(graph: Graph, files: ReadonlyMap<string, HostFiles>): Promise<Running> {
        const hosts = new Map(
            graph.hosts.map((each, nth): [string, Host] => {
                const host = this.hosts[nth];
                if (host === undefined) throw new Error(`graph has ${graph.hosts.length} hosts, the lab ${this.hosts.length}`);
                return [each.name, host];
            }),
        );
        const machines = plugLans(graph, hosts, this.machines);
        const running: Running = { graph, files, hosts, machines, internet: this.internet };
        this.current = running;
        await Promise.all([...files].map(([name, own]) => push(running, name, own)));
        await Promise.all([...files].map(([name, own]) => handshakes(running, name, own)));
        return running;
    }

    /** Takes everything away that {@link bring} brought, complete or not; fails when a host keeps a tunnel or a table. */
    async clear(): Promise<void> {
        if (this.current === undefined) return;
        const { graph, hosts, machines } = this.current;
        this.current = undefined;
        unplugLans(machines);
        const look = "wg show interfaces; nft list tables";
        await Promise.all(
            [...hosts.values()].map(async (host) => {
                const said = await host.must(`{ ${removeCommand(graph.mesh, "root")}; } >&2 && { ${look}; }`, { timeout: 120 });
                if (said.trim() !== "") throw new Error(`host "${host.name}" keeps "${said.trim()}" after the mesh was removed`);
            }),
        );
    }

    async stop(): Promise<void> {
        await this.lab.stop();
    }
}

/** The station an end stands for. */
export function stationOf({ hosts, machines, internet }: Running, end: End): Station {
    if (end.kind === "internet") return internet;
    const found =
        end.kind === "interface"
            ? hosts.get(end.host)
            : [...machines].find(([lan]) => lan.host === end.host && lan.prefix === end.prefix)?.[1];
    if (found === undefined) throw new Error(`no station for "${end.address.text}" of "${end.host}"`);
    return found;
}

async function push({ graph, hosts }: Running, name: string, own: HostFiles): Promise<void> {
    const host = hosts.get(name);
    if (host === undefined) throw new Error(`the plan has a host "${name}" that the graph has not`);
    const table = /^table inet (\S+)/m.exec(own.nftables ?? "")?.[1];
    const managed = graph.hosts.some((each) => each.name === name && each.managed);
    const text = payload({
        mesh: graph.mesh,
        host: name,
        interfaces: own.interfaces.map(({ interfaceName, conf }) => ({ interfaceName, conf, adopt: false })),
        forward: own.forward,
        ...(managed && own.nftables !== undefined && table !== undefined ? { nftables: { table, text: own.nftables } } : {}),
    });
    const finished = await host.exec("bash -s", { input: text, timeout: 120 });
    if (finished.code !== 0) {
        const units = await Promise.all(own.interfaces.map((each) => host.journal(`wg-quick@${each.interfaceName}`)));
        throw new Error(
            `push to "${name}" (${host.name}): ${finished.stderr}${finished.stdout}\n${units.join("\n").slice(-3000)}`,
        );
    }
}

async function handshakes({ hosts }: Running, name: string, own: HostFiles): Promise<void> {
    const promised = own.interfaces.flatMap(({ interfaceName, conf }) =>
        parseConf(conf)
            .peers.filter((peer) => peer.keepalive > 0 && peer.endpoint !== undefined)
            .map((peer) => `${interfaceName}\t${peer.publicKey}\t`),
    );
    if (promised.length === 0) return;
    await until(`handshakes of "${name}"`, 30, async () => {
        const times = (await hosts.get(name)?.must("wg show all latest-handshakes"))?.split("\n") ?? [];
        return promised.every((start) => times.some((line) => line.startsWith(start) && !line.endsWith("\t0")));
    });
}
