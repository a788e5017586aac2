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
 * Names in place of secrets, for previews. Public keys are none: with them a change of a key shows, on both sides of a peer.
 *
 * @param endpoint What to show for the endpoint of an interface; endpoints are no secret.
 * @param publicKey The public key of an interface; undefined while it is not known, e.g. before it is made.
 */
export function redacted(
    endpoint: (iface: string) => string,
    publicKey: (iface: string) => string | undefined = () => undefined,
): Values {
    return {
        privateKey: (iface) => {
            const key = publicKey(iface);
            return `(private key of ${iface}${key === undefined ? "" : `, public key ${key}`})`;
        },
        publicKey: (iface) => publicKey(iface) ?? `(public key of ${iface})`,
        presharedKey: (peer) => `(preshared key of ${peer})`,
        endpoint,
    };
}
