import { formatAddress, parseAddress, parsePrefix } from "../cidr";
import type { Failure } from "../failure";
import type { Interface } from "../graph";
import { label } from "./labels";
import { culprit, fail, show } from "./text";
import type { KnownValue } from "./values";

/**
 * Endpoints at an address that an interface of the mesh has. Whether a tunnel leads there, and with which MTU, is planned, so it is declared
 * as structure. Addresses in LANs are not judged: who has them is not known here.
 */
export function endpointsInMesh(values: readonly KnownValue[], interfaces: readonly Interface[]): Failure[] {
    const owners = new Map(
        interfaces.flatMap((one) =>
            (one.addresses ?? []).flatMap((text) => {
                const address = parsePrefix(text);
                return address === undefined ? [] : [[formatAddress(address), one] as const];
            }),
        ),
    );
    return values.flatMap((value) => {
        if (value.kind !== "endpoint" && value.kind !== "endpointHost") {
            return [];
        }
        const own = value.kind === "endpoint" ? interfaces.find(({ name }) => name === value.owner) : undefined;
        const host = own?.host ?? value.owner;
        const address = parseAddress(value.value.replace(/^\[(.*)\](?::\d+)?$|^([^:]*):\d+$/, "$1$2"));
        const owner = address === undefined ? undefined : owners.get(formatAddress(address));
        if (owner === undefined) {
            return [];
        }
        const whose = `${show(value.value)} is the address of ${culprit(owner)} on host ${show(owner.host)}`;
        const fix =
            owner === own
                ? ", and others need the tunnel itself to get there"
                : owner.host === host
                  ? `; to reach ${own === undefined ? "an interface" : show(own.name)} inside that tunnel, set its endpoint to the interface ${show(owner.name)} instead of a text`
                  : `, where nobody reaches host ${show(host)}`;
        return [fail(`${label(value.owner)}.endpoint`, value, whose + fix)];
    });
}
