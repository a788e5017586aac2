import type { Expectation, Graph } from "../../provider/planner";
import type { BadPlan } from "./planFailures";
import { lan, network, office, on, sites } from "./scenarios";

/** The office, where one route leads from ann to bob, with one expectation. */
function expecting(expectation: Expectation): Graph {
    return {
        ...office(),
        routes: [{ name: "chat", from: [on("ann-wg0")], to: [on("bob-wg0")], allow: ["tcp/443"], initiate: "from" }],
        expectations: [expectation],
    };
}

/** Sound plans that do not do what is expected of them, each with the walk that shows it. */
export const expectationFailures: readonly BadPlan[] = [
    {
        name: "expected: a reach that no route declares",
        graph: expecting({ kind: "reach", from: on("cat-wg0"), to: on("bob-wg0") }),
        failures: [
            `expectReach(cat-wg0, bob-wg0): expected to reach, but cat: 10.0.1.2 leaves through its uplink, because no Route leads it into a tunnel:
      cat-wg0 (10.0.0.3) -> bob-wg0 (10.0.1.2)
        cat: 10.0.1.2 leaves through its uplink, because no Route leads it into a tunnel
      it does not work`,
        ],
    },
    {
        name: "expected: a reach of everything through a route for one port",
        graph: expecting({ kind: "reach", from: on("ann-wg0"), to: on("bob-wg0") }),
        failures: [
            `expectReach(ann-wg0, bob-wg0): expected to reach, but ann: dropped: no Route declares 10.0.0.2 -> 10.0.1.2; route "chat" only lets tcp/443 pass:
      ann-wg0 (10.0.0.2) -> bob-wg0 (10.0.1.2)
        ann: 10.0.1.2 leaves through wg0 to hub-wg0, whose allowed IPs have 10.0.1.2/32
        ann: dropped: no Route declares 10.0.0.2 -> 10.0.1.2; route "chat" only lets tcp/443 pass
      it does not work`,
        ],
    },
    {
        name: "expected: a reach between networks, of whose members one is not reached",
        graph: expecting({ kind: "reach", from: network("hub-wg0"), to: on("bob-wg0"), protocol: "tcp", port: 443 }),
        failures: [
            `expectReach(hub-wg0.network, bob-wg0): expected to reach, but hub: dropped: no Route declares 10.0.0.1 -> 10.0.1.2:
      hub-wg0 (10.0.0.1) -> bob-wg0 (10.0.1.2), tcp/443
        hub: 10.0.1.2 leaves through wg1 to bob-wg0, whose allowed IPs have 10.0.1.2/32
        hub: dropped: no Route declares 10.0.0.1 -> 10.0.1.2
      it does not work`,
        ],
    },
    {
        name: "expected: a denial of the one port that is open",
        graph: expecting({ kind: "deny", from: on("ann-wg0"), to: on("bob-wg0"), protocol: "tcp", port: 443 }),
        failures: [
            `expectDeny(ann-wg0, bob-wg0): expected to be denied, but it gets through:
      ann-wg0 (10.0.0.2) -> bob-wg0 (10.0.1.2), tcp/443
        ann: 10.0.1.2 leaves through wg0 to hub-wg0, whose allowed IPs have 10.0.1.2/32
        ann: passes: route "chat" lets it pass
        hub: wg0 accepts source 10.0.0.2 from ann-wg0, whose allowed IPs have 10.0.0.2/32
        hub: 10.0.1.2 leaves through wg1 to bob-wg0, whose allowed IPs have 10.0.1.2/32
        hub: passes: route "chat" lets it pass
        bob: wg0 accepts source 10.0.0.2 from hub-wg1, whose allowed IPs have 10.0.0.2/32
        bob: passes: route "chat" lets it pass
        bob: delivered to bob-wg0
      and back
        bob: 10.0.0.2 leaves through wg0 to hub-wg1, whose allowed IPs have 10.0.0.2/32
        bob: passes: it answers a flow that was let through
        hub: wg1 accepts source 10.0.1.2 from bob-wg0, whose allowed IPs have 10.0.1.2/32
        hub: 10.0.0.2 leaves through wg0 to ann-wg0, whose allowed IPs have 10.0.0.2/32
        hub: passes: it answers a flow that was let through
        ann: wg0 accepts source 10.0.1.2 from hub-wg0, whose allowed IPs have 10.0.1.2/32
        ann: passes: it answers a flow that was let through
        ann: delivered to ann-wg0
      it works`,
        ],
    },
    {
        name: "expected: a reach that opens flows from a LAN behind NAT",
        graph: {
            ...sites(true),
            expectations: [{ kind: "reach", from: lan("west", "192.168.20.0/24"), to: lan("east", "192.168.10.0/24") }],
        },
        failures: [
            `expectReach(west.lan("192.168.20.0/24"), east.lan("192.168.10.0/24")): expected to reach, but west: dropped: no Route declares 192.168.20.1 -> 192.168.10.1; route "lans" only lets the other side open flows:
      a machine of west's LAN 192.168.20.0/24 (192.168.20.1) -> a machine of east's LAN 192.168.10.0/24 (192.168.10.1)
        west: 192.168.10.1 leaves through wg0 to hub-wg0, whose allowed IPs have 192.168.10.0/24
        west: dropped: no Route declares 192.168.20.1 -> 192.168.10.1; route "lans" only lets the other side open flows
      it does not work`,
        ],
    },
];
