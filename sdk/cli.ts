#!/usr/bin/env node
import { execFileSync } from "node:child_process";
import { parseArgs } from "node:util";
import { explain, type Graph, type Question } from "../provider/planner";

const usage = `usage: pulumi-wireguard explain STACK FROM TO [--protocol tcp|udp|icmp] [--port PORT] [--mesh NAME]

Walks a packet through the mesh that a stack's state holds, and says at each host what happens to it. Run it in the
program's folder. FROM and TO are names of interfaces or hosts, addresses, or prefixes of LANs; TO may be an address
outside of the mesh, such as 8.8.8.8, which is the internet behind the exit that routes lead FROM to.
Exits with 0 when the packet arrives, 1 when it does not, 2 when the question cannot be answered.`;

interface State {
    readonly deployment: {
        readonly resources?: readonly {
            readonly urn: string;
            readonly type: string;
            readonly outputs?: { readonly graph?: Graph };
        }[];
    };
}

/** The graph of the stack's mesh; the one named when there are several. */
function graphIn(state: State, mesh: string | undefined): Graph {
    const graphs = (state.deployment.resources ?? []).flatMap((one) =>
        one.type === "pulumi-wireguard:index:Mesh" && one.outputs?.graph !== undefined ? [one.outputs.graph] : [],
    );
    const names = graphs.map((graph) => `"${graph.mesh}"`).join(", ");
    const [graph, ...others] = graphs.filter((one) => mesh === undefined || one.mesh === mesh);
    if (graph === undefined) {
        throw new Error(
            names === ""
                ? "the stack holds no deployed mesh; run pulumi up first"
                : `the stack holds no mesh "${mesh}"; it has ${names}`,
        );
    }
    if (others.length > 0) {
        throw new Error(`the stack holds several meshes; choose one with --mesh: ${names}`);
    }
    return graph;
}

function main(args: readonly string[]): number {
    if (args.includes("--help") || args.includes("-h")) {
        console.log(usage);
        return 0;
    }
    const { positionals, values } = parseArgs({
        args: [...args],
        allowPositionals: true,
        options: { protocol: { type: "string" }, port: { type: "string" }, mesh: { type: "string" } },
    });
    const [command, stack, from, to] = positionals;
    if (command !== "explain" || stack === undefined || from === undefined || to === undefined || positionals.length > 4) {
        throw new Error(usage);
    }
    const text = execFileSync("pulumi", ["stack", "export", "--stack", stack], {
        encoding: "utf8",
        maxBuffer: 2 ** 30,
        stdio: ["ignore", "pipe", "inherit"],
    });
    const explanation = explain(graphIn(JSON.parse(text), values.mesh), from, to, questionOf(values.protocol, values.port));
    console.log(explanation.lines.join("\n"));
    return explanation.reaches ? 0 : 1;
}

function questionOf(protocol: string | undefined, port: string | undefined): Question {
    if (protocol !== undefined && protocol !== "tcp" && protocol !== "udp" && protocol !== "icmp") {
        throw new Error(`--protocol must be tcp, udp or icmp, got "${protocol}"`);
    }
    if (port !== undefined && !(/^\d{1,5}$/.test(port) && Number(port) >= 1 && Number(port) <= 65535)) {
        throw new Error(`--port must be 1-65535, got "${port}"`);
    }
    return { ...(protocol === undefined ? {} : { protocol }), ...(port === undefined ? {} : { port: Number(port) }) };
}

try {
    process.exitCode = main(process.argv.slice(2));
} catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 2;
}
