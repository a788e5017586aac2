import { formatAddress, parseAddress } from "../../provider/planner/cidr";
import { sendersTo } from "../../provider/planner/senders";
import { known, topology } from "../../provider/planner/topology";
import { host, iface } from "./scenarios";

/** What `ip route get` says on Linux 6.1 for these addresses, added in this order, and routes for the rest. */
test.each([
    ["10.0.0.7", ["10.0.0.2"]],
    ["10.0.1.7", ["10.0.1.9"]],
    ["10.0.1.40", ["10.0.1.2"]],
    ["10.9.1.1", ["10.0.0.2"]],
    ["fd00::7", ["fd00::2"]],
    ["fd00:0:0:9::7", ["fd00:0:0:8::2"]],
    // The kernel takes the last one.
    ["fd00:0:0:1::79", ["fd00:0:0:1::2", "fd00:0:0:1::77"]],
])("the kernel sends to %s from %j", (target, expected) => {
    const addresses = ["10.0.0.2/24", "10.0.1.2/24", "10.0.1.9/28", "10.7.0.2/32"];
    const addresses6 = ["fd00::2/64", "fd00:0:0:1::2/64", "fd00:0:0:8::2/128", "fd00:0:0:1::77/64"];
    const { ports } = topology({
        mesh: "office",
        hosts: [host("ann")],
        interfaces: [iface("ann", "wg0", [...addresses, ...addresses6])],
        peers: [],
    });
    const parsed = parseAddress(target);
    expect(parsed && sendersTo(known(ports, "ann-wg0"), parsed).map(formatAddress)).toEqual(expected);
});

test("an interface without an address of the family sends nothing", () => {
    const { ports } = topology({
        mesh: "m",
        hosts: [host("ann")],
        interfaces: [iface("ann", "wg0", ["10.0.0.2/24"])],
        peers: [],
    });
    const target = parseAddress("fd00::1");
    expect(target && sendersTo(known(ports, "ann-wg0"), target)).toEqual([]);
});
