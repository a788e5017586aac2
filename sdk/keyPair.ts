import * as pulumi from "@pulumi/pulumi";
import { keyPairProvider } from "./provider";
import { settled, visible } from "./visible";

/** Arguments of a {@link KeyPair}. */
export interface KeyPairArgs {
    /** 44 characters of base64, as `wg genkey` prints. Unset: a new key is made once and kept in the state, encrypted. */
    readonly privateKey?: pulumi.Input<string>;
}

/**
 * The key pair of an interface. Made by {@link WireGuardInterface}; it is a resource of its own so that a change of the
 * interface never makes the public key unknown in a preview.
 */
export class KeyPair extends pulumi.dynamic.Resource {
    /** The private key, always secret. */
    declare public readonly privateKey: pulumi.Output<string>;
    /** The public key, 44 characters of base64. */
    declare public readonly publicKey: pulumi.Output<string>;
    /**
     * @internal The public key as far as a preview may show it. A promise, because an output would make every interface that shows it
     * depend on this resource, a line of state for each peer and nothing gained: the key itself reaches hosts by the push.
     */
    public readonly shown: Promise<string | undefined>;

    /** @internal */
    public constructor(name: string, args: KeyPairArgs, opts: pulumi.CustomResourceOptions) {
        const given = args.privateKey === undefined ? undefined : pulumi.secret(args.privateKey);
        const props = { privateKey: given, publicKey: undefined };
        super(
            keyPairProvider,
            name,
            props,
            pulumi.mergeOptions({ additionalSecretOutputs: ["privateKey"] }, opts),
            "wireguard",
            "KeyPair",
        );
        this.shown = settled(visible(this.publicKey));
    }
}
