import * as wg from "../../../sdk";
import { previewInline } from "../automation";
import { declareGraph } from "../declareGraph";
import { sampledBadGraphs } from "../sampledBadGraphs";

/** What a preview said about one wrong graph. */
export interface Verdict {
    readonly name: string;
    readonly ok: boolean;
    readonly diagnostics: string;
}

/** Previews every sampled graph in turn; all managed hosts are said to be at the given local port. */
async function main(port: number): Promise<void> {
    const verdicts: Verdict[] = [];
    const connection = () => ({ host: "127.0.0.1", port, hostKey: `ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI${"A".repeat(43)}` });
    for (const { name, graph } of sampledBadGraphs) {
        const { ok, output } = await previewInline(async () => declareGraph(wg, graph, { connection }).mesh.deploy());
        verdicts.push({ name, ok, diagnostics: output.split("Diagnostics:")[1]?.split("Resources:")[0] ?? output });
    }
    process.stdout.write(JSON.stringify(verdicts));
}

if (require.main === module) {
    void main(Number(process.argv[2]));
}
