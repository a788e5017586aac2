import * as pulumi from "@pulumi/pulumi";
import { visible } from "./visible";
import type { WireGuardInterface } from "./wireGuardInterface";

/** `host:port` where others reach an interface: its own endpoint, or its host's with the listen port. Undefined: not reachable. */
export function endpointOf(iface: WireGuardInterface): pulumi.Output<string> | undefined {
    const value = iface.endpointValue ?? iface.host.args.endpoint;
    return value === undefined ? undefined : pulumi.output(value).apply((text) => endpointText(text, iface.args.listenPort));
}

/** The same as far as a preview may show it: a name in brackets stands for what is unknown or secret. */
export function endpointShown(iface: WireGuardInterface): pulumi.Output<string> {
    const value = endpointOf(iface);
    const placeholder = `(endpoint of ${iface.host.hostName}):${iface.args.listenPort ?? "?"}`;
    return value === undefined ? pulumi.output(placeholder) : visible(value).apply((text) => text ?? placeholder);
}

/** As wg(8) reads it: an IPv6 address in brackets, a port always. */
export function endpointText(value: string, listenPort: number | undefined): string {
    if (/^\[.*\]:\d+$/.test(value) || /^[^:]+:\d+$/.test(value)) {
        return value;
    }
    const host = value.includes(":") && !value.startsWith("[") ? `[${value}]` : value;
    return `${host}:${listenPort ?? ""}`;
}
