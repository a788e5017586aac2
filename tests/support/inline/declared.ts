import * as wg from "../../../sdk";

/** A small mesh, up to but not including `deploy()`. Its text also serves as a program of its own, where `wg` is the installed library. */
export function declared(): wg.Mesh {
    const mesh = new wg.Mesh("office");
    const hub = new wg.Host("hub", { mesh, endpoint: "198.51.100.10" });
    const ann = new wg.Host("ann", { mesh });
    const wg0 = new wg.WireGuardInterface("hub-wg0", { host: hub, name: "wg0", addresses: ["10.0.0.1/24"], listenPort: 51820 });
    const annWg = new wg.WireGuardInterface("ann-wg0", { host: ann, name: "wg0", addresses: ["10.0.0.2/24"] });
    new wg.Peer("ann", { between: [wg0, annWg] });
    return mesh;
}
