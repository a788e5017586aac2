import fc from "fast-check";
import { checkDeclarations } from "../../provider/planner/check";
import type { Graph } from "../../provider/planner/graph";
import { checkValues, type KnownValue } from "../../provider/planner/rules/values";
import { badGraphs, goodGraphs, malformedGraphs, smallGraph } from "./badGraphs";

function failuresOf(graph: Graph): string[] {
    return checkDeclarations(graph).map(({ property, reason }) => `${property}: ${reason}`);
}

describe("declarations", () => {
    test("the small graph is valid", () => {
        expect(failuresOf(smallGraph().graph)).toEqual([]);
    });

    test.each(badGraphs)("rejects: $name", ({ graph, failures }) => {
        expect(failures).not.toHaveLength(0);
        expect(failuresOf(graph)).toEqual(failures);
    });

    test.each(malformedGraphs)("rejects, from JSON: $name", ({ graph, failures }) => {
        expect(failures).not.toHaveLength(0);
        expect(failuresOf(graph)).toEqual(failures);
    });

    test.each(goodGraphs)("accepts: $name", ({ graph }) => {
        expect(failuresOf(graph)).toEqual([]);
    });

    test("every text is one sentence in lower case, without a full stop, on one line", () => {
        for (const text of [...badGraphs, ...malformedGraphs].flatMap(({ failures }) => failures)) {
            expect(text).toMatch(/^[^\n]+: (?:[a-z"]|IPv|LAN)[^\n]*[^.\n]$/);
        }
    });

    test.each([null, undefined, 7, "graph", [], [[]], {}, { mesh: {} }])(
        "a graph that is %j is a failure and no crash",
        (value) => {
            expect(failuresOf(value as unknown as Graph)).not.toEqual([]);
        },
    );
});

/** Every place in a graph where a value stands, as a path of keys. */
function paths(value: unknown, path: readonly string[] = []): string[][] {
    const inner =
        typeof value === "object" && value !== null
            ? Object.entries(value).flatMap(([key, one]) => paths(one, [...path, key]))
            : [];
    return path.length === 0 ? inner : [[...path], ...inner];
}

function replaced(value: unknown, [key, ...rest]: readonly string[], by: unknown): unknown {
    if (key === undefined) {
        return by;
    }
    const copy: Record<string, unknown> = Object.assign(Array.isArray(value) ? [] : {}, value);
    copy[key] = replaced(copy[key], rest, by);
    return copy;
}

function shuffled<T>(list: readonly T[], seeds: readonly number[]): T[] {
    return list
        .map((one, i) => ({ one, seed: seeds[i % seeds.length] ?? 0 }))
        .sort((a, b) => a.seed - b.seed)
        .map(({ one }) => one);
}

/** A graph with something of every kind in it, to be damaged. */
function fullGraph(): Graph {
    const { graph } = smallGraph();
    return {
        ...graph,
        lans: [{ host: "ann", prefix: "192.168.10.0/24", nat: true, declaredAt: "index.ts:14" }],
        routes: [
            ...graph.routes,
            {
                name: "web",
                from: [{ kind: "interface", interface: "ann-wg0" }],
                to: [{ kind: "internet", host: "hub" }],
                initiate: "from",
                allow: ["tcp/443", "udp/53"],
                exclude: ["10.0.0.0/8"],
            },
            {
                name: "lan",
                from: [{ kind: "network", interface: "hub-wg1" }],
                to: [{ kind: "lan", host: "ann", prefix: "192.168.10.0/24" }],
            },
        ],
        expectations: [
            {
                kind: "reach",
                from: { kind: "interface", interface: "bob-wg0" },
                to: { kind: "lan", host: "ann", prefix: "192.168.10.0/24" },
            },
            {
                kind: "deny",
                from: { kind: "network", interface: "hub-wg0" },
                to: { kind: "interface", interface: "bob-wg0" },
                protocol: "tcp",
                port: 80,
            },
        ],
        allocations: { "old-wg0": ["10.0.0.9/24"] },
    };
}

/** Values that look like what belongs into a graph, so that they get past the first question. */
const plausible = fc.oneof(
    fc.constantFrom(
        "hub",
        "hub-wg0",
        "ann-wg0",
        "wg0",
        "all",
        "10.0.0.1/24",
        "10.0.0.0/24",
        "10.0.0.0/8",
        "::/0",
        "fd00::1/64",
        "tcp/9-1",
        "__proto__",
        "",
    ),
    fc.integer(),
    fc.double(),
    fc.string({ unit: "binary" }),
    fc.string({ unit: fc.constantFrom("0", "1", "9", ".", "/", ":", "f", "%", " ") }),
);

const garbage = fc.oneof(fc.jsonValue(), plausible, fc.array(plausible), fc.constant(undefined), fc.constant(Number.NaN));

describe("whatever is declared", () => {
    test("garbage in any place is said, not thrown, and says nothing twice", () => {
        const places = paths(fullGraph());
        expect(failuresOf(fullGraph())).toEqual([]);
        fc.assert(
            fc.property(fc.array(fc.tuple(fc.constantFrom(...places), garbage), { minLength: 1, maxLength: 4 }), (damages) => {
                const graph = damages.reduce<unknown>(
                    (damaged, [path, value]) => replaced(damaged, path, value),
                    fullGraph(),
                ) as Graph;
                const failures = failuresOf(graph);
                expect(new Set(failures).size).toBe(failures.length);
                expect(failures.every((text) => !text.includes("\n") && !text.includes("undefined"))).toBe(true);
            }),
            { numRuns: 5000 },
        );
    });

    test("the same failures come out in whatever order things are declared", () => {
        // Everything but the lists themselves, and names by which a list's elements are told apart.
        const graphs = [...badGraphs.map(({ graph }) => graph), fullGraph()];
        const places = paths(fullGraph()).filter(
            (path) => path.length > 2 && path.at(-1) !== "name" && path[0] !== "allocations",
        );
        fc.assert(
            fc.property(
                fc.constantFrom(...graphs),
                fc.array(fc.tuple(fc.constantFrom(...places), plausible), { maxLength: 3 }),
                fc.array(fc.integer(), { minLength: 1, maxLength: 20 }),
                (graph, damages, seeds) => {
                    const damaged = damages
                        .filter(([path]) => path.length > 2)
                        .reduce<unknown>(
                            (one, [path, value]) => (reaches(one, path) ? replaced(one, path, value) : one),
                            graph,
                        ) as Graph;
                    const other: Graph = {
                        ...damaged,
                        hosts: shuffled(damaged.hosts, seeds),
                        interfaces: shuffled(damaged.interfaces, seeds),
                        peers: shuffled(damaged.peers, seeds),
                        lans: shuffled(damaged.lans ?? [], seeds),
                        routes: shuffled(damaged.routes ?? [], seeds),
                        expectations: shuffled(damaged.expectations ?? [], seeds),
                    };
                    expect(failuresOf(other)).toEqual(failuresOf(damaged));
                },
            ),
            { numRuns: 3000 },
        );
    });
});

function reaches(value: unknown, path: readonly string[]): boolean {
    const [key, ...rest] = path;
    return (
        key === undefined ||
        (typeof value === "object" && value !== null && key in value && reaches((value as Record<string, unknown>)[key], rest))
    );
}

describe("many declarations", () => {
    /** 100 hubs with 99 spokes each: 10,000 interfaces. `wrong` misspells the hub of every spoke's peer. */
    function manyInterfaces(wrong: boolean): Graph {
        const hubs = Array.from({ length: 100 }, (_, h) => h);
        const spokes = hubs.flatMap((h) => Array.from({ length: 99 }, (_, s) => ({ h, s, name: `spoke-${h}-${s}` })));
        return {
            mesh: "many",
            hosts: [
                ...hubs.map((h) => ({ name: `hub-${h}`, managed: true, endpoint: true })),
                ...spokes.map(({ name }) => ({ name, managed: true, endpoint: false })),
            ],
            interfaces: [
                ...hubs.map((h) => ({
                    name: `hub-${h}-wg0`,
                    host: `hub-${h}`,
                    interfaceName: "wg0",
                    addresses: [`10.${h}.0.1/24`],
                    listenPort: 51820,
                })),
                ...spokes.map(({ h, s, name }) => ({
                    name: `${name}-wg0`,
                    host: name,
                    interfaceName: "wg0",
                    addresses: [`10.${h}.0.${s + 2}/24`],
                })),
            ],
            peers: spokes.map(({ h, name }) => ({ name, between: [`hub${wrong ? "" : "-"}${h}-wg0`, `${name}-wg0`] as const })),
            routes: hubs.map((h) => ({
                name: `route-${h}`,
                from: [{ kind: "network", interface: `hub-${h}-wg0` }],
                to: [{ kind: "network", interface: `hub-${(h + 1) % 100}-wg0` }],
            })),
        };
    }

    test.each([
        { what: "valid", wrong: false, failures: 0 },
        { what: "every peer misspelt", wrong: true, failures: 9900 },
    ])("10,000 interfaces, $what, are checked without a quadratic loop", ({ wrong, failures }) => {
        const graph = manyInterfaces(wrong);
        checkDeclarations(graph);
        const start = process.hrtime.bigint();
        expect(checkDeclarations(graph)).toHaveLength(failures);
        const milliseconds = Number(process.hrtime.bigint() - start) / 1e6;
        // About a tenth of this on an idle machine. A quadratic loop over 10,000 takes tens of seconds.
        expect(milliseconds).toBeLessThan(2000);
    });
});

const privateKey = "yAnz5TF+lXXJte14tji3zlMNq+hd2rYUIgJBgB3fBmk=";
const otherKey = "xTIBA5rboUvnH4htodjb6e697QjLERt1NAB4mZqp8Dg=";
const hostKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f";

/** Keys from wg(8) and the WireGuard quick start; the host key is 0, 1, 2, ... 31 as its 32 bytes. */
const badValues: readonly {
    readonly name: string;
    readonly values: readonly KnownValue[];
    readonly failures: readonly string[];
}[] = [
    {
        name: "private key cut off",
        values: [{ owner: "hub-wg0", kind: "privateKey", value: privateKey.slice(0, 43) }],
        failures: ['hub-wg0.privateKey: must be the 44 characters of base64 that "wg genkey" prints, got 43 characters'],
    },
    {
        name: "private key with a line end",
        values: [{ owner: "hub-wg0", kind: "privateKey", value: `${privateKey}\n` }],
        failures: [
            'hub-wg0.privateKey: must be the 44 characters of base64 that "wg genkey" prints, got 45 characters; there is white space around the key',
        ],
    },
    {
        name: "private key that is not canonical base64",
        values: [{ owner: "hub-wg0", kind: "privateKey", value: privateKey.replace("k=", "l=") }],
        failures: [
            'hub-wg0.privateKey: must be the 44 characters of base64 that "wg genkey" prints, got 44 characters that are not the canonical base64 of 32 bytes',
        ],
    },
    {
        name: "private key of zeros",
        values: [{ owner: "hub-wg0", kind: "privateKey", value: `${"A".repeat(43)}=` }],
        failures: ['hub-wg0.privateKey: must be the 44 characters of base64 that "wg genkey" prints, got a key of zeros only'],
    },
    {
        name: "preshared key that is a password",
        values: [{ owner: "ann", kind: "presharedKey", value: "correct horse battery staple" }],
        failures: ['ann.presharedKey: must be the 44 characters of base64 that "wg genpsk" prints, got 28 characters'],
    },
    {
        name: "empty public key",
        values: [{ owner: "ann-wg0", kind: "publicKey", value: "" }],
        failures: ['ann-wg0.publicKey: must be the 44 characters of base64 that "wg pubkey" prints, got 0 characters'],
    },
    {
        name: "one private key on two interfaces",
        values: [
            { owner: "hub-wg0", kind: "privateKey", value: privateKey, declaredAt: "index.ts:9" },
            { owner: "ann-wg0", kind: "privateKey", value: privateKey, declaredAt: "index.ts:12" },
        ],
        failures: [
            'ann-wg0.privateKey: is the same key as that of "hub-wg0" (index.ts:9); every interface needs its own, because WireGuard knows peers by their key (index.ts:12)',
        ],
    },
    {
        name: "one private key on two interfaces, but for a clamped bit",
        values: [
            { owner: "hub-wg0", kind: "privateKey", value: "yAnz5TF+lXXJte14tji3zlMNq+hd2rYUIgJBgB3fBmk=" },
            { owner: "ann-wg0", kind: "privateKey", value: "zAnz5TF+lXXJte14tji3zlMNq+hd2rYUIgJBgB3fBmk=" },
        ],
        failures: [
            'hub-wg0.privateKey: is the same key as that of "ann-wg0"; every interface needs its own, because WireGuard knows peers by their key',
        ],
    },
    {
        name: "one public key on two interfaces",
        values: [
            { owner: "ann-wg0", kind: "publicKey", value: otherKey },
            { owner: "bob-wg0", kind: "publicKey", value: otherKey },
        ],
        failures: [
            'bob-wg0.publicKey: is the same key as that of "ann-wg0"; every interface needs its own, because WireGuard knows peers by their key',
        ],
    },
    {
        name: "private key as the preshared one",
        values: [
            { owner: "hub-wg0", kind: "privateKey", value: privateKey },
            { owner: "ann", kind: "presharedKey", value: privateKey },
        ],
        failures: ['ann.presharedKey: is the private key of "hub-wg0"; make one with "wg genpsk"'],
    },
    {
        name: "private key as the public one",
        values: [
            { owner: "hub-wg0", kind: "privateKey", value: privateKey },
            { owner: "ann-wg0", kind: "publicKey", value: privateKey },
        ],
        failures: ['ann-wg0.publicKey: is the private key of "hub-wg0"; make one with "wg pubkey"'],
    },
    {
        name: "endpoint of a host with a port",
        values: [{ owner: "hub", kind: "endpointHost", value: "vpn.example.com:51820" }],
        failures: [
            'hub.endpoint: must be a DNS name or an address, e.g. "vpn.example.com" or "203.0.113.7", without a port, which is the listenPort of the interface, got "vpn.example.com:51820"; did you mean "vpn.example.com"?',
        ],
    },
    {
        name: "endpoint of a host with a scheme",
        values: [{ owner: "hub", kind: "endpointHost", value: "https://vpn.example.com/" }],
        failures: [
            'hub.endpoint: must be a DNS name or an address, e.g. "vpn.example.com" or "203.0.113.7", without a scheme, got "https://vpn.example.com/"; did you mean "vpn.example.com"?',
        ],
    },
    {
        name: "endpoint of a host in brackets",
        values: [{ owner: "hub", kind: "endpointHost", value: "[2001:db8::7]" }],
        failures: [
            'hub.endpoint: must be a DNS name or an address, e.g. "vpn.example.com" or "203.0.113.7", without brackets, got "[2001:db8::7]"; did you mean "2001:db8::7"?',
        ],
    },
    {
        name: "endpoint of a host in brackets with a port",
        values: [{ owner: "hub", kind: "endpointHost", value: "[2001:db8::7]:51820" }],
        failures: [
            'hub.endpoint: must be a DNS name or an address, e.g. "vpn.example.com" or "203.0.113.7", without a port, which is the listenPort of the interface, got "[2001:db8::7]:51820"; did you mean "2001:db8::7"?',
        ],
    },
    {
        name: "endpoint with a prefix length",
        values: [{ owner: "hub", kind: "endpointHost", value: "203.0.113.7/24" }],
        failures: [
            'hub.endpoint: must be a DNS name or an address, e.g. "vpn.example.com" or "203.0.113.7", without a prefix length or path, got "203.0.113.7/24"; did you mean "203.0.113.7"?',
        ],
    },
    {
        name: "endpoint with white space",
        values: [{ owner: "hub", kind: "endpointHost", value: "vpn.example.com " }],
        failures: [
            'hub.endpoint: must be a DNS name or an address, e.g. "vpn.example.com" or "203.0.113.7", without white space, got "vpn.example.com "; did you mean "vpn.example.com"?',
        ],
    },
    {
        name: "endpoint with a zone",
        values: [{ owner: "hub", kind: "endpointHost", value: "fe80::1%eth0" }],
        failures: [
            'hub.endpoint: must be a DNS name or an address, e.g. "vpn.example.com" or "203.0.113.7", without a zone, which means something on one host only, got "fe80::1%eth0"',
        ],
    },
    {
        name: "empty endpoint",
        values: [{ owner: "hub", kind: "endpointHost", value: "", declaredAt: "index.ts:3" }],
        failures: [
            'hub.endpoint: must be a DNS name or an address, e.g. "vpn.example.com" or "203.0.113.7", got an empty text (index.ts:3)',
        ],
    },
    {
        name: "three octets for an endpoint",
        values: [{ owner: "hub", kind: "endpointHost", value: "203.0.113" }],
        failures: ['hub.endpoint: must be a DNS name or an address, e.g. "vpn.example.com" or "203.0.113.7", got "203.0.113"'],
    },
    {
        name: "octet too large in an endpoint",
        values: [{ owner: "hub", kind: "endpointHost", value: "203.0.113.300" }],
        failures: [
            'hub.endpoint: must be a DNS name or an address, e.g. "vpn.example.com" or "203.0.113.7", got "203.0.113.300"',
        ],
    },
    {
        name: "endpoint with a letter no name has",
        values: [{ owner: "hub", kind: "endpointHost", value: "vpn!.example.com" }],
        failures: [
            'hub.endpoint: must be a DNS name or an address, e.g. "vpn.example.com" or "203.0.113.7", got "vpn!.example.com"',
        ],
    },
    {
        name: "loopback endpoint",
        values: [{ owner: "hub", kind: "endpointHost", value: "127.0.0.1" }],
        failures: ['hub.endpoint: must be where other hosts can reach it, but "127.0.0.1" is loopback'],
    },
    {
        name: "endpoint localhost",
        values: [{ owner: "hub", kind: "endpointHost", value: "localhost" }],
        failures: ['hub.endpoint: must be where other hosts can reach it, but "localhost" is loopback'],
    },
    {
        name: "unspecified endpoint",
        values: [{ owner: "hub-wg0", kind: "endpoint", value: "0.0.0.0:51820" }],
        failures: ['hub-wg0.endpoint: must be where other hosts can reach it, but "0.0.0.0:51820" is unspecified'],
    },
    {
        name: "endpoint port too large",
        values: [{ owner: "hub-wg0", kind: "endpoint", value: "vpn.example.com:65536" }],
        failures: ['hub-wg0.endpoint: the port of an endpoint must be from 1 to 65535, got "vpn.example.com:65536"'],
    },
    {
        name: "endpoint port zero",
        values: [{ owner: "hub-wg0", kind: "endpoint", value: "[2001:db8::7]:0" }],
        failures: ['hub-wg0.endpoint: the port of an endpoint must be from 1 to 65535, got "[2001:db8::7]:0"'],
    },
    {
        name: "endpoint without the port after the colon",
        values: [{ owner: "hub-wg0", kind: "endpoint", value: "vpn.example.com:" }],
        failures: ['hub-wg0.endpoint: the port of an endpoint must be from 1 to 65535, got "vpn.example.com:"'],
    },
    {
        name: "brackets around a name",
        values: [{ owner: "hub-wg0", kind: "endpoint", value: "[vpn.example.com]:51820" }],
        failures: [
            'hub-wg0.endpoint: brackets are for an IPv6 address, e.g. "[2001:db8::7]:51820", got "[vpn.example.com]:51820"',
        ],
    },
    {
        name: "one endpoint for two interfaces",
        values: [
            { owner: "hub-wg0", kind: "endpoint", value: "vpn.example.com:51820", declaredAt: "index.ts:9" },
            { owner: "hub-wg1", kind: "endpoint", value: "VPN.example.com:51820", declaredAt: "index.ts:10" },
        ],
        failures: [
            'hub-wg1.endpoint: "VPN.example.com:51820" is already the endpoint of "hub-wg0" (index.ts:9); give one of them another port (index.ts:10)',
        ],
    },
    {
        name: "connection to a user",
        values: [{ owner: "hub", kind: "connectionHost", value: "root@203.0.113.7" }],
        failures: [
            'hub.connection.host: must be a DNS name or an address, e.g. "vpn.example.com" or "203.0.113.7", without a user (the text before "@" is not shown); did you mean "203.0.113.7"?',
        ],
    },
    {
        name: "connection as a URL with a password",
        values: [{ owner: "hub", kind: "connectionHost", value: "ssh://root:hunter2@203.0.113.7" }],
        failures: [
            'hub.connection.host: must be a DNS name or an address, e.g. "vpn.example.com" or "203.0.113.7", without a user (the text before "@" is not shown); did you mean "203.0.113.7"?',
        ],
    },
    {
        name: "connection with a port",
        values: [{ owner: "hub", kind: "connectionHost", value: "203.0.113.7:22" }],
        failures: [
            'hub.connection.host: must be a DNS name or an address, e.g. "vpn.example.com" or "203.0.113.7", without a port, got "203.0.113.7:22"; did you mean "203.0.113.7"?',
        ],
    },
    {
        name: "empty connection host",
        values: [{ owner: "hub", kind: "connectionHost", value: "" }],
        failures: [
            'hub.connection.host: must be a DNS name or an address, e.g. "vpn.example.com" or "203.0.113.7", got an empty text',
        ],
    },
    {
        name: "host key from known_hosts",
        values: [{ owner: "hub", kind: "hostKey", value: `203.0.113.7 ${hostKey}` }],
        failures: [
            'hub.connection.hostKey: must begin with the key type, got a line of known_hosts; leave out "203.0.113.7": "ssh-ed25519 AAAAC3Nz..."',
        ],
    },
    {
        name: "RSA host key",
        values: [{ owner: "hub", kind: "hostKey", value: "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQC7" }],
        failures: [
            'hub.connection.hostKey: must be an ed25519 or ecdsa key: a pinned RSA key asks for SHA-1 signatures, which OpenSSH 8.8 and later refuse; use "ssh-ed25519 AAAA..." from /etc/ssh/ssh_host_ed25519_key.pub',
        ],
    },
    {
        name: "host key fingerprint",
        values: [{ owner: "hub", kind: "hostKey", value: "SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU" }],
        failures: [
            'hub.connection.hostKey: must be the whole key, "ssh-ed25519 AAAA..." from /etc/ssh/ssh_host_ed25519_key.pub, got the fingerprint "SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU"',
        ],
    },
    {
        name: "several host keys",
        values: [{ owner: "hub", kind: "hostKey", value: `${hostKey}\n${hostKey}` }],
        failures: [
            'hub.connection.hostKey: must be one key, "ssh-ed25519 AAAA..." from /etc/ssh/ssh_host_ed25519_key.pub, got 2 lines',
        ],
    },
    {
        name: "private host key",
        values: [{ owner: "hub", kind: "hostKey", value: "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEA" }],
        failures: [
            'hub.connection.hostKey: must be the public host key, "ssh-ed25519 AAAA..." from /etc/ssh/ssh_host_ed25519_key.pub, got a private key',
        ],
    },
    {
        name: "host key cut off",
        values: [{ owner: "hub", kind: "hostKey", value: hostKey.slice(0, 60) }],
        failures: [
            'hub.connection.hostKey: must be "ssh-ed25519 AAAA..." from /etc/ssh/ssh_host_ed25519_key.pub, got "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8Q", which is not a whole ssh-ed25519 key',
        ],
    },
    {
        name: "host key of another type than it says",
        values: [{ owner: "hub", kind: "hostKey", value: hostKey.replace("ssh-ed25519", "ecdsa-sha2-nistp256") }],
        failures: [
            'hub.connection.hostKey: must be "ssh-ed25519 AAAA..." from /etc/ssh/ssh_host_ed25519_key.pub, got "ecdsa-sha2-nistp256 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWF...", which is not a whole ecdsa-sha2-nistp256 key',
        ],
    },
    {
        name: "host key without its type",
        values: [{ owner: "hub", kind: "hostKey", value: hostKey.slice(12) }],
        failures: [
            'hub.connection.hostKey: must be an ed25519 or ecdsa key, "ssh-ed25519 AAAA..." from /etc/ssh/ssh_host_ed25519_key.pub, got "AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f"',
        ],
    },
    {
        name: "empty host key",
        values: [{ owner: "hub", kind: "hostKey", value: "" }],
        failures: [
            'hub.connection.hostKey: must be "ssh-ed25519 AAAA..." from /etc/ssh/ssh_host_ed25519_key.pub, got an empty text',
        ],
    },
    {
        name: "several mistakes at once",
        values: [
            { owner: "hub-wg0", kind: "privateKey", value: "short" },
            { owner: "hub", kind: "endpointHost", value: "hub:1" },
            { owner: "hub", kind: "hostKey", value: "ssh-dss AAAA" },
        ],
        failures: [
            'hub-wg0.privateKey: must be the 44 characters of base64 that "wg genkey" prints, got 5 characters',
            'hub.connection.hostKey: must be an ed25519 or ecdsa key, "ssh-ed25519 AAAA..." from /etc/ssh/ssh_host_ed25519_key.pub, got "ssh-dss AAAA"',
            'hub.endpoint: must be a DNS name or an address, e.g. "vpn.example.com" or "203.0.113.7", without a port, which is the listenPort of the interface, got "hub:1"; did you mean "hub"?',
        ],
    },
];

describe("values beside the graph", () => {
    test.each(badValues)("rejects: $name", ({ values, failures }) => {
        expect(failures).not.toHaveLength(0);
        expect(checkValues(values).map(({ property, reason }) => `${property}: ${reason}`)).toEqual(failures);
        expect(checkValues([...values].reverse())).toEqual(checkValues(values));
    });

    const accepted: readonly KnownValue[] = [
        { owner: "hub-wg0", kind: "privateKey", value: privateKey },
        { owner: "hub-wg0", kind: "privateKey", value: privateKey },
        { owner: "ann-wg0", kind: "privateKey", value: otherKey },
        { owner: "bob-wg0", kind: "publicKey", value: "HIgo9xNzJMWLKASShiTqIybxZ0U3wGLiUeJ1PKf8ykw=" },
        { owner: "ann", kind: "presharedKey", value: "FpCyhws9cxwWoV4xELtfJvjJN+zQVRPISllRWgeopVE=" },
        ...["vpn.example.com", "vpn", "203.0.113.7", "2001:db8::7", "_wg.example.com.", "xn--bcher-kva.example"].flatMap(
            (value): KnownValue[] => [
                { owner: "hub", kind: "endpointHost", value },
                { owner: "hub-wg0", kind: "endpoint", value },
                { owner: "hub", kind: "connectionHost", value },
            ],
        ),
        { owner: "hub-wg0", kind: "endpoint", value: "vpn.example.com:1" },
        { owner: "hub-wg1", kind: "endpoint", value: "vpn.example.com:65535" },
        { owner: "hub-wg2", kind: "endpoint", value: "[2001:db8::7]:51820" },
        { owner: "hub", kind: "connectionHost", value: "127.0.0.1" },
        { owner: "hub", kind: "hostKey", value: hostKey },
        { owner: "hub", kind: "hostKey", value: `${hostKey} root@hub\n` },
    ];
    test.each(accepted)("accepts $kind $value", (value) => {
        expect(checkValues([value])).toEqual([]);
    });

    describe("endpoints in the mesh", () => {
        const interfaces = [
            { name: "hub-wg0", host: "hub", interfaceName: "wg0", addresses: ["10.0.0.1/24", "fd00::1/64"] },
            { name: "hub-wg1", host: "hub", interfaceName: "wg1", addresses: ["10.0.1.1/24"] },
            { name: "ann-wg0", host: "ann", interfaceName: "wg0", addresses: ["10.0.0.2/24"] },
        ];
        const said = (value: KnownValue) =>
            checkValues([value], interfaces).map(({ property, reason }) => `${property}: ${reason}`);

        test.each<[KnownValue, string]>([
            [
                { owner: "hub-wg1", kind: "endpoint", value: "10.0.0.1:51821" },
                'hub-wg1.endpoint: "10.0.0.1:51821" is the address of "hub-wg0" on host "hub"; to reach "hub-wg1" inside that tunnel, set its endpoint to the interface "hub-wg0" instead of a text',
            ],
            [
                { owner: "hub-wg1", kind: "endpoint", value: "[fd00:0::1]:51821" },
                'hub-wg1.endpoint: "[fd00:0::1]:51821" is the address of "hub-wg0" on host "hub"; to reach "hub-wg1" inside that tunnel, set its endpoint to the interface "hub-wg0" instead of a text',
            ],
            [
                { owner: "hub-wg1", kind: "endpoint", value: "10.0.1.1" },
                'hub-wg1.endpoint: "10.0.1.1" is the address of "hub-wg1" on host "hub", and others need the tunnel itself to get there',
            ],
            [
                { owner: "hub-wg1", kind: "endpoint", value: "10.0.0.2" },
                'hub-wg1.endpoint: "10.0.0.2" is the address of "ann-wg0" on host "ann", where nobody reaches host "hub"',
            ],
            [
                { owner: "hub", kind: "endpointHost", value: "10.0.0.1" },
                'hub.endpoint: "10.0.0.1" is the address of "hub-wg0" on host "hub"; to reach an interface inside that tunnel, set its endpoint to the interface "hub-wg0" instead of a text',
            ],
        ])("rejects: %j", (value, failure) => {
            expect(said(value)).toEqual([failure]);
        });

        test.each<KnownValue>([
            { owner: "hub-wg1", kind: "endpoint", value: "192.168.10.7:51821" },
            { owner: "hub", kind: "endpointHost", value: "10.0.0.9" },
            { owner: "hub", kind: "connectionHost", value: "10.0.0.1" },
        ])("accepts: %j", (value) => {
            expect(said(value)).toEqual([]);
        });
    });

    test("accepts them all together", () => {
        expect(checkValues(accepted)).toEqual([]);
    });

    test("no text ever holds a private or preshared key", () => {
        const secrets = fc.constantFrom<KnownValue["kind"]>("privateKey", "presharedKey");
        const text = fc.oneof(
            fc.string({ minLength: 8 }),
            fc.constantFrom(privateKey, otherKey, ` ${privateKey}`, privateKey.slice(0, 43)),
        );
        fc.assert(
            fc.property(fc.array(fc.tuple(secrets, text), { minLength: 1, maxLength: 4 }), (pairs) => {
                const values = pairs.map(([kind, value], i) => ({ owner: `owner-${i}`, kind, value }));
                const said = checkValues(values)
                    .map(({ reason }) => reason)
                    .join("\n");
                const trimmed = values.map(({ value }) => value.trim()).filter((value) => value.length >= 8);
                expect(trimmed.filter((value) => said.includes(value))).toEqual([]);
            }),
        );
    });
});
