import { isKey } from "../planner/rules/keys";
import { type Crud, changedInputs, type Properties } from "./crud";
import { generateKeys, publicKeyOf } from "./keys";

/** Pulumi's mark for "not known before the update" (`pulumi.runtime.unknownValue`; resources import only types from Pulumi). */
const unknownValue = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/**
 * CRUD of a key pair. A resource of its own: if keys sat on the interface, any change of the interface would make
 * `publicKey` unknown in a preview, and every other host would look changed.
 */
export const keyPair: Crud = {
    check: async (_olds, news) => {
        const given = news["privateKey"];
        if (typeof given !== "string" || given === unknownValue || !isKey(given)) {
            return { inputs: { ...news } }; // a malformed key is a failure of the mesh (planner's checkValues), said there once
        }
        // As an input the public key is known in the preview already.
        return { inputs: { ...news, publicKey: publicKeyOf(given) } };
    },
    diff: async (_id, olds, news) => {
        const computed =
            news["privateKey"] === undefined && olds["given"] !== true ? ["privateKey", "publicKey", "given"] : ["given"];
        return changedInputs(olds, news, computed).length === 0 ? { changes: false } : {};
    },
    create: async (inputs) => {
        const outs = pairFor(inputs);
        return { id: outs.publicKey, outs };
    },
    read: async (id, props) => ({ id, props: { ...props } }),
    update: async (_id, _olds, news) => ({ outs: pairFor(news) }),
    delete: async () => {},
};

/** A given private key wins; without one a new pair is made. `given` remembers which, so that taking the key away again is a change. */
function pairFor(inputs: Properties): Properties & { readonly publicKey: string } {
    const given = inputs["privateKey"];
    if (typeof given === "string") {
        if (!isKey(given)) {
            throw new Error(
                `privateKey must be 44 characters of base64 for 32 bytes, as wg genkey prints, got ${given.length} characters`,
            );
        }
        return { ...inputs, publicKey: publicKeyOf(given), given: true };
    }
    return { ...inputs, ...generateKeys(), given: false };
}
