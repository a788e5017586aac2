import { type HostPlan, plan } from "../../provider/planner";
import { hostFiles, redacted } from "../../provider/render";
import { scenarios } from "../planner/scenarios";
import { expectGolden } from "../support/golden";

const ports: Readonly<Record<string, number>> = { "hub-wg1": 51821, "hub-a-wg1": 51821, "hub-b-wg1": 51821 };

function textOf(host: HostPlan): string {
    const files = hostFiles(
        host,
        redacted((name) => `${name}.example.com:${ports[name] ?? 51820}`),
    );
    const forward = [...(files.forward.ipv4 ? ["IPv4"] : []), ...(files.forward.ipv6 ? ["IPv6"] : [])];
    return [
        `======== ${host.name}, forwards ${forward.length === 0 ? "nothing" : forward.join(" and ")}`,
        ...files.interfaces.map(({ interfaceName, conf }) => `-------- /etc/wireguard/${interfaceName}.conf\n${conf}`),
        ...(files.nftables === undefined ? [] : [`-------- nftables\n${files.nftables}`]),
    ].join("\n");
}

test.each(scenarios)("$title", ({ file, title, graph }) => {
    expectGolden(`planner/golden/${file}.txt`, [title, "", ...plan(graph).hosts.map(textOf)].join("\n"));
});
