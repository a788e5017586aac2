import type * as graph from "../../provider/planner/graph";
import type * as wg from "../../sdk";

/** Arguments a graph does not carry: values, by the name of the declaration. */
export interface DeclaredValues {
    readonly connection?: (host: string) => wg.ConnectionArgs;
    readonly endpoint?: (host: string) => string;
}

/** What was declared, before `deploy()`. */
export interface DeclaredMesh {
    readonly mesh: wg.Mesh;
    readonly interfaces: ReadonlyMap<string, wg.WireGuardInterface>;
}

/**
 * Declares a graph through the library, as a user's program would. Throws where the graph names something that is not there.
 *
 * The library is an argument, because a program in the lab loads the copy that it has installed.
 */
export function declareGraph(library: typeof wg, declared: graph.Graph, values: DeclaredValues = {}): DeclaredMesh {
    const mesh = new library.Mesh(declared.mesh);
    const hosts = new Map<string, wg.Host>();
    for (const one of declared.hosts) {
        const connection = values.connection?.(one.name) ?? {
            host: "198.51.100.1",
            hostKey: `ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI${"A".repeat(43)}`,
        };
        const args = {
            mesh,
            ...(one.endpoint ? { endpoint: values.endpoint?.(one.name) ?? "198.51.100.1" } : {}),
            ...(one.managed ? { connection } : {}),
            ...pick(one, "uplinkMtu"),
        };
        hosts.set(one.name, new library.Host(one.name, args));
    }
    const interfaces = new Map<string, wg.WireGuardInterface>();
    const made = new Map<graph.Interface, wg.WireGuardInterface>();
    const declare = (one: graph.Interface): wg.WireGuardInterface => {
        const done = made.get(one);
        if (done !== undefined) {
            return done;
        }
        const outer = declared.interfaces.find(({ name }) => name === one.endpoint);
        const args = {
            host: known(hosts, one.host),
            name: one.interfaceName,
            ...pick(one, "addresses", "allocate", "listenPort", "mtu", "adopt"),
            ...(one.endpoint === true ? { endpoint: "198.51.100.2" } : {}),
            ...(outer === undefined ? {} : { endpoint: declare(outer) }),
        };
        const fresh = new library.WireGuardInterface(one.name, args);
        made.set(one, fresh);
        interfaces.set(one.name, fresh);
        return fresh;
    };
    declared.interfaces.forEach(declare);
    for (const one of declared.peers) {
        const between = one.between.map((name) => known(interfaces, name)) as unknown as [
            wg.WireGuardInterface,
            wg.WireGuardInterface,
        ];
        new library.Peer(one.name, { between, ...pick(one, "cost", "persistentKeepalive") });
    }
    for (const one of declared.lans ?? []) {
        known(hosts, one.host).lan(one.prefix, pick(one, "nat"));
    }
    const lan = (host: string, prefix: string) => {
        const lans = (declared.lans ?? []).filter((one) => one.host === host && one.prefix === prefix);
        return known(hosts, host).lan(prefix, lans[0] === undefined ? {} : pick(lans[0], "nat"));
    };
    const end = (one: graph.RouteEnd): wg.RouteEndpoint => {
        switch (one.kind) {
            case "interface":
                return known(interfaces, one.interface);
            case "network":
                return known(interfaces, one.interface).network;
            case "lan":
                return lan(one.host, one.prefix);
            case "internet":
                return known(hosts, one.host).internet;
            default: {
                const other: never = one;
                throw new Error(`no such end: ${JSON.stringify(other)}`);
            }
        }
    };
    for (const one of declared.routes ?? []) {
        new library.Route(one.name, {
            from: one.from.map(end),
            to: one.to.map(end),
            ...pick(one, "initiate", "allow", "exclude"),
        });
    }
    for (const one of declared.expectations ?? []) {
        const expect = one.kind === "reach" ? mesh.expectReach : mesh.expectDeny;
        expect.call(mesh, end(one.from), end(one.to), pick(one, "protocol", "port"));
    }
    return { mesh, interfaces };
}

function known<T>(things: ReadonlyMap<string, T>, name: string): T {
    const thing = things.get(name);
    if (thing === undefined) {
        throw new Error(`the graph names "${name}", which a program could not even write down`);
    }
    return thing;
}

function pick<T extends object, K extends keyof T>(from: T, ...keys: K[]): { [P in K]: Exclude<T[P], undefined> } {
    return Object.fromEntries(keys.filter((key) => from[key] !== undefined).map((key) => [key, from[key]])) as never;
}
