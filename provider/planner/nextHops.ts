import type { Prefix } from "./cidr";
import { type Claim, claimsOf } from "./claims";
import type { Ownership } from "./ownership";
import type { PrefixMap } from "./prefixMap";
import type { Node } from "./topology";

/** Where each host sends an address, by what it claims. */
export class NextHops {
    private readonly claims = new Map<Node, PrefixMap<Claim>>();

    constructor(private readonly owned: Ownership) {}

    /** The narrowest claim around an address; undefined when no Peer of the host gets it. */
    claim(node: Node, address: Prefix): Claim | undefined {
        let claims = this.claims.get(node);
        if (claims === undefined) {
            claims = claimsOf(node, this.owned);
            this.claims.set(node, claims);
        }
        return claims.longest(address)?.value;
    }
}
