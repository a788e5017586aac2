import type { Failure } from "../failure";
import type { Declared, Graph, RouteEnd } from "../graph";
import {
    endFields,
    expectationFields,
    type Field,
    type Fields,
    hostFields,
    interfaceFields,
    lanFields,
    peerFields,
    routeFields,
} from "./fields";
import { expectationLabel, label, lanLabel } from "./labels";
import { fail, show } from "./text";
import { unknownField } from "./unknownField";

/**
 * A graph whose every field has the right kind of value, and what had to be left out to get there.
 *
 * The SDK is typed, but plain JavaScript and JSON reach the planner too. So the kinds are checked once, here, and the rules after it
 * can trust their types.
 */
export interface Shape {
    readonly graph: Graph;
    readonly failures: readonly Failure[];
    /** False when something was left out. Then rules about what is missing stay silent: one mistake, one sentence. */
    readonly complete: boolean;
}

type Values = Readonly<Record<string, unknown>>;

const lists = ["hosts", "interfaces", "peers", "lans", "routes", "expectations"] as const;
const topLevel: readonly string[] = ["mesh", ...lists, "allocations"];

function isObject(value: unknown): value is Values {
    return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The whole-number rule of one field, or undefined when the value obeys it. */
function outOfRange(field: Field, value: unknown): string | undefined {
    if (field.range === undefined || typeof value !== "number") {
        return undefined;
    }
    const legal = Number.isInteger(value) && value >= field.range.min && value <= field.range.max;
    return legal ? undefined : `must be ${field.expected}, got ${show(value)}`;
}

/**
 * True when every field holds what its table says, in the order of the table, and nothing else is there. Such a declaration is read as it
 * is; that nearly all are matters when there are ten thousands.
 */
function isSound<T>(values: Values, fields: Fields<T>): values is T & Values {
    const names = Object.keys(values);
    let at = 0;
    for (const name in fields) {
        const field = fields[name];
        const value = values[name];
        if (value === undefined && !field.required) {
            continue;
        }
        if (names[at] !== name || value === undefined || !field.holds(value) || outOfRange(field, value) !== undefined) {
            return false;
        }
        at++;
    }
    return at === names.length;
}

/** Reads declarations of any kind, collecting failures as it goes. */
class Reader {
    readonly failures: Failure[] = [];
    complete = true;

    private leaveOut(property: string, declared: Declared, reason: string): void {
        this.failures.push(fail(property, declared, reason));
        this.complete = false;
    }

    /** One declaration. Undefined when a field it cannot do without is missing or of the wrong kind. */
    private one<T>(property: string, declared: Declared, values: Values, fields: Fields<T>, noun: string): T | undefined {
        if (isSound(values, fields)) {
            return values;
        }
        const known: Readonly<Record<string, Field>> = fields;
        const sound: Record<string, unknown> = {};
        let usable = true;
        // The tables are constants of this module, so `in` finds nothing inherited; 10,000 declarations feel the difference.
        for (const name in known) {
            const field = known[name];
            const value = values[name];
            if (field === undefined || (value === undefined && !field.required)) {
                continue;
            }
            if (value !== undefined && field.holds(value)) {
                sound[name] = value;
                const reason = outOfRange(field, value);
                if (reason !== undefined) {
                    this.failures.push(fail(`${property}.${name}`, declared, reason));
                }
            } else if (value !== undefined) {
                usable = usable && !field.required;
                this.leaveOut(`${property}.${name}`, declared, `must be ${field.expected}, got ${got(field, value)}`);
            } else {
                usable = false;
                this.leaveOut(`${property}.${name}`, declared, `must be ${field.expected}, but is missing`);
            }
        }
        for (const name of Object.keys(values)) {
            if (!Object.hasOwn(known, name)) {
                this.unknownField(`${property}.${label(name)}`, declared, name, Object.keys(known), noun);
            }
        }
        // The only cast: every required field is there and every field that is there holds what its table says.
        return usable ? (sound as T) : undefined;
    }

    unknownField(property: string, declared: Declared, name: string, known: readonly string[], noun: string): void {
        this.failures.push(unknownField(property, declared, name, known, noun));
        this.complete = false;
    }

    /** A whole list of declarations: `name` says how an element is called when it is sound enough to have a name. */
    list<T>(graph: Values, key: (typeof lists)[number], fields: Fields<T>, noun: string, name: (values: Values) => unknown): T[] {
        const list = graph[key];
        const required = key === "hosts" || key === "interfaces" || key === "peers";
        if (list === undefined && !required) {
            return [];
        }
        if (!Array.isArray(list)) {
            this.leaveOut(key, {}, `must be a list, ${list === undefined ? "but is missing" : `got ${show(list)}`}`);
            return [];
        }
        const read: T[] = [];
        list.forEach((values: unknown, i) => {
            if (!isObject(values)) {
                this.leaveOut(`${key}[${i}]`, {}, `must be ${noun}, got ${show(values)}`);
                return;
            }
            if (isSound(values, fields)) {
                read.push(values);
                return;
            }
            const named = name(values);
            const property = typeof named === "string" ? named : `${key}[${i}]`;
            const declared = typeof values.declaredAt === "string" ? { declaredAt: values.declaredAt } : {};
            const one = this.one(property, declared, values, fields, noun);
            if (one !== undefined) {
                read.push(one);
            }
        });
        return read;
    }

    /** One end of a route or expectation, which may be one of four kinds. */
    end(property: string, declared: Declared, value: unknown): RouteEnd | undefined {
        if (!isObject(value)) {
            this.leaveOut(property, declared, `must be an interface, a network, a LAN or host.internet, got ${show(value)}`);
            return undefined;
        }
        switch (value.kind) {
            case "interface":
                return this.one<Extract<RouteEnd, { kind: "interface" }>>(
                    property,
                    declared,
                    value,
                    endFields.interface,
                    "an end",
                );
            case "network":
                return this.one<Extract<RouteEnd, { kind: "network" }>>(property, declared, value, endFields.network, "an end");
            case "lan":
                return this.one<Extract<RouteEnd, { kind: "lan" }>>(property, declared, value, endFields.lan, "an end");
            case "internet":
                return this.one<Extract<RouteEnd, { kind: "internet" }>>(property, declared, value, endFields.internet, "an end");
            default:
                this.leaveOut(
                    `${property}.kind`,
                    declared,
                    `must be "interface", "network", "lan" or "internet", got ${show(value.kind)}`,
                );
                return undefined;
        }
    }

    ends(property: string, declared: Declared, values: readonly unknown[]): RouteEnd[] {
        return values.flatMap((value, i) => this.end(`${property}[${i}]`, declared, value) ?? []);
    }

    allocations(value: unknown): Record<string, readonly string[]> {
        if (value !== undefined && !isObject(value)) {
            this.leaveOut("allocations", {}, `must be an object of address lists by interface name, got ${show(value)}`);
        }
        const sound: [string, readonly string[]][] = [];
        for (const [name, addresses] of Object.entries(isObject(value) ? value : {})) {
            if (Array.isArray(addresses) && addresses.every((address) => typeof address === "string")) {
                sound.push([name, addresses]);
            } else {
                this.leaveOut(`allocations.${label(name)}`, {}, `must be a list of addresses, got ${show(addresses)}`);
            }
        }
        return Object.fromEntries(sound);
    }
}

/** The rejected value; a list says how long it is and which of its elements is wrong. */
function got(field: Field, value: unknown): string {
    if (field.hidden === true) {
        return `${typeof value === "object" ? "an object" : `a ${typeof value}`} (not shown)`;
    }
    if (Array.isArray(value)) {
        const wrong = value.findIndex((element) => typeof element !== "string");
        return wrong < 0 ? show(value) : `${show(value[wrong])} at [${wrong}]`;
    }
    return show(value);
}

function ownName(values: Values): unknown {
    return typeof values.name === "string" ? label(values.name) : undefined;
}

/** Checks the kind of every value of a graph that may be anything at all. */
export function readShape(input: unknown): Shape {
    const reader = new Reader();
    if (!isObject(input)) {
        const failure = {
            property: "graph",
            reason: `must be an object with mesh, hosts, interfaces and peers, got ${show(input)}`,
        };
        return { graph: { mesh: "", hosts: [], interfaces: [], peers: [] }, failures: [failure], complete: false };
    }
    for (const name of Object.keys(input).filter((key) => !topLevel.includes(key))) {
        reader.unknownField(`graph.${label(name)}`, {}, name, topLevel, "a graph");
    }
    const routes = reader.list(input, "routes", routeFields, "a route", ownName).map((route) => ({
        ...route,
        from: reader.ends(`${label(route.name)}.from`, route, route.from),
        to: reader.ends(`${label(route.name)}.to`, route, route.to),
    }));
    const expectations = reader.list(input, "expectations", expectationFields, "an expectation", expectationLabel);
    const graph: Graph = {
        mesh: typeof input.mesh === "string" ? input.mesh : "unnamed",
        hosts: reader.list(input, "hosts", hostFields, "a host", ownName),
        interfaces: reader.list(input, "interfaces", interfaceFields, "an interface", ownName),
        peers: reader.list(input, "peers", peerFields, "a peer", ownName),
        lans: reader.list(input, "lans", lanFields, "a LAN", lanLabel),
        routes,
        expectations: expectations.flatMap((expectation) => {
            const from = reader.end(`${expectationLabel(expectation)}.from`, expectation, expectation.from);
            const to = reader.end(`${expectationLabel(expectation)}.to`, expectation, expectation.to);
            return from === undefined || to === undefined ? [] : [{ ...expectation, from, to }];
        }),
        allocations: reader.allocations(input.allocations),
    };
    if (typeof input.mesh !== "string") {
        reader.failures.push({
            property: "mesh",
            reason: `must be a name, ${input.mesh === undefined ? "but is missing" : `got ${show(input.mesh)}`}`,
        });
    }
    return { graph, failures: reader.failures, complete: reader.complete };
}
