import { show } from "./text";

/** The declared name as the first part of a property: as it is, or in quotes when it is not a legal name. */
export function label(name: string): string {
    return /^[a-zA-Z0-9._-]{1,63}$/.test(name) ? name : show(name);
}

/** How an end is written in the program: `ann-wg0`, `hub-wg0.network`, `branch.lan("192.168.10.0/24")`, `hub.internet`. */
export function endLabel(end: unknown): string {
    if (typeof end !== "object" || end === null) {
        return show(end);
    }
    const values: Readonly<Record<string, unknown>> = { ...end };
    const owner = values.kind === "interface" || values.kind === "network" ? values.interface : values.host;
    const name = typeof owner === "string" ? label(owner) : show(owner);
    switch (values.kind) {
        case "interface":
            return name;
        case "network":
            return `${name}.network`;
        case "lan":
            return `${name}.lan(${show(values.prefix)})`;
        case "internet":
            return `${name}.internet`;
        default:
            return "an end";
    }
}

/** How an expectation is written in the program: `expectReach(ann-wg0, bob-wg0)`. */
export function expectationLabel(values: { readonly kind?: unknown; readonly from?: unknown; readonly to?: unknown }): string {
    return `${values.kind === "deny" ? "expectDeny" : "expectReach"}(${endLabel(values.from)}, ${endLabel(values.to)})`;
}

/** How a LAN is written in the program: `branch.lan("192.168.10.0/24")`. */
export function lanLabel(values: { readonly host?: unknown; readonly prefix?: unknown }): string {
    return endLabel({ kind: "lan", ...values });
}
