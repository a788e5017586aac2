import type { Expectation, Host, Interface, Lan, Peer, Route, RouteEnd } from "../graph";

/** What one field may hold, said so that it completes "must be ...". */
export interface Field {
    readonly expected: string;
    readonly required: boolean;
    /** True when the value has the right kind. What it says (a range, a grammar) may still be wrong. */
    readonly holds: (value: unknown) => boolean;
    /** Whole numbers: the legal range. */
    readonly range?: { readonly min: number; readonly max: number };
    /** True when somebody may have put a secret here by mistake, so that a wrong value is never repeated. */
    readonly hidden?: boolean;
}

const isText = (value: unknown): value is string => typeof value === "string";

const isTexts = (value: unknown): boolean => Array.isArray(value) && value.every(isText);

function text(expected: string): Field {
    return { expected, required: true, holds: isText };
}

function texts(expected: string): Field {
    return { expected, required: false, holds: isTexts };
}

function optional(field: Field): Field {
    return { ...field, required: false };
}

/** A number of any size passes here: out of range it still counts as set, so that it is rejected once and not also as missing. */
function whole(min: number, max: number, unit: string): Field {
    return {
        expected: `a whole number${unit === "" ? "" : ` of ${unit}`} from ${min} to ${max}`,
        required: false,
        holds: (value) => typeof value === "number",
        range: { min, max },
    };
}

function oneOf(...words: readonly string[]): Field {
    return {
        expected: words.map((word, i) => `${i === 0 ? "" : i === words.length - 1 ? " or " : ", "}"${word}"`).join(""),
        required: false,
        holds: (value) => isText(value) && words.includes(value),
    };
}

const flag: Field = { expected: "true or false", required: false, holds: (value) => typeof value === "boolean" };
const declaredAt = optional(text('a place in the program, e.g. "index.ts:12"'));
const ends: Field = { expected: "a list of interfaces, networks, LANs or host.internet", required: true, holds: Array.isArray };
const end: Field = { expected: "an interface, a network, a LAN or host.internet", required: true, holds: () => true };

/** One table per kind of declaration. The type makes a field forgotten here a compile error. */
export type Fields<T> = Readonly<Record<keyof T, Field>>;

export const hostFields: Fields<Host> = {
    name: text("a name"),
    managed: { ...flag, required: true },
    endpoint: { ...flag, required: true },
    uplinkMtu: whole(576, 65535, "bytes"),
    declaredAt,
};

export const interfaceFields: Fields<Interface> = {
    name: text("a name"),
    host: text("the name of a host"),
    interfaceName: text('the name of the device on the host, e.g. "wg0"'),
    addresses: texts('a list of addresses with prefix length, e.g. ["10.0.0.1/24"]'),
    allocate: optional(text('a prefix, e.g. "10.0.0.0/24"')),
    listenPort: whole(1, 65535, ""),
    endpoint: {
        expected: "true, false or the name of another interface of its host",
        required: false,
        holds: (value) => typeof value === "boolean" || isText(value),
    },
    mtu: whole(576, 65535, "bytes"),
    adopt: flag,
    declaredAt,
};

export const peerFields: Fields<Peer> = {
    name: text("a name"),
    between: {
        expected: "exactly two names of interfaces (one Peer per pair)",
        required: true,
        holds: (value) => Array.isArray(value) && value.length === 2 && value.every(isText),
    },
    cost: whole(1, 1000000, ""),
    persistentKeepalive: { ...whole(0, 65535, ""), expected: "0 (off) or a whole number of seconds from 1 to 65535" },
    // The key itself is carried beside the graph; who puts it here must not find it in a CI log.
    presharedKey: { ...flag, hidden: true },
    declaredAt,
};

export const lanFields: Fields<Lan> = {
    host: text("the name of a host"),
    prefix: text('a prefix, e.g. "192.168.10.0/24"'),
    nat: flag,
    declaredAt,
};

export const routeFields: Fields<Route> = {
    name: text("a name"),
    from: ends,
    to: ends,
    initiate: oneOf("both", "from"),
    allow: texts('a list of protocols and ports, e.g. ["tcp/443", "icmp"]'),
    exclude: texts('a list of prefixes, e.g. ["10.0.0.0/8"]'),
    declaredAt,
};

export const expectationFields: Fields<Expectation> = {
    kind: { ...oneOf("reach", "deny"), required: true },
    from: end,
    to: end,
    protocol: oneOf("tcp", "udp", "icmp"),
    port: whole(1, 65535, ""),
    declaredAt,
};

const interfaceEnd = { kind: text("a kind"), interface: text("the name of an interface") };

/** The four kinds of end a route may have, each with its own fields. */
export const endFields: { readonly [K in RouteEnd["kind"]]: Fields<Extract<RouteEnd, { kind: K }>> } = {
    interface: interfaceEnd,
    network: interfaceEnd,
    lan: { kind: text("a kind"), host: text("the name of a host"), prefix: text('a prefix, e.g. "192.168.10.0/24"') },
    internet: { kind: text("a kind"), host: text("the name of a host") },
};
