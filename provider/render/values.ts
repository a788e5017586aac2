/** What the plan leaves out and a file needs: keys and endpoints, by the names the plan uses. */
export interface Values {
    /** Private key of an interface, by its declaration's name. */
    privateKey(iface: string): string;
    /** Public key of an interface. */
    publicKey(iface: string): string;
    /** Preshared key of a Peer, by its name. Asked for only where the plan has one. */
    presharedKey(peer: string): string;
    /** `host:port` or `[v6]:port` of an interface. Asked for only where the plan writes an endpoint. */
    endpoint(iface: string): string;
}

/**
 * Names in place of keys, for previews: never a key, public ones included, so that a preview is the same before and after keys exist.
 *
 * @param endpoint What to show for the endpoint of an interface; endpoints are no secret.
 */
export function redacted(endpoint: (iface: string) => string): Values {
    return {
        privateKey: (iface) => `(private key of ${iface})`,
        publicKey: (iface) => `(public key of ${iface})`,
        presharedKey: (peer) => `(preshared key of ${peer})`,
        endpoint,
    };
}
