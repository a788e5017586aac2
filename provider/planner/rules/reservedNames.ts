/** Words that wg(8), sysctl and the kernel already use where a device name stands. */
const taken: Readonly<Record<string, string>> = {
    all: 'what "wg show all" and net.ipv4.conf.all mean by every interface',
    default: "what net.ipv4.conf.default means by new interfaces",
    interfaces: 'a command of wg, "wg show interfaces"',
    lo: "the loopback device",
};

/** What `ip link add` reads as a keyword only when spelt out (tried with iproute2 6.1: `ip link add WORD type bridge`). */
const keywords: ReadonlySet<string> = new Set(
    (
        "addrgenmode allmulticast arp brd carrier down group gro_max_size gso_max_segs gso_max_size index link-netns link-netnsid mode mtu " +
        "multicast name netns numrxqueues parentdev promisc protodown qlen state trailers txqlen up vf vrf xdp xdpdrv xdpgeneric xdpoffload"
    ).split(" "),
);

/** What `ip link add` also reads from its first letters on, down to one (tried: `a`, `br`, `he`, `addre`). */
const abbreviated = [
    "add",
    "address",
    "alias",
    "broadcast",
    "dev",
    "dynamic",
    "help",
    "link",
    "master",
    "nomaster",
    "numtxqueues",
    "txqueuelen",
    "type",
];

/**
 * Why a well-formed device name is taken, or undefined. wg-quick creates the device with `ip link add NAME type wireguard`, where ip(8)
 * takes a keyword for what it is and the unit does not start; wg-quick only says `dev NAME` since 2025.
 */
export function reservedAs(name: string): string | undefined {
    if (Object.hasOwn(taken, name)) {
        return taken[name];
    }
    const word = keywords.has(name) ? name : abbreviated.find((keyword) => keyword.startsWith(name));
    if (word === undefined) {
        return undefined;
    }
    return word === name ? 'a keyword of "ip link add"' : `short for "${word}" in "ip link add"`;
}

/** `; did you mean "ann-smith"?` when the name becomes legal with its illegal characters replaced, else nothing. */
export function nearestLegal(name: string, legal: RegExp): string {
    const near = name
        .slice(0, 100)
        .normalize("NFD")
        .replace(/\p{M}/gu, "")
        .replace(/[^a-zA-Z0-9_-]+/g, "-")
        .replace(/^-+|-+$/g, "");
    return near !== name && legal.test(near) ? `; did you mean "${near}"?` : "";
}
