import type { Interface } from "../../../provider/planner/graph";
import type { Draft } from "./draft";
import { bits, overlap, parseAddressWithLength, parsePrefix } from "./ip";
import { has, pick, type TwistRecipe } from "./recipe";

/**
 * What hubs with spokes around them do not have, and real networks do. Each of these changes one thing of a finished draft, at a place that
 * the recipe chooses.
 */
const twists: readonly ((draft: Draft, recipe: TwistRecipe) => void)[] = [
    stretch,
    stretch,
    resize,
    resize,
    secondAddress,
    shortcut,
    shortcut,
    parallel,
    pool,
    lanBehind,
    silence,
];

export function addTwist(draft: Draft, recipe: TwistRecipe): void {
    pick(twists, recipe.traits)?.(draft, recipe);
}

/** One network at two hosts: the interface moves into the network of another one, with a length of its own now and then. */
function stretch(draft: Draft, { a, b, traits }: TwistRecipe): void {
    const moved = pick(draft.interfaces, a);
    const home = pick(draft.interfaces, b);
    const address = moved === home ? undefined : home?.addresses?.[0];
    if (moved?.addresses === undefined || moved.allocate !== undefined || address === undefined) return;
    const { length } = parseAddressWithLength(address);
    const own = has(traits, 8) ? length : (pick([bits(address.includes(":") ? 6 : 4), length + 1], traits >>> 9) ?? length);
    const next = draft.neighbour(address, Math.min(own, bits(address.includes(":") ? 6 : 4)));
    if (next !== undefined) readdress(draft, moved, [next]);
}

/** Networks of two addresses or one, and wide ones. */
function resize(draft: Draft, { a, traits }: TwistRecipe): void {
    const iface = pick(draft.interfaces, a);
    if (iface?.addresses === undefined || iface.allocate !== undefined) return;
    const addresses = iface.addresses.map((text) => {
        const { length } = parseAddressWithLength(text);
        const six = text.includes(":");
        const other = pick(six ? [127, 128, 112, 56] : [31, 32, 30, 16, 22], traits >>> 8) ?? length;
        return text.replace(/\/\d+$/, `/${other}`);
    });
    readdress(draft, iface, addresses);
}

/** A second address on an interface: of a new network, or of one that it peers with. */
function secondAddress(draft: Draft, { a, b, traits }: TwistRecipe): void {
    const iface = pick(draft.interfaces, a);
    if (iface?.addresses === undefined) return;
    const near = pick(draft.interfaces, b)?.addresses?.[0];
    const added =
        has(traits, 8) && near !== undefined
            ? draft.neighbour(near, parseAddressWithLength(near).length)
            : draft.addresses(draft.newSubnet(), [has(traits, 9) ? 4 : 6], has(traits, 10))[0];
    if (added !== undefined) readdress(draft, iface, [...iface.addresses, added]);
}

/** A Peer between any two interfaces, cheap or dear. */
function shortcut(draft: Draft, { a, b, traits }: TwistRecipe): void {
    const [from, to] = [pick(draft.interfaces, a), pick(draft.interfaces, b)];
    if (from === undefined || to === undefined || !(isOpen(draft, from) || isOpen(draft, to))) return;
    draft.connect(from, to, has(traits, 8) ? { cost: 1 + ((traits >>> 9) % 4) } : {});
}

/** A second way between two hosts that have a Peer, by interfaces of its own. */
function parallel(draft: Draft, { a, traits }: TwistRecipe): void {
    const peer = pick(draft.peers, a);
    const [one, other] = (peer?.between ?? []).map((name) => draft.interfaces.find((iface) => iface.name === name));
    if (one === undefined || other === undefined) return;
    const subnet = draft.newSubnet();
    const ends = [one, other].map((end, at) =>
        draft.addInterface(end.host, {
            addresses: draft.addresses(subnet, [has(traits, 8) ? 4 : 6], has(traits, 9)),
            ...(isOpen(draft, end) ? { listenPort: 54000 + 2 * draft.interfaces.length + at } : {}),
            ...(end.endpoint === true ? { endpoint: true } : {}),
        }),
    );
    if (ends[0] !== undefined && ends[1] !== undefined)
        draft.connect(ends[0], ends[1], has(traits, 10) ? { cost: 1 + ((traits >>> 11) % 4) } : {});
}

/** A pool over a part of the network, and a member that gets its address from there. */
function pool(draft: Draft, { a, b }: TwistRecipe): void {
    const host = pick(draft.hosts, b);
    const owners = draft.interfaces.filter((iface) => isOpen(draft, iface) && iface.allocate === undefined);
    const owner = pick(owners, a);
    const address = owner?.addresses?.[0];
    if (host === undefined || owner === undefined || address === undefined || host.name === owner.host) return;
    const length = Math.min(parseAddressWithLength(address).length + 1, address.includes(":") ? 126 : 30);
    const changed = draft.change(owner, { allocate: draft.network(address, length) });
    draft.connect(changed, draft.addInterface(host.name, host.endpoint ? { listenPort: 55000 } : {}));
}

/** A LAN inside or around one of another site, of one machine, or of the family the host has no address of. */
function lanBehind(draft: Draft, { a, b, traits }: TwistRecipe): void {
    const host = pick(draft.hosts, a);
    const other = pick(draft.lans, b);
    if (host === undefined) return;
    const prefixes = [
        "172.20.0.0/16",
        "172.20.5.0/24",
        "172.20.5.8/29",
        "172.20.5.10/32",
        "172.20.5.10/31",
        "fd20::/48",
        "fd20::/126",
    ];
    const prefix = has(traits, 8) ? other?.prefix : pick(prefixes, traits >>> 9);
    const own = draft.lans.filter((lan) => lan.host === host.name).map((lan) => parsePrefix(lan.prefix));
    if (prefix !== undefined && !own.some((lan) => overlap(lan, parsePrefix(prefix))))
        draft.lans.push({ host: host.name, prefix, ...(has(traits, 12) && host.managed ? { nat: true } : {}) });
}

/** A host that nobody sets up any more, or that becomes one that is. */
function silence(draft: Draft, { a }: TwistRecipe): void {
    const host = pick(draft.hosts, a);
    if (host !== undefined && !draft.lans.some((lan) => lan.host === host.name && lan.nat === true))
        draft.hosts[draft.hosts.indexOf(host)] = { ...host, managed: !host.managed };
}

/** Gives an interface other addresses, unless another one of its host has the same network: that is never right. */
function readdress(draft: Draft, iface: Interface, addresses: readonly string[]): void {
    const others = draft.interfaces.filter((each) => each.host === iface.host && each !== iface);
    const taken = others.flatMap((each) => each.addresses ?? []).map(parsePrefix);
    if (!addresses.some((text) => taken.some((prefix) => overlap(prefix, parsePrefix(text))))) draft.change(iface, { addresses });
}

function isOpen(draft: Draft, iface: Interface): boolean {
    const host = draft.hosts.find((each) => each.name === iface.host);
    return iface.listenPort !== undefined && (iface.endpoint === true || host?.endpoint === true);
}
