import { contains, type Family, hostOf, masked, type Prefix } from "./cidr";
import type { HostPlan, InterfacePlan, PeerSection, Plan } from "./hostPlan";
import { PrefixMap } from "./prefixMap";
import { sound } from "./topology";

/** A plan made ready for looking things up: what each host's kernel would hold. */
export class PlanIndex {
    readonly hosts: ReadonlyMap<string, PlannedHost>;
    private readonly addresses = new PrefixMap<PlannedHost>();
    private known: readonly Prefix[] | undefined;

    constructor(readonly plan: Plan) {
        this.hosts = new Map(plan.hosts.map((host) => [host.name, new PlannedHost(host)]));
        for (const host of this.hosts.values()) {
            for (const one of host.plan.interfaces) {
                for (const text of one.addresses) {
                    this.addresses.set(hostOf(sound(text)), host);
                }
            }
        }
    }

    owner(address: Prefix): PlannedHost | undefined {
        return this.addresses.longest(hostOf(address))?.value;
    }

    interface(name: string): InterfacePlan | undefined {
        return this.plan.hosts.flatMap((host) => host.interfaces).find((one) => one.name === name);
    }

    /** The networks of all interfaces, and all LANs: where the machines of the mesh have their addresses. */
    get networks(): readonly Prefix[] {
        return this.plan.hosts.flatMap(({ interfaces, lans }) => [
            ...interfaces.flatMap(({ addresses }) => addresses.map((text) => masked(sound(text)))),
            ...lans.map(({ prefix }) => sound(prefix)),
        ]);
    }

    /** Every prefix that some host treats in a way of its own: what it sends where, keeps out of a full tunnel, or lets pass. */
    get prefixes(): readonly Prefix[] {
        this.known ??= [...new Set([...this.lists()].flat())].map(sound);
        return this.known;
    }

    /** Each list once: members of a network share theirs. */
    private lists(): ReadonlySet<readonly string[]> {
        const lists = new Set<readonly string[]>();
        for (const { interfaces, lans, firewall } of this.plan.hosts) {
            lists.add(lans.map(({ prefix }) => prefix));
            for (const one of interfaces) {
                lists.add(one.excluded ?? []);
                for (const { allowedIPs } of one.peers) {
                    lists.add(allowedIPs);
                }
            }
            for (const { sources, destinations } of firewall?.rules ?? []) {
                lists.add(sources).add(destinations);
            }
            for (const { sources, except } of firewall?.internet ?? []) {
                lists.add(sources).add(except);
            }
        }
        return lists;
    }
}

/** Where the routing table of a host sends a packet. */
export type Way =
    | { readonly kind: "interface"; readonly on: InterfacePlan; readonly prefix: Prefix }
    | { readonly kind: "lan"; readonly prefix: Prefix; readonly nat: boolean }
    | { readonly kind: "uplink" };

/** One host with its routing table and the allowed IPs of its interfaces, made when first asked for. */
export class PlannedHost {
    private fib: PrefixMap<Way> | undefined;
    private readonly full: Partial<Record<Family, Way>> = {};
    private readonly excluded: readonly Prefix[];
    private readonly owners = new Map<InterfacePlan, PrefixMap<PeerSection>>();
    private readonly own = new Set<string>();

    constructor(readonly plan: HostPlan) {
        this.excluded = plan.interfaces.flatMap((one) => one.excluded ?? []).map(sound);
        for (const one of plan.interfaces) {
            for (const text of one.addresses) {
                this.own.add(key(sound(text)));
            }
        }
    }

    isLocal(address: Prefix): boolean {
        return this.own.has(key(address));
    }

    way(destination: Prefix): Way {
        this.fib ??= this.makeFib();
        const full = this.excluded.some((prefix) => contains(prefix, destination)) ? undefined : this.full[destination.family];
        return this.fib.longest(destination)?.value ?? full ?? { kind: "uplink" };
    }

    /** The `[Peer]` section that owns an address on an interface, and the allowed IP that says so. */
    peer(on: InterfacePlan, address: Prefix): { readonly section: PeerSection; readonly prefix: Prefix } | undefined {
        let owners = this.owners.get(on);
        if (owners === undefined) {
            owners = new PrefixMap();
            for (const section of on.peers) {
                for (const text of section.allowedIPs) {
                    owners.set(sound(text), section);
                }
            }
            this.owners.set(on, owners);
        }
        const found = owners.longest(address);
        return found === undefined ? undefined : { section: found.value, prefix: found.prefix };
    }

    /** What wg-quick makes of the files (wireguard.md 1.1): connected networks, then a route per allowed IP that none of them covers. */
    private makeFib(): PrefixMap<Way> {
        const fib = new PrefixMap<Way>();
        for (const { prefix, nat } of this.plan.lans) {
            fib.set(sound(prefix), { kind: "lan", prefix: sound(prefix), nat });
        }
        for (const on of this.plan.interfaces) {
            const connected = new PrefixMap<true>();
            for (const address of on.addresses.map(sound)) {
                if (address.family === 6 || address.length < 32) {
                    connected.set(masked(address), true);
                    fib.set(masked(address), { kind: "interface", on, prefix: masked(address) });
                }
            }
            for (const prefix of on.peers.flatMap((section) => section.allowedIPs).map(sound)) {
                if (prefix.length === 0) {
                    this.full[prefix.family] = { kind: "interface", on, prefix };
                } else if (connected.longest(prefix) === undefined) {
                    fib.set(prefix, { kind: "interface", on, prefix });
                }
            }
        }
        return fib;
    }
}

function key(address: Prefix): string {
    return `${address.family} ${address.bits}`;
}
