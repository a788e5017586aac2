import type { Running } from "./reality";
import { stationOf } from "./reality";
import { ask } from "./realityNet";
import type { Question } from "./realityPairs";
import { until } from "./until";

/** Asks once more while every host tells what its rules do with the packet: which rule dropped it, or where it was last seen. */
export async function traced(running: Running, { from, to, service, isUnbound }: Question): Promise<string> {
    const family = to.address.family === 4 ? "ip" : "ip6";
    const both = `{ ${[...new Set([from.address.text, to.address.text])].join(", ")} }`;
    const rule = `${family} saddr ${both} ${family} daddr ${both} meta nftrace set 1`;
    const monitors = [...running.hosts].map(([name, { namespace }]) => {
        namespace.nft(`table inet reality_trace {
            chain in { type filter hook prerouting priority -450; ${rule}; }
            chain out { type filter hook output priority -450; ${rule}; }
        }`);
        const monitor = namespace.start("nft", ["monitor", "trace"]);
        const seen = { text: "" };
        monitor.stdout.setEncoding("utf8").on("data", (text: string) => {
            seen.text += text;
        });
        return { name, namespace, monitor, seen };
    });
    // nft says nothing when it has subscribed: a ping to itself would be one more thing to trust, so the question is asked until it shows.
    const source = isUnbound === true ? {} : { from: from.address.text };
    const common = { id: 0, ...source, to: to.address.text, patience: 0 };
    const probe =
        service.protocol === "tcp"
            ? { ...common, kind: "tcp" as const, port: service.port }
            : { ...common, kind: "ping" as const };
    await until("a trace", 5, async () => {
        await ask(stationOf(running, from), [probe]);
        return monitors.some(({ seen }) => seen.text !== "");
    }).catch(() => undefined);
    for (const { namespace, monitor } of monitors) {
        monitor.kill();
        namespace.nft("delete table inet reality_trace");
    }
    const lines = monitors.flatMap(({ name, seen }) =>
        seen.text
            .split("\n")
            .filter((line) => / packet: |verdict drop|policy drop/.test(line))
            .map((line) => `${name}: ${line.replace(/^trace id \S+ /, "").replace(/(packet:.*?) (?:ether|ip6?) .*/, "$1")}`),
    );
    return lines.length === 0 ? "no host saw it" : [...new Set(lines)].slice(0, 12).join("\n        ");
}
