import type { Interface } from "../../../provider/planner/graph";
import type { Draft, Subnet } from "./draft";
import { has, type NestedRecipe, pick } from "./recipe";

/** Tunnels inside tunnels that are there: one more interface at either end of one Peer, or of two in a row with a route for it. */
export function addNested(draft: Draft, recipes: readonly NestedRecipe[]): void {
    const subnets = new Map<Interface, Subnet>();
    for (const [at, { outer: choice, remote: far, traits }] of recipes.entries()) {
        const outer = pick(draft.interfaces, choice);
        if (outer === undefined) continue;
        const near = peersOf(draft, outer);
        const isFar = has(traits, 0) && has(traits, 1);
        const remote = pick(isFar ? near.flatMap((one) => siblings(draft, one)) : near, far);
        if (remote === undefined || remote.host === outer.host) continue;
        const known = has(traits, 2) ? draft.interfaces.find((each) => each.endpoint === outer.name) : undefined;
        if (known !== undefined && peersOf(draft, known).some(({ host }) => host === remote.host)) continue;
        const subnet = (known && subnets.get(known)) ?? draft.newSubnet();
        const families = [traits % 7 === 0 ? (6 as const) : (4 as const)];
        const inner =
            known ??
            draft.addInterface(outer.host, {
                addresses: draft.addresses(subnet, families, has(traits, 3)),
                listenPort: 54000 + at,
                endpoint: outer.name,
            });
        subnets.set(inner, subnet);
        const own = known === undefined ? families : [known.addresses?.[0]?.includes(":") ? (6 as const) : (4 as const)];
        const other = draft.addInterface(remote.host, {
            addresses: draft.addresses(subnet, own, false),
            listenPort: 54100 + at,
            ...(has(traits, 4) && has(traits, 5) ? { endpoint: remote.name } : {}),
        });
        draft.connect(inner, other, has(traits, 6) ? { presharedKey: true } : {});
        if (isFar) {
            draft.routes.push({
                name: `outer${at}`,
                from: [{ kind: "interface", interface: remote.name }],
                to: [{ kind: "interface", interface: outer.name }],
                ...(has(traits, 7) ? { allow: [`udp/${inner.listenPort}`] } : {}),
                ...(has(traits, 8) ? { initiate: "from" } : {}),
            });
        }
    }
}

function peersOf(draft: Draft, iface: Interface): Interface[] {
    const names = draft.peers.flatMap(({ between: [a, b] }) => (a === iface.name ? [b] : b === iface.name ? [a] : []));
    return draft.interfaces.filter(({ name }) => names.includes(name));
}

/** What other interfaces of the same host, and itself, peer with. */
function siblings(draft: Draft, { host }: Interface): Interface[] {
    return draft.interfaces.filter((each) => each.host === host).flatMap((each) => peersOf(draft, each));
}
