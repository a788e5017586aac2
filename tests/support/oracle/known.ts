import type { Graph } from "../../../provider/planner/graph";

/** Graphs on which a plan once broke a promise, shrunk. Each is to be planned right or to be rejected. */
export const known: readonly { readonly what: string; readonly graph: Graph }[] = [
    {
        what: "a split tunnel's own packets stay outside of it",
        graph: {
            mesh: "office",
            hosts: [
                { name: "hub1", managed: true, endpoint: true },
                { name: "spoke1", managed: true, endpoint: false },
            ],
            interfaces: [
                { name: "hub1-wg0", host: "hub1", interfaceName: "wg0", addresses: ["10.0.0.1/28"], listenPort: 51820 },
                { name: "spoke1-wg0", host: "spoke1", interfaceName: "wg0", addresses: ["10.0.0.2/32"] },
            ],
            peers: [{ name: "hub1-wg0-spoke1-wg0", between: ["hub1-wg0", "spoke1-wg0"] }],
            routes: [
                {
                    name: "route1",
                    from: [{ kind: "interface", interface: "spoke1-wg0" }],
                    to: [{ kind: "internet", host: "hub1" }],
                    exclude: ["172.16.0.0/12"],
                },
            ],
        },
    },
    {
        what: "an exit cannot forge sources of the mesh",
        graph: {
            mesh: "office",
            hosts: [
                { name: "hub1", managed: true, endpoint: true },
                { name: "hub2", managed: true, endpoint: true },
                { name: "spoke2", managed: false, endpoint: false },
            ],
            interfaces: [
                { name: "hub1-wg0", host: "hub1", interfaceName: "wg0", addresses: ["10.0.0.1/28"], listenPort: 51820 },
                { name: "hub2-wg0", host: "hub2", interfaceName: "wg0", addresses: ["10.0.2.1/24"], listenPort: 51820 },
                { name: "hub2-wg1", host: "hub2", interfaceName: "wg1", addresses: ["10.0.3.1/28"], listenPort: 51821 },
                { name: "spoke2-wg0", host: "spoke2", interfaceName: "wg0", addresses: ["10.0.3.2/32"] },
            ],
            peers: [
                { name: "hub1-wg0-hub2-wg0", between: ["hub1-wg0", "hub2-wg0"] },
                { name: "hub2-wg1-spoke2-wg0", between: ["hub2-wg1", "spoke2-wg0"] },
            ],
            routes: [
                { name: "route2", from: [{ kind: "network", interface: "hub2-wg0" }], to: [{ kind: "internet", host: "hub1" }] },
            ],
        },
    },
    {
        what: "IPv6 refuses its own address as a source from outside",
        graph: {
            mesh: "office",
            hosts: [
                { name: "hub1", managed: true, endpoint: true },
                { name: "hub2", managed: true, endpoint: true },
                { name: "spoke1", managed: true, endpoint: false },
                { name: "spoke2", managed: true, endpoint: false },
            ],
            interfaces: [
                { name: "hub1-wg2", host: "hub1", interfaceName: "wg2", addresses: ["fd00:3::1/64"], listenPort: 51822 },
                { name: "hub2-wg0", host: "hub2", interfaceName: "wg0", addresses: ["fd00:4::1/120"], listenPort: 51820 },
                { name: "hub2-wg1", host: "hub2", interfaceName: "wg1", addresses: ["10.0.4.1/24"], listenPort: 51821 },
                { name: "spoke1-wg0", host: "spoke1", interfaceName: "wg0", addresses: ["fd00:3::2/64"] },
                { name: "spoke1-wg1", host: "spoke1", interfaceName: "wg1", addresses: ["10.0.4.2/24"] },
                { name: "spoke2-wg1", host: "spoke2", interfaceName: "wg1", addresses: ["fd00:4::2/128"] },
            ],
            peers: [
                { name: "hub1-wg2-spoke1-wg0", between: ["hub1-wg2", "spoke1-wg0"] },
                { name: "hub2-wg1-spoke1-wg1", between: ["hub2-wg1", "spoke1-wg1"] },
                { name: "hub2-wg0-spoke2-wg1", between: ["hub2-wg0", "spoke2-wg1"] },
            ],
            routes: [
                {
                    name: "route1",
                    from: [{ kind: "network", interface: "hub1-wg2" }],
                    to: [{ kind: "network", interface: "hub2-wg0" }],
                },
            ],
        },
    },
    {
        what: "a member cut out of a network gets nothing of the route",
        graph: {
            mesh: "office",
            hosts: [
                { name: "hub1", managed: true, endpoint: true },
                { name: "spoke1", managed: false, endpoint: false },
            ],
            interfaces: [
                { name: "hub1-wg0", host: "hub1", interfaceName: "wg0", addresses: ["10.0.0.1/24"], listenPort: 51820 },
                { name: "hub1-wg1", host: "hub1", interfaceName: "wg1", addresses: ["10.0.1.1/28"], listenPort: 51821 },
                { name: "spoke1-wg0", host: "spoke1", interfaceName: "wg0", addresses: ["10.0.1.2/28"] },
            ],
            peers: [{ name: "hub1-wg1-spoke1-wg0", between: ["hub1-wg1", "spoke1-wg0"] }],
            routes: [
                {
                    name: "route1",
                    from: [{ kind: "interface", interface: "hub1-wg0" }],
                    to: [{ kind: "network", interface: "hub1-wg1" }],
                    exclude: ["10.0.1.2/32"],
                },
            ],
        },
    },
    {
        what: "a full-tunnel client as a member of a network that is reached over another interface",
        graph: {
            mesh: "office",
            hosts: [
                { name: "hub1", managed: true, endpoint: true, uplinkMtu: 9000 },
                { name: "hub2", managed: true, endpoint: true, uplinkMtu: 1492 },
                { name: "spoke1", managed: true, endpoint: false },
            ],
            interfaces: [
                { name: "hub1-wg0", host: "hub1", interfaceName: "wg0", addresses: ["10.0.0.1/24"], listenPort: 51820 },
                {
                    name: "hub1-wg1",
                    host: "hub1",
                    interfaceName: "wg1",
                    addresses: ["10.0.1.1/28"],
                    listenPort: 51821,
                    allocate: "10.0.1.0/28",
                },
                { name: "spoke1-wg0", host: "spoke1", interfaceName: "wg0", addresses: ["10.0.0.2/32"] },
                { name: "hub2-wg2", host: "hub2", interfaceName: "wg2", addresses: ["10.0.5.1/26"], listenPort: 53000 },
                { name: "spoke1-wg1", host: "spoke1", interfaceName: "wg1", addresses: ["10.0.5.2/26"] },
            ],
            peers: [
                { name: "hub1-wg0-spoke1-wg0", between: ["hub1-wg0", "spoke1-wg0"] },
                { name: "hub2-wg2-spoke1-wg1", between: ["hub2-wg2", "spoke1-wg1"] },
            ],
            lans: [],
            routes: [
                {
                    name: "route1",
                    from: [{ kind: "network", interface: "hub2-wg2" }],
                    to: [{ kind: "interface", interface: "hub1-wg1" }],
                },
                {
                    name: "route3",
                    from: [{ kind: "interface", interface: "spoke1-wg1" }],
                    to: [{ kind: "internet", host: "hub2" }],
                },
            ],
        },
    },
    {
        what: "0.0.0.0/0 beside a direct peer's address",
        graph: {
            mesh: "office",
            hosts: [
                { name: "hub1", managed: true, endpoint: true },
                { name: "hub2", managed: true, endpoint: true },
                { name: "spoke1", managed: true, endpoint: false },
            ],
            interfaces: [
                { name: "hub1-wg0", host: "hub1", interfaceName: "wg0", addresses: ["10.0.0.1/24"], listenPort: 51820 },
                { name: "hub2-wg0", host: "hub2", interfaceName: "wg0", addresses: ["10.0.1.1/28"], listenPort: 51820 },
                { name: "hub1-wg1", host: "hub1", interfaceName: "wg1", addresses: ["10.0.2.1/32"], listenPort: 52001 },
                { name: "hub2-wg1", host: "hub2", interfaceName: "wg1", addresses: ["10.0.2.2/32"], listenPort: 52001 },
                { name: "spoke1-wg0", host: "spoke1", interfaceName: "wg0", addresses: ["10.0.1.2/32"] },
                { name: "spoke1-wg1", host: "spoke1", interfaceName: "wg1", addresses: ["10.0.0.2/32"] },
            ],
            peers: [
                { name: "hub1-wg1-hub2-wg1", between: ["hub1-wg1", "hub2-wg1"] },
                { name: "hub2-wg0-spoke1-wg0", between: ["hub2-wg0", "spoke1-wg0"] },
                { name: "hub1-wg0-spoke1-wg1", between: ["hub1-wg0", "spoke1-wg1"], cost: 5 },
            ],
            routes: [
                {
                    name: "route1",
                    from: [{ kind: "network", interface: "hub1-wg0" }],
                    to: [{ kind: "interface", interface: "spoke1-wg0" }],
                },
                {
                    name: "route3",
                    from: [{ kind: "interface", interface: "spoke1-wg0" }],
                    to: [{ kind: "internet", host: "hub2" }],
                },
            ],
            lans: [],
        },
    },
    {
        what: "the same LAN at two sites, one of them on a transit host",
        graph: {
            mesh: "office",
            hosts: [
                { name: "hub1", managed: true, endpoint: true, uplinkMtu: 9000 },
                { name: "hub2", managed: true, endpoint: true },
                { name: "spoke2", managed: true, endpoint: false },
                { name: "spoke3", managed: true, endpoint: false },
            ],
            interfaces: [
                { name: "hub1-wg0", host: "hub1", interfaceName: "wg0", addresses: ["10.0.0.1/24"], listenPort: 51820 },
                {
                    name: "hub2-wg1",
                    host: "hub2",
                    interfaceName: "wg1",
                    addresses: ["10.0.3.1/27"],
                    listenPort: 51821,
                    allocate: "10.0.3.0/27",
                },
                { name: "hub1-wg2", host: "hub1", interfaceName: "wg2", addresses: ["10.0.4.1/32"], listenPort: 52001 },
                { name: "hub2-wg2", host: "hub2", interfaceName: "wg2", addresses: ["10.0.4.2/32"], listenPort: 52001 },
                { name: "spoke2-wg0", host: "spoke2", interfaceName: "wg0", addresses: ["10.0.0.2/32"] },
                { name: "spoke3-wg0", host: "spoke3", interfaceName: "wg0" },
            ],
            peers: [
                { name: "hub1-wg2-hub2-wg2", between: ["hub1-wg2", "hub2-wg2"] },
                { name: "hub1-wg0-spoke2-wg0", between: ["hub1-wg0", "spoke2-wg0"] },
                { name: "hub2-wg1-spoke3-wg0", between: ["hub2-wg1", "spoke3-wg0"] },
            ],
            lans: [
                { host: "hub1", prefix: "192.168.10.0/24", nat: true },
                { host: "hub2", prefix: "192.168.10.0/24" },
            ],
            routes: [
                {
                    name: "route2",
                    from: [{ kind: "interface", interface: "hub2-wg2" }],
                    to: [{ kind: "network", interface: "hub1-wg0" }],
                },
                {
                    name: "route3",
                    from: [{ kind: "interface", interface: "spoke3-wg0" }],
                    to: [
                        { kind: "interface", interface: "hub1-wg2" },
                        { kind: "lan", host: "hub2", prefix: "192.168.10.0/24" },
                    ],
                },
            ],
        },
    },
    {
        what: "a member of a network with a Peer of its own to the exit",
        graph: {
            mesh: "office",
            hosts: [
                { name: "hub2", managed: true, endpoint: true },
                { name: "hub3", managed: true, endpoint: true },
                { name: "spoke1", managed: false, endpoint: false },
            ],
            interfaces: [
                { name: "hub3-wg1", host: "hub3", interfaceName: "wg1", addresses: ["10.0.7.1/28"], listenPort: 53000 },
                { name: "hub2-wg2", host: "hub2", interfaceName: "wg2", addresses: ["10.0.7.2/28"], listenPort: 53000 },
                { name: "spoke1-wg2", host: "spoke1", interfaceName: "wg2", addresses: ["10.0.7.3/28"] },
            ],
            peers: [
                { name: "hub3-wg1-hub2-wg2", between: ["hub3-wg1", "hub2-wg2"] },
                { name: "hub3-wg1-spoke1-wg2", between: ["hub3-wg1", "spoke1-wg2"] },
                { name: "hub2-wg2-spoke1-wg2", between: ["hub2-wg2", "spoke1-wg2"] },
            ],
            routes: [
                { name: "route2", from: [{ kind: "network", interface: "hub3-wg1" }], to: [{ kind: "internet", host: "hub2" }] },
            ],
        },
    },
    {
        what: "a device with a full tunnel and a LAN of its own",
        graph: {
            mesh: "office",
            hosts: [
                { name: "hub1", managed: true, endpoint: true },
                { name: "hub2", managed: false, endpoint: true },
                { name: "spoke1", managed: true, endpoint: true },
            ],
            interfaces: [
                { name: "hub1-wg0", host: "hub1", interfaceName: "wg0", addresses: ["10.0.0.1/24"], listenPort: 51820 },
                { name: "hub2-wg1", host: "hub2", interfaceName: "wg1", addresses: ["10.0.2.1/24"], listenPort: 51821 },
                { name: "spoke1-wg1", host: "spoke1", interfaceName: "wg1", addresses: ["10.0.2.2/24"], listenPort: 51821 },
            ],
            peers: [
                { name: "hub1-wg0-hub2-wg1", between: ["hub1-wg0", "hub2-wg1"] },
                { name: "hub2-wg1-spoke1-wg1", between: ["hub2-wg1", "spoke1-wg1"] },
            ],
            lans: [{ host: "hub2", prefix: "192.168.10.0/24" }],
            routes: [
                {
                    name: "route3",
                    from: [{ kind: "lan", host: "hub2", prefix: "192.168.10.0/24" }],
                    to: [{ kind: "network", interface: "hub2-wg1" }],
                },
                {
                    name: "route4",
                    from: [{ kind: "interface", interface: "hub2-wg1" }],
                    to: [{ kind: "internet", host: "hub1" }],
                },
            ],
        },
    },
    {
        // Shrunk from seed 7: route2 made hub1-wg1 smaller, and route3 went on through it with packets as large as before.
        what: "a route through a nested tunnel, and another one through an interface on its way",
        graph: {
            mesh: "office",
            hosts: [
                { name: "hub1", managed: true, endpoint: true },
                { name: "hub2", managed: true, endpoint: true },
                { name: "hub3", managed: true, endpoint: true },
                { name: "spoke1", managed: true, endpoint: false },
                { name: "spoke2", managed: true, endpoint: false },
            ],
            interfaces: [
                { name: "hub1-wg0", host: "hub1", interfaceName: "wg0", addresses: ["10.0.0.1/24"], listenPort: 51820 },
                { name: "hub2-wg0", host: "hub2", interfaceName: "wg0", addresses: ["10.0.1.1/24"], listenPort: 51820 },
                { name: "hub3-wg0", host: "hub3", interfaceName: "wg0", addresses: ["10.0.2.1/24"], listenPort: 51820 },
                { name: "hub1-wg1", host: "hub1", interfaceName: "wg1", addresses: ["10.0.4.1/32"], listenPort: 52001 },
                { name: "hub2-wg1", host: "hub2", interfaceName: "wg1", addresses: ["10.0.4.2/32"], listenPort: 52001 },
                { name: "hub2-wg2", host: "hub2", interfaceName: "wg2", addresses: ["10.0.5.1/32"], listenPort: 52002 },
                { name: "hub3-wg1", host: "hub3", interfaceName: "wg1", addresses: ["10.0.5.2/32"], listenPort: 52002 },
                { name: "spoke1-wg0", host: "spoke1", interfaceName: "wg0", addresses: ["10.0.1.2/32"] },
                { name: "spoke2-wg0", host: "spoke2", interfaceName: "wg0", addresses: ["10.0.0.2/32"] },
                {
                    name: "hub2-wg3",
                    host: "hub2",
                    interfaceName: "wg3",
                    addresses: ["10.0.7.1/24"],
                    listenPort: 54001,
                    endpoint: "hub2-wg2",
                },
                { name: "hub3-wg2", host: "hub3", interfaceName: "wg2", addresses: ["10.0.7.2/32"], listenPort: 54101 },
            ],
            peers: [
                { name: "hub1-wg1-hub2-wg1", between: ["hub1-wg1", "hub2-wg1"] },
                { name: "hub2-wg2-hub3-wg1", between: ["hub2-wg2", "hub3-wg1"], cost: 6 },
                { name: "hub2-wg0-spoke1-wg0", between: ["hub2-wg0", "spoke1-wg0"] },
                { name: "hub1-wg0-spoke2-wg0", between: ["hub1-wg0", "spoke2-wg0"] },
                { name: "hub2-wg3-hub3-wg2", between: ["hub2-wg3", "hub3-wg2"] },
            ],
            routes: [
                {
                    name: "route2",
                    from: [{ kind: "interface", interface: "hub1-wg0" }],
                    to: [{ kind: "interface", interface: "hub3-wg0" }],
                },
                {
                    name: "route3",
                    from: [{ kind: "interface", interface: "spoke1-wg0" }],
                    to: [{ kind: "interface", interface: "spoke2-wg0" }],
                },
            ],
        },
    },
    {
        // Shrunk from seed 101: the other interface has no Peer, but its network took what is for 10.0.1.1.
        what: "a device with a split tunnel and an interface that nobody peers with",
        graph: {
            mesh: "office",
            hosts: [
                { name: "hub1", managed: true, endpoint: true },
                { name: "spoke1", managed: false, endpoint: false },
                { name: "spoke2", managed: false, endpoint: false },
            ],
            interfaces: [
                { name: "hub1-wg0", host: "hub1", interfaceName: "wg0", addresses: ["10.0.0.1/24"], listenPort: 51820 },
                { name: "spoke1-wg0", host: "spoke1", interfaceName: "wg0", addresses: ["10.0.0.2/32"] },
                { name: "spoke2-wg0", host: "spoke2", interfaceName: "wg0", addresses: ["10.0.0.3/32"] },
                { name: "spoke1-wg1", host: "spoke1", interfaceName: "wg1", addresses: ["10.0.1.1/28"] },
                { name: "spoke2-wg1", host: "spoke2", interfaceName: "wg1", addresses: ["10.0.1.3/28"] },
            ],
            peers: [
                { name: "hub1-wg0-spoke1-wg0", between: ["hub1-wg0", "spoke1-wg0"] },
                { name: "hub1-wg0-spoke2-wg0", between: ["hub1-wg0", "spoke2-wg0"] },
            ],
            routes: [
                {
                    name: "route1",
                    from: [{ kind: "interface", interface: "spoke2-wg0" }],
                    to: [{ kind: "interface", interface: "spoke1-wg1" }],
                },
                {
                    name: "route2",
                    from: [{ kind: "interface", interface: "spoke2-wg0" }],
                    to: [{ kind: "internet", host: "hub1" }],
                    exclude: ["203.0.113.0/28", "fd00::/8"],
                },
            ],
        },
    },
    {
        what: "a spoke with a second address that no route leads to",
        graph: {
            mesh: "office",
            hosts: [
                { name: "hub1", managed: true, endpoint: true },
                { name: "spoke7", managed: true, endpoint: false },
            ],
            interfaces: [
                { name: "hub1-wg0", host: "hub1", interfaceName: "wg0", addresses: ["10.0.0.1/24"], listenPort: 51820 },
                { name: "spoke7-wg0", host: "spoke7", interfaceName: "wg0", addresses: ["10.0.0.8/24", "10.0.4.1/32"] },
            ],
            peers: [{ name: "hub1-wg0-spoke7-wg0", between: ["hub1-wg0", "spoke7-wg0"] }],
            routes: [
                {
                    name: "route1",
                    from: [{ kind: "network", interface: "hub1-wg0" }],
                    to: [{ kind: "network", interface: "hub1-wg0" }],
                },
            ],
        },
    },
    {
        what: "half of a LAN by a way of its own, the other half for the same host by another",
        graph: {
            mesh: "office",
            hosts: [
                {
                    name: "hub1",
                    managed: true,
                    endpoint: true,
                },
                {
                    name: "hub2",
                    managed: false,
                    endpoint: true,
                    uplinkMtu: 1400,
                },
                {
                    name: "spoke1",
                    managed: false,
                    endpoint: false,
                },
            ],
            interfaces: [
                {
                    name: "hub1-wg0",
                    host: "hub1",
                    interfaceName: "wg0",
                    addresses: ["fd00:1::1/64"],
                    listenPort: 51820,
                },
                {
                    name: "hub1-wg1",
                    host: "hub1",
                    interfaceName: "wg1",
                    addresses: ["fd00:2::1/120"],
                    listenPort: 51821,
                },
                {
                    name: "hub2-wg0",
                    host: "hub2",
                    interfaceName: "wg0",
                    addresses: ["fd00:3::1/64"],
                    listenPort: 51820,
                },
                {
                    name: "spoke1-wg0",
                    host: "spoke1",
                    interfaceName: "wg0",
                    addresses: ["fd00:1::2/128"],
                },
                {
                    name: "spoke1-wg1",
                    host: "spoke1",
                    interfaceName: "wg1",
                    addresses: ["fd00:3::2/128"],
                },
            ],
            peers: [
                {
                    name: "hub1-wg1-hub2-wg0",
                    between: ["hub1-wg1", "hub2-wg0"],
                },
                {
                    name: "hub1-wg0-spoke1-wg0",
                    between: ["hub1-wg0", "spoke1-wg0"],
                },
                {
                    name: "hub2-wg0-spoke1-wg1",
                    between: ["hub2-wg0", "spoke1-wg1"],
                },
            ],
            lans: [
                {
                    host: "hub1",
                    prefix: "fd10:10::/64",
                },
            ],
            routes: [
                {
                    name: "route1",
                    from: [
                        {
                            kind: "interface",
                            interface: "spoke1-wg1",
                        },
                    ],
                    to: [
                        {
                            kind: "lan",
                            host: "hub1",
                            prefix: "fd10:10::/64",
                        },
                    ],
                    exclude: ["fd10:10::8000:0:0:0/65"],
                },
                {
                    name: "route2",
                    from: [
                        {
                            kind: "network",
                            interface: "hub2-wg0",
                        },
                    ],
                    to: [
                        {
                            kind: "lan",
                            host: "hub1",
                            prefix: "fd10:10::/64",
                        },
                    ],
                },
            ],
        },
    },
    {
        what: "a device that passes IPv6 on and is sent the network it is a member of",
        graph: {
            mesh: "office",
            hosts: [
                {
                    name: "hub2",
                    managed: true,
                    endpoint: true,
                    uplinkMtu: 1492,
                },
                {
                    name: "hub3",
                    managed: false,
                    endpoint: true,
                    uplinkMtu: 1400,
                },
                {
                    name: "spoke6",
                    managed: false,
                    endpoint: true,
                },
            ],
            interfaces: [
                {
                    name: "hub2-wg0",
                    host: "hub2",
                    interfaceName: "wg0",
                    addresses: ["fd00:2::1/120"],
                    listenPort: 51820,
                },
                {
                    name: "hub3-wg0",
                    host: "hub3",
                    interfaceName: "wg0",
                    addresses: ["fd00:4::1/120"],
                    listenPort: 51820,
                },
                {
                    name: "spoke6-wg0",
                    host: "spoke6",
                    interfaceName: "wg0",
                    addresses: ["fd00:2::2/128"],
                    listenPort: 51820,
                },
                {
                    name: "spoke6-wg1",
                    host: "spoke6",
                    interfaceName: "wg1",
                    addresses: ["fd00:4::6/128"],
                    listenPort: 51821,
                },
            ],
            peers: [
                {
                    name: "hub2-wg0-spoke6-wg0",
                    between: ["hub2-wg0", "spoke6-wg0"],
                },
                {
                    name: "hub3-wg0-spoke6-wg1",
                    between: ["hub3-wg0", "spoke6-wg1"],
                },
            ],
            lans: [],
            routes: [
                {
                    name: "route1",
                    from: [
                        {
                            kind: "interface",
                            interface: "hub2-wg0",
                        },
                    ],
                    to: [
                        {
                            kind: "interface",
                            interface: "spoke6-wg1",
                        },
                    ],
                },
                {
                    name: "route2",
                    from: [
                        {
                            kind: "network",
                            interface: "hub3-wg0",
                        },
                    ],
                    to: [
                        {
                            kind: "interface",
                            interface: "spoke6-wg0",
                        },
                    ],
                },
                {
                    name: "route3",
                    from: [
                        {
                            kind: "interface",
                            interface: "hub3-wg0",
                        },
                    ],
                    to: [
                        {
                            kind: "interface",
                            interface: "hub2-wg0",
                        },
                    ],
                },
            ],
        },
    },
    {
        what: "a device that passes IPv6 on and is a member of a network whose members talk to each other",
        graph: {
            mesh: "office",
            hosts: [
                {
                    name: "hub1",
                    managed: true,
                    endpoint: true,
                },
                {
                    name: "hub2",
                    managed: true,
                    endpoint: true,
                },
                {
                    name: "spoke2",
                    managed: false,
                    endpoint: false,
                },
            ],
            interfaces: [
                {
                    name: "hub1-wg1",
                    host: "hub1",
                    interfaceName: "wg1",
                    addresses: ["fd00:2::1/120"],
                    listenPort: 51821,
                },
                {
                    name: "hub2-wg0",
                    host: "hub2",
                    interfaceName: "wg0",
                    addresses: ["fd00:3::1/64"],
                    listenPort: 51820,
                },
                {
                    name: "spoke2-wg0",
                    host: "spoke2",
                    interfaceName: "wg0",
                    addresses: ["fd00:3::2/64"],
                },
                {
                    name: "spoke2-wg1",
                    host: "spoke2",
                    interfaceName: "wg1",
                    addresses: ["fd00:2::2/120"],
                },
            ],
            peers: [
                {
                    name: "hub2-wg0-spoke2-wg0",
                    between: ["hub2-wg0", "spoke2-wg0"],
                },
                {
                    name: "hub1-wg1-spoke2-wg1",
                    between: ["hub1-wg1", "spoke2-wg1"],
                },
            ],
            lans: [],
            routes: [
                {
                    name: "route1",
                    from: [
                        {
                            kind: "interface",
                            interface: "hub1-wg1",
                        },
                        {
                            kind: "interface",
                            interface: "spoke2-wg1",
                        },
                    ],
                    to: [
                        {
                            kind: "interface",
                            interface: "hub2-wg0",
                        },
                    ],
                },
                {
                    name: "route2",
                    from: [
                        {
                            kind: "network",
                            interface: "hub1-wg1",
                        },
                    ],
                    to: [
                        {
                            kind: "network",
                            interface: "hub1-wg1",
                        },
                    ],
                },
            ],
        },
    },
    {
        what: "a device that passes IPv6 on for its LAN and is sent the network it is a member of",
        graph: {
            mesh: "office",
            hosts: [
                {
                    name: "hub1",
                    managed: true,
                    endpoint: true,
                },
                {
                    name: "spoke2",
                    managed: true,
                    endpoint: false,
                },
                {
                    name: "spoke3",
                    managed: false,
                    endpoint: true,
                    uplinkMtu: 1400,
                },
            ],
            interfaces: [
                {
                    name: "hub1-wg1",
                    host: "hub1",
                    interfaceName: "wg1",
                    addresses: ["fd00:2::1/120"],
                    listenPort: 51821,
                },
                {
                    name: "spoke2-wg0",
                    host: "spoke2",
                    interfaceName: "wg0",
                    addresses: ["fd00:3::2/64"],
                },
                {
                    name: "spoke3-wg0",
                    host: "spoke3",
                    interfaceName: "wg0",
                    addresses: ["fd00:2::2/128"],
                    listenPort: 51820,
                },
                {
                    name: "spoke3-wg1",
                    host: "spoke3",
                    interfaceName: "wg1",
                    addresses: ["10.0.3.1/27"],
                    listenPort: 53000,
                },
                {
                    name: "spoke2-wg1",
                    host: "spoke2",
                    interfaceName: "wg1",
                    addresses: ["10.0.3.2/27"],
                },
            ],
            peers: [
                {
                    name: "hub1-wg1-spoke3-wg0",
                    between: ["hub1-wg1", "spoke3-wg0"],
                },
                {
                    name: "spoke3-wg1-spoke2-wg1",
                    between: ["spoke3-wg1", "spoke2-wg1"],
                },
            ],
            lans: [
                {
                    host: "spoke3",
                    prefix: "fd10:12::/64",
                },
            ],
            routes: [
                {
                    name: "route1",
                    from: [
                        {
                            kind: "interface",
                            interface: "spoke3-wg0",
                        },
                    ],
                    to: [
                        {
                            kind: "interface",
                            interface: "spoke2-wg0",
                        },
                    ],
                },
                {
                    name: "route2",
                    from: [
                        {
                            kind: "lan",
                            host: "spoke3",
                            prefix: "fd10:12::/64",
                        },
                    ],
                    to: [
                        {
                            kind: "network",
                            interface: "hub1-wg1",
                        },
                    ],
                },
            ],
        },
    },
    {
        what: "two members of a network that a narrowed route between them leads past another hub",
        graph: {
            mesh: "office",
            hosts: [
                {
                    name: "hub1",
                    managed: true,
                    endpoint: true,
                },
                {
                    name: "hub2",
                    managed: true,
                    endpoint: true,
                },
                {
                    name: "spoke2",
                    managed: false,
                    endpoint: false,
                },
                {
                    name: "spoke6",
                    managed: false,
                    endpoint: false,
                },
            ],
            interfaces: [
                {
                    name: "hub1-wg0",
                    host: "hub1",
                    interfaceName: "wg0",
                    addresses: ["10.0.0.1/24"],
                    listenPort: 51820,
                },
                {
                    name: "hub2-wg0",
                    host: "hub2",
                    interfaceName: "wg0",
                    addresses: ["fd00:2::1/120"],
                    listenPort: 51820,
                },
                {
                    name: "spoke2-wg0",
                    host: "spoke2",
                    interfaceName: "wg0",
                    addresses: ["fd00:2::2/128"],
                },
                {
                    name: "spoke2-wg1",
                    host: "spoke2",
                    interfaceName: "wg1",
                    addresses: ["10.0.0.3/32"],
                },
                {
                    name: "spoke6-wg0",
                    host: "spoke6",
                    interfaceName: "wg0",
                    addresses: ["10.0.0.7/32"],
                },
                {
                    name: "spoke6-wg1",
                    host: "spoke6",
                    interfaceName: "wg1",
                    addresses: ["fd00:2::3/128"],
                },
            ],
            peers: [
                {
                    name: "hub2-wg0-spoke2-wg0",
                    between: ["hub2-wg0", "spoke2-wg0"],
                },
                {
                    name: "hub1-wg0-spoke2-wg1",
                    between: ["hub1-wg0", "spoke2-wg1"],
                },
                {
                    name: "hub1-wg0-spoke6-wg0",
                    between: ["hub1-wg0", "spoke6-wg0"],
                },
                {
                    name: "hub2-wg0-spoke6-wg1",
                    between: ["hub2-wg0", "spoke6-wg1"],
                },
            ],
            lans: [],
            routes: [
                {
                    name: "route1",
                    from: [
                        {
                            kind: "interface",
                            interface: "spoke6-wg1",
                        },
                    ],
                    to: [
                        {
                            kind: "interface",
                            interface: "spoke2-wg0",
                        },
                    ],
                    initiate: "from",
                },
                {
                    name: "route2",
                    from: [
                        {
                            kind: "network",
                            interface: "hub2-wg0",
                        },
                    ],
                    to: [
                        {
                            kind: "network",
                            interface: "hub2-wg0",
                        },
                    ],
                },
            ],
        },
    },
    {
        what: "an address from a pool whose network another interface of the same host has",
        graph: {
            mesh: "office",
            hosts: [
                {
                    name: "hub2",
                    managed: false,
                    endpoint: true,
                    uplinkMtu: 1400,
                },
                {
                    name: "spoke6",
                    managed: false,
                    endpoint: false,
                },
            ],
            interfaces: [
                {
                    name: "hub2-wg0",
                    host: "hub2",
                    interfaceName: "wg0",
                    addresses: ["10.0.1.1/28"],
                    listenPort: 51820,
                    allocate: "10.0.1.0/28",
                },
                {
                    name: "spoke6-wg0",
                    host: "spoke6",
                    interfaceName: "wg0",
                    addresses: ["10.0.1.14/28"],
                },
                {
                    name: "spoke6-wg1",
                    host: "spoke6",
                    interfaceName: "wg1",
                },
            ],
            peers: [
                {
                    name: "hub2-wg0-spoke6-wg1",
                    between: ["hub2-wg0", "spoke6-wg1"],
                },
            ],
            routes: [],
            lans: [],
        },
    },
    {
        what: "one network that two hosts name as theirs",
        graph: {
            mesh: "office",
            hosts: [
                {
                    name: "hub1",
                    managed: true,
                    endpoint: true,
                },
                {
                    name: "hub2",
                    managed: false,
                    endpoint: true,
                },
            ],
            interfaces: [
                {
                    name: "hub1-wg0",
                    host: "hub1",
                    interfaceName: "wg0",
                    addresses: ["fd00:3::3fff:fffe/64"],
                    listenPort: 51820,
                },
                {
                    name: "hub2-wg0",
                    host: "hub2",
                    interfaceName: "wg0",
                    addresses: ["fd00:3::1/64"],
                    listenPort: 51820,
                },
            ],
            peers: [
                {
                    name: "hub1-wg0-hub2-wg0",
                    between: ["hub1-wg0", "hub2-wg0"],
                },
            ],
            routes: [
                {
                    name: "route1",
                    from: [
                        {
                            kind: "network",
                            interface: "hub1-wg0",
                        },
                    ],
                    to: [
                        {
                            kind: "network",
                            interface: "hub2-wg0",
                        },
                    ],
                },
            ],
            lans: [],
        },
    },
    {
        what: "a network inside another one that its host is a member of",
        graph: {
            mesh: "office",
            hosts: [
                {
                    name: "hub1",
                    managed: true,
                    endpoint: true,
                },
                {
                    name: "hub2",
                    managed: false,
                    endpoint: true,
                },
            ],
            interfaces: [
                {
                    name: "hub1-wg0",
                    host: "hub1",
                    interfaceName: "wg0",
                    addresses: ["fd00:3::3fff:fffe/65"],
                    listenPort: 51820,
                },
                {
                    name: "hub2-wg0",
                    host: "hub2",
                    interfaceName: "wg0",
                    addresses: ["fd00:3::1/64"],
                    listenPort: 51820,
                },
            ],
            peers: [
                {
                    name: "hub1-wg0-hub2-wg0",
                    between: ["hub1-wg0", "hub2-wg0"],
                },
            ],
            routes: [
                {
                    name: "route1",
                    from: [
                        {
                            kind: "network",
                            interface: "hub1-wg0",
                        },
                    ],
                    to: [
                        {
                            kind: "network",
                            interface: "hub2-wg0",
                        },
                    ],
                },
            ],
            lans: [],
        },
    },
    {
        what: "a member of a network on the path of its route, which goes on through a nested tunnel",
        graph: {
            mesh: "office",
            hosts: [
                { name: "hub1", managed: true, endpoint: true },
                { name: "hub2", managed: true, endpoint: true },
                { name: "spoke2", managed: false, endpoint: false },
                { name: "spoke4", managed: false, endpoint: true, uplinkMtu: 1400 },
            ],
            interfaces: [
                { name: "hub1-wg0", host: "hub1", interfaceName: "wg0", addresses: ["10.0.0.1/24"], listenPort: 51820 },
                { name: "hub2-wg0", host: "hub2", interfaceName: "wg0", addresses: ["fd00:2::1/120"], listenPort: 51820 },
                {
                    name: "spoke2-wg0",
                    host: "spoke2",
                    interfaceName: "wg0",
                    addresses: ["fd00:2::2/128"],
                    endpoint: true,
                    listenPort: 51900,
                },
                {
                    name: "spoke2-wg1",
                    host: "spoke2",
                    interfaceName: "wg1",
                    addresses: ["10.0.0.3/32"],
                    endpoint: true,
                    listenPort: 51901,
                },
                { name: "spoke4-wg0", host: "spoke4", interfaceName: "wg0", addresses: ["fd00:2::3/128"], listenPort: 51820 },
                {
                    name: "spoke4-wg1",
                    host: "spoke4",
                    interfaceName: "wg1",
                    addresses: ["10.0.4.1/24"],
                    listenPort: 54000,
                    endpoint: "spoke4-wg0",
                },
                { name: "hub2-wg2", host: "hub2", interfaceName: "wg2", addresses: ["10.0.4.2/32"], listenPort: 54100 },
            ],
            peers: [
                { name: "hub2-wg0-spoke2-wg0", between: ["hub2-wg0", "spoke2-wg0"] },
                { name: "hub1-wg0-spoke2-wg1", between: ["hub1-wg0", "spoke2-wg1"] },
                { name: "hub2-wg0-spoke4-wg0", between: ["hub2-wg0", "spoke4-wg0"] },
                { name: "spoke4-wg1-hub2-wg2", between: ["spoke4-wg1", "hub2-wg2"] },
            ],
            lans: [],
            routes: [
                {
                    name: "route1",
                    from: [{ kind: "interface", interface: "spoke4-wg1" }],
                    to: [{ kind: "network", interface: "hub1-wg0" }],
                },
            ],
        },
    },
    {
        what: "a network of which a route leaves only what nobody but the sender has an address in",
        graph: {
            mesh: "office",
            hosts: [
                { name: "hub1", managed: true, endpoint: true },
                { name: "hub2", managed: true, endpoint: true },
            ],
            interfaces: [
                { name: "hub1-wg1", host: "hub1", interfaceName: "wg1", addresses: ["10.0.1.1/28"], listenPort: 51821 },
                { name: "hub1-wg2", host: "hub1", interfaceName: "wg2", addresses: ["10.0.4.1/32"], listenPort: 52001 },
                { name: "hub2-wg2", host: "hub2", interfaceName: "wg2", addresses: ["10.0.4.2/30"], listenPort: 52001 },
            ],
            peers: [{ name: "hub1-wg2-hub2-wg2", between: ["hub1-wg2", "hub2-wg2"] }],
            routes: [
                {
                    name: "route1",
                    from: [{ kind: "network", interface: "hub1-wg1" }],
                    to: [{ kind: "network", interface: "hub2-wg2" }],
                    exclude: ["10.0.4.2/31"],
                },
            ],
            lans: [],
        },
    },
    {
        what: "a nested tunnel that nothing crosses yet, inside the full tunnel of its host",
        graph: {
            mesh: "office",
            hosts: [
                { name: "hub2", managed: true, endpoint: true, uplinkMtu: 1492 },
                { name: "hub3", managed: true, endpoint: false },
            ],
            interfaces: [
                { name: "hub2-wg2", host: "hub2", interfaceName: "wg2", addresses: ["fd00:8::1/128"], listenPort: 52002 },
                {
                    name: "hub3-wg1",
                    host: "hub3",
                    interfaceName: "wg1",
                    addresses: ["fd00:8::2/128"],
                    listenPort: 52002,
                    endpoint: true,
                },
                {
                    name: "hub2-wg5",
                    host: "hub2",
                    interfaceName: "wg5",
                    addresses: ["fd00:1::3fff:fffe/64"],
                    listenPort: 54001,
                    endpoint: "hub2-wg2",
                },
                { name: "hub3-wg2", host: "hub3", interfaceName: "wg2", addresses: ["10.0.10.2/32"], listenPort: 54101 },
            ],
            peers: [
                { name: "hub2-wg2-hub3-wg1", between: ["hub2-wg2", "hub3-wg1"] },
                { name: "hub2-wg5-hub3-wg2", between: ["hub2-wg5", "hub3-wg2"] },
            ],
            lans: [],
            routes: [
                {
                    name: "route1",
                    from: [{ kind: "interface", interface: "hub3-wg1" }],
                    to: [{ kind: "internet", host: "hub2" }],
                },
            ],
        },
    },
    {
        what: "a member whose own Peer to a host of the path has no address of that family",
        graph: {
            mesh: "office",
            hosts: [
                { name: "hub1", managed: true, endpoint: true, uplinkMtu: 1400 },
                { name: "spoke1", managed: false, endpoint: true, uplinkMtu: 1400 },
                { name: "spoke2", managed: false, endpoint: true, uplinkMtu: 1400 },
            ],
            interfaces: [
                { name: "hub1-wg0", host: "hub1", interfaceName: "wg0", addresses: ["fd00:1::1/64"], listenPort: 51820 },
                { name: "spoke1-wg0", host: "spoke1", interfaceName: "wg0", addresses: ["fd00:1::2/128"], listenPort: 51820 },
                { name: "hub1-wg1", host: "hub1", interfaceName: "wg1", addresses: ["10.0.1.1/28"], listenPort: 53000 },
                { name: "spoke2-wg1", host: "spoke2", interfaceName: "wg1", addresses: ["10.0.1.2/28"], listenPort: 53000 },
            ],
            peers: [
                { name: "hub1-wg0-spoke1-wg0", between: ["hub1-wg0", "spoke1-wg0"] },
                { name: "hub1-wg1-spoke2-wg1", between: ["hub1-wg1", "spoke2-wg1"] },
                { name: "spoke1-wg0-spoke2-wg1", between: ["spoke1-wg0", "spoke2-wg1"] },
            ],
            lans: [{ host: "spoke1", prefix: "192.168.11.0/24" }],
            routes: [
                {
                    name: "route1",
                    from: [{ kind: "lan", host: "spoke1", prefix: "192.168.11.0/24" }],
                    to: [{ kind: "network", interface: "hub1-wg1" }],
                },
            ],
        },
    },
    {
        what: "a member whose own Peer to the end of the path has no address of that family",
        graph: {
            mesh: "office",
            hosts: [
                { name: "hub1", managed: true, endpoint: true },
                { name: "hub2", managed: false, endpoint: true, uplinkMtu: 1400 },
                { name: "spoke2", managed: false, endpoint: true, uplinkMtu: 1400 },
            ],
            interfaces: [
                { name: "hub1-wg0", host: "hub1", interfaceName: "wg0", addresses: ["fd00:1::1/64"], listenPort: 51820 },
                { name: "hub2-wg0", host: "hub2", interfaceName: "wg0", addresses: ["fd00:4::1/120"], listenPort: 51820 },
                { name: "hub1-wg3", host: "hub1", interfaceName: "wg3", addresses: ["10.0.5.1/32"], listenPort: 52001 },
                { name: "hub2-wg2", host: "hub2", interfaceName: "wg2", addresses: ["10.0.5.2/32"], listenPort: 52001 },
                { name: "spoke2-wg0", host: "spoke2", interfaceName: "wg0", addresses: ["fd00:1::2/128"], listenPort: 51820 },
            ],
            peers: [
                { name: "hub1-wg3-hub2-wg2", between: ["hub1-wg3", "hub2-wg2"] },
                { name: "hub1-wg0-spoke2-wg0", between: ["hub1-wg0", "spoke2-wg0"] },
                { name: "hub2-wg2-spoke2-wg0", between: ["hub2-wg2", "spoke2-wg0"] },
            ],
            lans: [],
            routes: [
                {
                    name: "route1",
                    from: [{ kind: "interface", interface: "hub2-wg0" }],
                    to: [{ kind: "network", interface: "hub1-wg0" }],
                },
            ],
        },
    },
    {
        what: "a one-way route that a member goes straight for, past the managed hub",
        graph: {
            mesh: "office",
            hosts: [
                { name: "hub1", managed: true, endpoint: true },
                { name: "spoke2", managed: false, endpoint: true, uplinkMtu: 1400 },
                { name: "spoke3", managed: false, endpoint: true, uplinkMtu: 1400 },
            ],
            interfaces: [
                { name: "hub1-wg0", host: "hub1", interfaceName: "wg0", addresses: ["10.0.0.1/24"], listenPort: 51820 },
                { name: "spoke2-wg0", host: "spoke2", interfaceName: "wg0", addresses: ["10.0.0.3/16"], listenPort: 51820 },
                { name: "spoke3-wg0", host: "spoke3", interfaceName: "wg0", addresses: ["10.0.0.4/16"], listenPort: 51820 },
            ],
            peers: [
                { name: "hub1-wg0-spoke2-wg0", between: ["hub1-wg0", "spoke2-wg0"] },
                { name: "hub1-wg0-spoke3-wg0", between: ["hub1-wg0", "spoke3-wg0"] },
                { name: "spoke3-wg0-spoke2-wg0", between: ["spoke3-wg0", "spoke2-wg0"] },
            ],
            lans: [{ host: "spoke2", prefix: "192.168.10.0/24" }],
            routes: [
                {
                    name: "route1",
                    from: [{ kind: "lan", host: "spoke2", prefix: "192.168.10.0/24" }],
                    to: [{ kind: "network", interface: "hub1-wg0" }],
                    initiate: "from",
                },
            ],
        },
    },
    {
        what: "a narrowed route that a member of the far network joins before the managed hub",
        graph: {
            mesh: "office",
            hosts: [
                { name: "hub1", managed: false, endpoint: true, uplinkMtu: 1400 },
                { name: "hub2", managed: true, endpoint: true },
                { name: "spoke2", managed: false, endpoint: true, uplinkMtu: 1400 },
                { name: "spoke3", managed: false, endpoint: true, uplinkMtu: 1400 },
            ],
            interfaces: [
                { name: "hub1-wg0", host: "hub1", interfaceName: "wg0", addresses: ["10.0.0.1/32"], listenPort: 51820 },
                { name: "hub1-wg1", host: "hub1", interfaceName: "wg1", addresses: ["10.0.1.1/28"], listenPort: 51821 },
                { name: "hub2-wg1", host: "hub2", interfaceName: "wg1", addresses: ["10.0.4.1/24"], listenPort: 51821 },
                { name: "spoke2-wg0", host: "spoke2", interfaceName: "wg0", addresses: ["10.0.4.2/16"], listenPort: 51820 },
                { name: "spoke3-wg0", host: "spoke3", interfaceName: "wg0", addresses: ["10.0.1.2/16"], listenPort: 51820 },
            ],
            peers: [
                { name: "hub2-wg1-spoke2-wg0", between: ["hub2-wg1", "spoke2-wg0"] },
                { name: "hub1-wg1-spoke3-wg0", between: ["hub1-wg1", "spoke3-wg0"] },
                { name: "hub1-wg0-spoke2-wg0", between: ["hub1-wg0", "spoke2-wg0"] },
            ],
            routes: [
                {
                    name: "route1",
                    from: [{ kind: "interface", interface: "spoke3-wg0" }],
                    to: [{ kind: "network", interface: "hub2-wg1" }],
                    allow: ["tcp/8000-8100"],
                },
            ],
            lans: [],
        },
    },
    {
        what: "a member that a device of the path knows by another interface than the rest of its network",
        graph: {
            mesh: "office",
            hosts: [
                { name: "hub1", managed: true, endpoint: true, uplinkMtu: 1492 },
                { name: "hub2", managed: false, endpoint: true, uplinkMtu: 1400 },
                { name: "spoke1", managed: false, endpoint: true, uplinkMtu: 1400 },
                { name: "spoke5", managed: false, endpoint: false },
                { name: "spoke6", managed: false, endpoint: true, uplinkMtu: 1400 },
            ],
            interfaces: [
                { name: "hub1-wg0", host: "hub1", interfaceName: "wg0", addresses: ["10.0.0.1/24"], listenPort: 51820 },
                { name: "hub2-wg0", host: "hub2", interfaceName: "wg0", addresses: ["10.0.2.1/24"], listenPort: 51820 },
                { name: "spoke1-wg0", host: "spoke1", interfaceName: "wg0", addresses: ["10.0.0.2/16"], listenPort: 51820 },
                { name: "spoke5-wg0", host: "spoke5", interfaceName: "wg0", addresses: ["10.0.2.3/32"] },
                { name: "spoke5-wg1", host: "spoke5", interfaceName: "wg1", addresses: ["10.0.0.5/32"] },
                { name: "spoke6-wg0", host: "spoke6", interfaceName: "wg0", addresses: ["10.0.2.4/16"], listenPort: 51820 },
                { name: "spoke5-wg2", host: "spoke5", interfaceName: "wg2", addresses: ["10.0.6.2/32"], listenPort: 54100 },
            ],
            peers: [
                { name: "hub1-wg0-spoke1-wg0", between: ["hub1-wg0", "spoke1-wg0"] },
                { name: "hub2-wg0-spoke5-wg0", between: ["hub2-wg0", "spoke5-wg0"] },
                { name: "hub1-wg0-spoke5-wg1", between: ["hub1-wg0", "spoke5-wg1"] },
                { name: "hub2-wg0-spoke6-wg0", between: ["hub2-wg0", "spoke6-wg0"] },
                { name: "spoke6-wg0-spoke5-wg2", between: ["spoke6-wg0", "spoke5-wg2"] },
            ],
            lans: [],
            routes: [
                {
                    name: "route2",
                    from: [{ kind: "interface", interface: "spoke1-wg0" }],
                    to: [{ kind: "network", interface: "hub2-wg0" }],
                },
            ],
        },
    },
    {
        what: "a hub's own packets to what is behind the next hub, without a source",
        graph: {
            mesh: "linked",
            hosts: [
                { name: "hub1", managed: true, endpoint: true },
                { name: "hub2", managed: true, endpoint: true },
                { name: "w", managed: true, endpoint: false },
            ],
            interfaces: [
                { name: "hub1-wg0", host: "hub1", interfaceName: "wg0", addresses: ["10.0.0.1/24"], listenPort: 51820 },
                { name: "hub1-wg9", host: "hub1", interfaceName: "wg9", addresses: ["10.9.0.1/30"], listenPort: 51829 },
                { name: "hub2-wg0", host: "hub2", interfaceName: "wg0", addresses: ["10.0.1.1/24"], listenPort: 51820 },
                { name: "hub2-wg9", host: "hub2", interfaceName: "wg9", addresses: ["10.9.0.2/30"], listenPort: 51829 },
                { name: "w-wg0", host: "w", interfaceName: "wg0", addresses: ["10.0.1.3/24"] },
            ],
            peers: [
                { name: "hub2-wg0-w-wg0", between: ["hub2-wg0", "w-wg0"] },
                { name: "hub1-wg9-hub2-wg9", between: ["hub1-wg9", "hub2-wg9"] },
            ],
            routes: [
                {
                    name: "route1",
                    from: [{ kind: "network", interface: "hub1-wg0" }],
                    to: [{ kind: "network", interface: "hub2-wg0" }],
                },
            ],
        },
    },
    {
        what: "a member of the far network that the path leaves early for, through a nested tunnel",
        graph: {
            mesh: "office",
            hosts: [
                { name: "hub1", managed: true, endpoint: true },
                { name: "hub2", managed: true, endpoint: true },
                { name: "spoke1", managed: false, endpoint: false },
                { name: "spoke2", managed: false, endpoint: true, uplinkMtu: 1400 },
            ],
            interfaces: [
                { name: "hub1-wg1", host: "hub1", interfaceName: "wg1", addresses: ["10.0.1.1/28"], listenPort: 51821 },
                { name: "hub2-wg0", host: "hub2", interfaceName: "wg0", addresses: ["10.0.2.1/24"], listenPort: 51820 },
                { name: "hub1-wg2", host: "hub1", interfaceName: "wg2", addresses: ["fd00:4::1/128"], listenPort: 52001 },
                { name: "hub2-wg1", host: "hub2", interfaceName: "wg1", addresses: ["fd00:4::2/128"], listenPort: 52001 },
                { name: "spoke1-wg0", host: "spoke1", interfaceName: "wg0", addresses: ["10.0.1.2/32"] },
                { name: "spoke2-wg0", host: "spoke2", interfaceName: "wg0", addresses: ["10.0.2.2/16"], listenPort: 51820 },
                {
                    name: "hub1-wg3",
                    host: "hub1",
                    interfaceName: "wg3",
                    addresses: ["10.0.5.1/32"],
                    listenPort: 54000,
                    endpoint: "hub1-wg2",
                },
                { name: "hub2-wg2", host: "hub2", interfaceName: "wg2", addresses: ["10.0.0.254/24"], listenPort: 54100 },
            ],
            peers: [
                { name: "hub1-wg2-hub2-wg1", between: ["hub1-wg2", "hub2-wg1"] },
                { name: "hub1-wg1-spoke1-wg0", between: ["hub1-wg1", "spoke1-wg0"] },
                { name: "hub2-wg0-spoke2-wg0", between: ["hub2-wg0", "spoke2-wg0"] },
                { name: "hub1-wg3-hub2-wg2", between: ["hub1-wg3", "hub2-wg2"] },
                { name: "hub2-wg2-spoke1-wg0", between: ["hub2-wg2", "spoke1-wg0"] },
            ],
            lans: [],
            routes: [
                {
                    name: "route1",
                    from: [{ kind: "network", interface: "hub2-wg0" }],
                    to: [{ kind: "network", interface: "hub1-wg1" }],
                },
            ],
        },
    },
];
