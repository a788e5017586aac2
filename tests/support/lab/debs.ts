import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { mustRun } from "./command";
import type { Host } from "./host";
import type { Lab } from "./lab";

/** Installs Debian packages on a lab host, with what they need and the image lacks, from the machine's package sources. */
export async function install(lab: Lab, host: Host, ...packages: readonly string[]): Promise<void> {
    const folder = join(lab.folder, `packages-${packages.join("-")}`);
    mkdirSync(join(folder, "partial"), { recursive: true, mode: 0o755 });
    // As the machine's apt would do it on a machine that has what the image has.
    const settings = [
        "Debug::NoLocking=1",
        `Dir::State::status=${lab.image}/var/lib/dpkg/status`,
        `Dir::Cache::archives=${folder}`,
    ];
    const options = [...settings.flatMap((setting) => ["-o", setting]), "--no-install-recommends", "--download-only"];
    await mustRun("apt-get", ["-q", "-y", ...options, "install", ...packages], { timeout: 120 });
    const there = "/var/cache/apt/archives";
    for (const file of readdirSync(folder).filter((name) => name.endsWith(".deb"))) {
        await host.must(`base64 -d >${there}/${file}`, { input: readFileSync(join(folder, file)).toString("base64") });
    }
    // Without the lists of the image: apt would try to get the same packages from their mirror, which the lab does not reach.
    const alone = "-o Dir::State::lists=/nowhere -o APT::Sandbox::User=root -o Dpkg::Options::=--force-unsafe-io";
    await host.must(
        `DEBIAN_FRONTEND=noninteractive apt-get -q -y ${alone} --no-install-recommends install ${there}/*.deb && rm ${there}/*.deb`,
        { timeout: 120 },
    );
}
