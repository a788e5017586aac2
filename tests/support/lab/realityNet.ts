import { once } from "node:events";
import { join } from "node:path";
import type { Graph, Lan } from "../../../provider/planner/graph";
import { repository } from "../engine/engine";
import { type Address, parsePrefix } from "../oracle/ip";
import { lanAddresses } from "../oracle/port";
import { internetAddresses } from "../oracle/underlay";
import type { Host } from "./host";
import type { Lab } from "./lab";
import { Namespace } from "./namespace";
import type { Probe, ProbeAnswer } from "./realityProbe";
import { Segment } from "./segment";
import { Station } from "./station";

/** TCP ports that everybody listens on: two that sampled routes name (`tcp/443`, `tcp/8000-8100`) and one that none does. */
export const realityPorts = [443, 8000, 7777] as const;

const internet4 = "198.51.100.2";
const internet6 = "2001:db8:1::2";
const program = join(repository, "dist/tests/support/lab/realityProbe.js");

/** Namespaces of a lab share its prefix, and so end with it. */
function namespaceOf(lab: Lab, name: string): Namespace {
    return new Namespace(lab.controller.namespace.name.replace(/ctl$/, name));
}

/**
 * The internet as the oracle sees it (underlay.ts): the hosts' default router, which has the internet's addresses itself, knows no private
 * address, and forwards 198.51.101.10 (an interface's own endpoint) to 198.51.100.10.
 */
export function makeInternet(lab: Lab): Station {
    const station = new Station("internet", namespaceOf(lab, "net"));
    const { namespace } = station;
    namespace.create();
    // The lab's own public segment; its handle only, the bridge is there.
    new Segment(lab.controller.namespace, "public0", []).attach(namespace, {
        device: "eth0",
        addresses: [`${internet4}/24`, `${internet6}/64`],
    });
    namespace.ip(...internetAddresses.map(({ text, family }) => `address add ${text}/${family === 4 ? 32 : 128} dev lo`));
    namespace.sysctl("ipv4/ip_forward", 1);
    // A redirect would send the hosts to a neighbour that does not have the forwarded address.
    for (const device of ["all", "eth0"]) namespace.sysctl(`ipv4/conf/${device}/send_redirects`, 0);
    const forwards = [0, 1, 2, 3, 4, 5].flatMap((host) =>
        [0, 1, 2, 3, 4, 5].map((at) => `198.51.${101 + at}.${10 + host} : 198.51.100.${10 + host}`),
    );
    namespace.nft(`
        table ip forwards {
            map hosts { type ipv4_addr : ipv4_addr; elements = { ${forwards.join(", ")} }; }
            chain in { type nat hook prerouting priority dstnat; meta l4proto udp dnat to ip daddr map @hosts; }
            chain out { type nat hook postrouting priority srcnat; ct status dnat masquerade; }
        }
    `);
    return station;
}

/** The nth host as the oracle sees it: an IPv6 address too, and everything unknown goes to the internet. */
export function joinInternet(host: Host, nth: number): void {
    host.namespace.ip(
        `address add 2001:db8:1::${(10 + nth).toString(16)}/64 dev eth0 nodad`,
        `route replace default via ${internet4} dev eth0`,
        `route replace ::/0 via ${internet6} dev eth0`,
    );
}

/** A machine that is put into one LAN after the other. */
export function makeMachine(lab: Lab, nth: number): Station {
    const station = new Station(`machine${nth}`, namespaceOf(lab, `m${nth}`));
    station.namespace.create();
    return station;
}

/** The LANs of a graph as the oracle sees them (port.ts): `lan0`, `lan1` of a host in order; behind `nat` nobody knows a way back. */
export function plugLans(graph: Graph, hosts: ReadonlyMap<string, Host>, machines: readonly Station[]): Map<Lan, Station> {
    const plugged = new Map<Lan, Station>();
    const counts = new Map<string, number>();
    for (const lan of graph.lans ?? []) {
        const [host, machine] = [hosts.get(lan.host), machines[plugged.size]];
        if (host === undefined || machine === undefined) throw new Error(`nothing to make the LAN of "${lan.host}" from`);
        const nth = counts.get(lan.host) ?? 0;
        counts.set(lan.host, nth + 1);
        const prefix = parsePrefix(lan.prefix);
        const ends = lanAddresses(prefix);
        const withLength = ({ text }: Address) =>
            `address add ${text}/${prefix.length} dev DEVICE${prefix.family === 6 ? " nodad" : ""}`;
        host.namespace.ip(
            `link add name lan${nth} type veth peer name eth0 netns ${machine.namespace.name}`,
            ...ends.gateway.map((address) => withLength(address).replace("DEVICE", `lan${nth}`)),
            `link set lan${nth} up`,
        );
        const [gateway] = ends.gateway;
        machine.namespace.ip(
            withLength(ends.machines[0]).replace("DEVICE", "eth0"),
            "link set eth0 up",
            ...(lan.nat === true || gateway === undefined
                ? []
                : [`route add ${prefix.family === 6 ? "::/0" : "0.0.0.0/0"} via ${gateway.text} dev eth0`]),
        );
        plugged.set(lan, machine);
    }
    return plugged;
}

export function unplugLans(plugged: ReadonlyMap<Lan, Station>): void {
    for (const machine of plugged.values()) machine.namespace.ip("link delete eth0");
}

/** Listens on {@link realityPorts}, for as long as the lab is there; whoever connects is told the station's name. */
export async function serve(station: Station): Promise<void> {
    const ports = realityPorts.map(String);
    const server = station.namespace.start(process.execPath, [program, "serve", station.name, ...ports]);
    const [how] = await Promise.race([once(server.stdout, "data"), once(server, "close")]);
    if (!String(how).includes("listening")) throw new Error(`"${station.name}" cannot listen on ${ports.join(", ")}`);
}

export async function ask(station: Station, probes: readonly Probe[]): Promise<readonly ProbeAnswer[]> {
    const finished = await station.namespace.run(process.execPath, [program, "probe"], {
        input: JSON.stringify(probes),
        timeout: 120,
    });
    if (finished.code !== 0) throw new Error(`probes of "${station.name}" ended with ${finished.code}: ${finished.stderr}`);
    return JSON.parse(finished.stdout) as readonly ProbeAnswer[];
}
