import { join } from "node:path";
import { repository } from "../support/engine/engine";
import type { Host } from "../support/lab/host";
import { Lab } from "../support/lab/lab";
import { lossDuring } from "../support/lab/loss";
import { chapter, readable, tell, typed } from "./terminal";

const machine = (host: Host) => JSON.stringify({ host: host.address, hostKey: host.hostKey });

/** The story on booted hosts: preview, up, pings, one more client under load, destroy. */
export async function onRealHosts(): Promise<void> {
    const lab = await Lab.start();
    try {
        await story(lab);
    } finally {
        await lab.stop();
    }
}

async function story(lab: Lab): Promise<void> {
    chapter("Four Linux machines with systemd and sshd, in network namespaces");
    const [hub, ann, bob, carol] = await Promise.all([lab.boot("hub"), lab.boot("ann"), lab.boot("bob"), lab.boot("carol")]);
    tell([hub, ann, bob, carol].map((host) => `  ${host.name.padEnd(6)} ${host.address}`).join("\n"));
    tell(`\nThe program is examples/two-interface-hub/index.ts; the command plugin is the ${lab.engine.commandPlugin} one.`);
    const stack = await lab.stack({
        name: "demo",
        program: { folder: join(repository, "examples/two-interface-hub") },
        config: { hub: machine(hub), ann: machine(ann), bob: machine(bob) },
        secrets: { sshKey: hub.connection().privateKey },
    });

    chapter("What would happen");
    typed("pulumi preview", readable((await stack.preview()).stdout));
    chapter("Make it so");
    typed("pulumi up", readable((await stack.up()).stdout));
    typed("ssh hub wg show", await hub.must("wg show"));
    tell("ann is on wg0, bob on wg1. The first packet each way, through the hub (ttl=63):\n");
    typed("ssh ann ping -c3 10.0.1.2", (await ann.ping("10.0.1.2", { interval: 1, wait: 10 })).text);
    typed("ssh bob ping -c3 10.0.0.2", (await bob.ping("10.0.0.2", { interval: 1, wait: 10 })).text);

    chapter("One more client, while ann and bob go on talking");
    await stack.pulumi(["config", "set", "carol", machine(carol)]);
    typed("pulumi preview --diff", readable((await stack.preview({ diff: true })).stdout));
    let output = "";
    const loss = await lossDuring(ann.namespace, "10.0.1.2", async () => {
        output = (await stack.up()).stdout;
    });
    typed("pulumi up", readable(output));
    tell(`ann pinged bob 100 times a second meanwhile: ${loss.sent} packets sent, ${loss.lost} packets lost.\n`);
    typed("ssh carol ping -c3 10.0.1.2", (await carol.ping("10.0.1.2", { interval: 1, wait: 10 })).text);

    chapter("Take everything away again");
    typed("pulumi destroy", readable((await stack.destroy()).stdout));
    typed("ssh hub 'ls /etc/wireguard; ip -br link'", await hub.must("ls /etc/wireguard; ip -br link"));
    chapter("The end");
    if (loss.lost > 0) {
        throw new Error(`${loss.lost} of ${loss.sent} packets were lost while a client was added; none should be`);
    }
}
