import type { Graph, Host, Interface, Peer, Route } from "../../provider/planner/graph";

/**
 * Hubs that are all linked with each other, each with its spokes and its own network; a route between every two networks.
 * `interfaces` counts the spokes' interfaces, e.g. 100 hubs of 100 spokes are 10,000.
 */
export function linkedHubs(hubs: number, spokes: number): Graph {
    const hosts: Host[] = [];
    const interfaces: Interface[] = [];
    const peers: Peer[] = [];
    const routes: Route[] = [];
    const hub = (nth: number) => `hub${String(nth).padStart(3, "0")}`;
    for (let i = 0; i < hubs; i++) {
        hosts.push({ name: hub(i), managed: true, endpoint: true });
        interfaces.push({
            name: `${hub(i)}-wg0`,
            host: hub(i),
            interfaceName: "wg0",
            addresses: [`10.${i}.0.1/16`],
            listenPort: 51820,
        });
        interfaces.push({
            name: `${hub(i)}-wg1`,
            host: hub(i),
            interfaceName: "wg1",
            addresses: [`172.16.0.${i + 1}/16`],
            listenPort: 51821,
        });
        for (let j = 0; j < spokes; j++) {
            const name = `${hub(i)}-s${String(j).padStart(3, "0")}`;
            hosts.push({ name, managed: true, endpoint: false });
            interfaces.push({
                name: `${name}-wg0`,
                host: name,
                interfaceName: "wg0",
                addresses: [`10.${i}.${1 + Math.floor(j / 250)}.${1 + (j % 250)}/16`],
            });
            peers.push({ name, between: [`${hub(i)}-wg0`, `${name}-wg0`] });
        }
        for (let j = 0; j < i; j++) {
            peers.push({ name: `${hub(j)}-${hub(i)}`, between: [`${hub(j)}-wg1`, `${hub(i)}-wg1`] });
            routes.push({
                name: `${hub(j)}-${hub(i)}`,
                from: [{ kind: "network", interface: `${hub(j)}-wg0` }],
                to: [{ kind: "network", interface: `${hub(i)}-wg0` }],
            });
        }
    }
    return { mesh: "bench", hosts, interfaces, peers, routes };
}

/** Every node peers with every other. Devices have no firewall, managed hosts do. */
export function fullMesh(nodes: number, managed: boolean): Graph {
    const names = Array.from({ length: nodes }, (_, nth) => `n${String(nth).padStart(3, "0")}`);
    const interfaces = names.map((host, nth) => ({
        name: `${host}-wg0`,
        host,
        interfaceName: "wg0",
        addresses: [addressOf(nth)],
        listenPort: 51820,
    }));
    return {
        mesh: "bench",
        hosts: names.map((name) => ({ name, managed, endpoint: true })),
        interfaces,
        peers: interfaces.flatMap((one, nth) =>
            interfaces.slice(nth + 1).map((other) => ({
                name: `${one.host}-${other.host}`,
                between: [one.name, other.name] as const,
            })),
        ),
    };
}

/** The address of the nth node of a full mesh. */
export function addressOf(nth: number): string {
    return `10.0.${Math.floor(nth / 250)}.${1 + (nth % 250)}/16`;
}
