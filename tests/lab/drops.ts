import type { Host } from "../support/lab/host";

/** Packets that each dropping rule of a mesh's table on a host has counted, by the rule's comment. A host without a table has none. */
export async function drops(host: Host, mesh: string): Promise<Readonly<Record<string, number>>> {
    const { stdout } = await host.exec(`nft list table inet wireguard_${mesh}`);
    const counted = [...stdout.matchAll(/counter packets (\d+) bytes \d+ drop comment "([^"]*)"/g)];
    return Object.fromEntries(counted.map(([, packets, comment]) => [comment ?? "", Number(packets)]));
}

/** How much each counter has grown while something was done. */
export async function dropsDuring(
    host: Host,
    mesh: string,
    action: () => Promise<unknown>,
): Promise<Readonly<Record<string, number>>> {
    const before = await drops(host, mesh);
    await action();
    const grown = Object.entries(await drops(host, mesh)).map(
        ([comment, now]) => [comment, now - (before[comment] ?? 0)] as const,
    );
    return Object.fromEntries(grown.filter(([, more]) => more > 0));
}
