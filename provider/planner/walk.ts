import { formatAddress, formatPrefix } from "./cidr";
import type { InterfacePlan, PeerSection } from "./hostPlan";
import type { PlanIndex, PlannedHost, Way } from "./planIndex";
import type { Spot } from "./spots";
import { judge, type Service } from "./verdict";

/** One decision about a packet. The last one of a walk that does not arrive is why. */
export interface Step {
    /** Name of the host that decides, e.g. `hub`. */
    readonly host: string;
    /**
     * What decides: the routing table, the check of the source at the far side of a tunnel, the firewall, masquerading behind a LAN or an exit,
     * or what gives a packet another of its host's own addresses; or how the walk ends.
     */
    readonly kind: "route" | "source" | "firewall" | "masquerade" | "rewrite" | "delivered" | "stopped";
    /** One clause without the host, e.g. `passes: route "clients" lets it pass`. */
    readonly text: string;
}

export interface Walk {
    readonly arrived: boolean;
    readonly steps: readonly Step[];
    /** Who it is from when it arrives: its first host may have given it another of its own addresses. Replies go to that one. */
    readonly source: Spot;
    /** Hosts that saw the packet, for the reply's connection tracking. */
    readonly hosts: ReadonlySet<string>;
}

/** Follows a packet from one machine to another (wireguard.md 6.2). With `request`, it is the reply to that. */
export function walk(index: PlanIndex, source: Spot, destination: Spot, service: Service, request?: Walk): Walk {
    const walker = new Walker(index, source, destination, service, request);
    const arrived = walker.run();
    return { arrived, steps: walker.steps, source: walker.source, hosts: walker.hosts };
}

class Walker {
    readonly steps: Step[] = [];
    readonly hosts = new Set<string>();

    constructor(
        private readonly index: PlanIndex,
        public source: Spot,
        private readonly destination: Spot,
        private readonly service: Service,
        private readonly request: Walk | undefined,
    ) {}

    run(): boolean {
        let host = this.index.hosts.get(this.source.host);
        let input: InterfacePlan | undefined;
        while (host !== undefined) {
            if (this.hosts.has(host.plan.name)) {
                return this.stop(host, "the packet was here before and would circle");
            }
            this.hosts.add(host.plan.name);
            if (this.isAt(host)) {
                return (
                    this.verdict(host, input, undefined) && this.say(host, "delivered", `delivered to ${this.destination.name}`)
                );
            }
            const way = host.way(this.destination.address);
            if (!this.mayForward(host, input)) {
                return false;
            }
            if (way.kind !== "interface") {
                return this.verdict(host, input, undefined) && this.leave(host, way);
            }
            const section = this.route(host, way);
            if (section === undefined || !this.verdict(host, input, way.on)) {
                return false;
            }
            const next = this.accept(host, way.on, section);
            if (next === undefined) {
                return false;
            }
            host = next.host;
            input = next.on;
        }
        return false;
    }

    private isAt(host: PlannedHost): boolean {
        return (
            this.destination.kind === "host" && host.plan.name === this.destination.host && host.isLocal(this.destination.address)
        );
    }

    private mayForward(host: PlannedHost, input: InterfacePlan | undefined): boolean {
        const isOwn = input === undefined && this.source.kind === "host";
        const { ipv4, ipv6 } = host.plan.forward;
        if (isOwn || (this.destination.address.family === 4 ? ipv4 : ipv6)) {
            return true;
        }
        return this.stop(
            host,
            `it does not pass IPv${this.destination.address.family} packets on, because no Route leads through it`,
        );
    }

    /** The interface and the Peer that take the packet. */
    private route(host: PlannedHost, way: Way & { readonly kind: "interface" }): PeerSection | undefined {
        const found = host.peer(way.on, this.destination.address);
        const to = formatAddress(this.destination.address);
        if (found === undefined) {
            this.stop(
                host,
                `${to} would leave through ${way.on.interfaceName} (${formatPrefix(way.prefix)}), but no peer there has it in its allowed IPs, because no Route declares it`,
            );
            return undefined;
        }
        const { section, prefix } = found;
        this.say(
            host,
            "route",
            `${to} leaves through ${way.on.interfaceName} to ${section.remote}, whose allowed IPs have ${formatPrefix(prefix)}`,
        );
        return section;
    }

    /** The far side takes a packet only when its source leads back to the sender. */
    private accept(
        host: PlannedHost,
        on: InterfacePlan,
        section: PeerSection,
    ): { readonly host: PlannedHost; readonly on: InterfacePlan } | undefined {
        const next = this.index.hosts.get(section.remoteHost);
        const remote = next?.plan.interfaces.find((one) => one.name === section.remote);
        const back = remote?.peers.find((one) => one.remote === on.name);
        if (next === undefined || remote === undefined || back === undefined) {
            this.stop(host, `${section.remote} does not know ${on.name}`);
            return undefined;
        }
        if (!section.endpoint && back.persistentKeepalive === undefined && this.request === undefined) {
            this.stop(
                host,
                `${section.remote} has no endpoint and keeps nothing alive, so only ${section.remoteHost} can open the tunnel`,
            );
            return undefined;
        }
        const source = formatAddress(this.source.address);
        const owner = next.peer(remote, this.source.address);
        if (owner?.section !== back) {
            const whose = owner === undefined ? "no peer has it in its allowed IPs" : `it belongs to ${owner.section.remote}`;
            this.stop(next, `${remote.interfaceName} drops source ${source} from ${on.name}: ${whose}`);
            return undefined;
        }
        this.say(
            next,
            "source",
            `${remote.interfaceName} accepts source ${source} from ${on.name}, whose allowed IPs have ${formatPrefix(owner.prefix)}`,
        );
        return { host: next, on: remote };
    }

    /** Out of the mesh: into a LAN of the host, or to the internet. */
    private leave(host: PlannedHost, way: Way): boolean {
        const { name } = host.plan;
        const to = formatAddress(this.destination.address);
        const isThere = name === this.destination.host && this.destination.kind === (way.kind === "lan" ? "lan" : "internet");
        if (!isThere) {
            const where = way.kind === "lan" ? `its LAN ${formatPrefix(way.prefix)}` : "its uplink";
            return this.stop(host, `${to} leaves through ${where}, because no Route leads it into a tunnel`);
        }
        const isMasked = way.kind === "lan" ? way.nat : true;
        if (isMasked && this.request === undefined) {
            this.say(host, "masquerade", `its source becomes an address of ${name}`);
        }
        return this.say(host, "delivered", `delivered to ${this.destination.name}`);
    }

    private verdict(host: PlannedHost, input: InterfacePlan | undefined, output: InterfacePlan | undefined): boolean {
        const { firewall } = host.plan;
        if (firewall === undefined) {
            return true;
        }
        const { passes, because, source } = judge(firewall, {
            source: this.source.address,
            destination: this.destination.address,
            service: this.service,
            ...(input === undefined ? {} : { input: input.interfaceName }),
            ...(output === undefined ? {} : { output: output.interfaceName }),
            fromOutside: input === undefined && this.source.kind !== "host",
            isReply: this.request?.hosts.has(host.plan.name) === true,
        });
        if (!passes) {
            return this.stop(host, `dropped: ${because}`);
        }
        this.say(host, "firewall", `passes: ${because}`);
        if (source !== undefined) {
            this.say(host, "rewrite", `its source ${formatAddress(this.source.address)} becomes ${formatAddress(source)}`);
            this.source = { ...this.source, address: source };
        }
        return true;
    }

    private say(host: PlannedHost, kind: Step["kind"], text: string): true {
        this.steps.push({ host: host.plan.name, kind, text });
        return true;
    }

    private stop(host: PlannedHost, text: string): false {
        this.steps.push({ host: host.plan.name, kind: "stopped", text });
        return false;
    }
}
