import type { dynamic } from "@pulumi/pulumi";

/** What is stored: one function. Pulumi's plugin calls it on the object, once, before any other call. */
type Stored = dynamic.ResourceProvider & { configure(this: dynamic.ResourceProvider): Promise<void> };

// Pulumi stores the source text of a dynamic provider in every state row, twice, and wraps each of its functions in 250
// characters. So a stored provider has one function, which fills the object with the installed library's calls: about 500
// characters, the same in every release. Rejected: a function per call (1,900 characters).
// The assignment is synchronous, so the plugin's race between concurrent first calls (pulumi.md 1.8) cannot show an empty object.
// Nothing may be imported or captured: the text runs alone, from the program's folder. One object per resource is written
// out, because the parameter of a factory would be captured.

/** @internal The provider of WireGuard interfaces. */
export const wireGuardInterfaceProvider = {
    async configure() {
        Object.assign(this, require("pulumi-wireguard/provider/v1").wireGuardInterface);
    },
} as Stored;

/** @internal The provider of key pairs. */
export const keyPairProvider = {
    async configure() {
        Object.assign(this, require("pulumi-wireguard/provider/v1").keyPair);
    },
} as Stored;

/** @internal The provider of peers. */
export const peerProvider = {
    async configure() {
        Object.assign(this, require("pulumi-wireguard/provider/v1").peer);
    },
} as Stored;

/** @internal The provider of routes. */
export const routeProvider = {
    async configure() {
        Object.assign(this, require("pulumi-wireguard/provider/v1").route);
    },
} as Stored;

/** @internal The provider of a host's forwarding. */
export const forwardingProvider = {
    async configure() {
        Object.assign(this, require("pulumi-wireguard/provider/v1").forwarding);
    },
} as Stored;

/** @internal The provider of assigned addresses. */
export const allocationProvider = {
    async configure() {
        Object.assign(this, require("pulumi-wireguard/provider/v1").allocation);
    },
} as Stored;
