import type { Failure } from "../failure";
import type { Declared } from "../graph";
import type { Declarations } from "./declarations";
import { label } from "./labels";
import { nearestLegal, reservedAs } from "./reservedNames";
import { culprit, declaredAt, fail, show } from "./text";

type Named = Declared & { readonly name: string };

/**
 * Names end up in nftables comments, in comments of `.conf` files, in unit and folder names and in shell words on the host. This set
 * needs no quoting in any of them.
 */
const resourceName = /^[a-zA-Z0-9][a-zA-Z0-9._-]{0,62}$/;

/** The mesh also names an nftables table, whose grammar begins with a letter, and the room a prefix leaves in it (64 bytes). */
const meshName = /^[a-zA-Z][a-zA-Z0-9_-]{0,31}$/;

/** The subset of names that systemd, sysctl, ip(8) and wg(8) all take without escaping. IFNAMSIZ is 16, with the final zero. */
const deviceName = /^[a-zA-Z][a-zA-Z0-9_-]{0,14}$/;

function* everyName(declarations: Declarations): Generator<[noun: string, list: readonly Named[]]> {
    const { graph } = declarations;
    yield ["host", graph.hosts];
    yield ["interface", graph.interfaces];
    yield ["peer", graph.peers];
    yield ["route", graph.routes];
}

/** The mesh and everything declared in it has a legal name. */
export function legalNames(declarations: Declarations): Failure[] {
    const failures: Failure[] = [];
    const { mesh } = declarations.graph;
    if (!meshName.test(mesh)) {
        const reason = 'must be 1-32 letters, digits, "_" or "-", the first a letter';
        failures.push({ property: "mesh", reason: `${reason}, got ${show(mesh)}${nearestLegal(mesh, meshName)}` });
    }
    for (const [noun, list] of everyName(declarations)) {
        for (const one of list.filter(({ name }) => !resourceName.test(name))) {
            const rule = `the name of a ${noun}`.replace("a interface", "an interface");
            const reason = `${rule} must be 1-63 letters, digits, ".", "_" or "-", the first a letter or digit, got ${show(one.name)}`;
            failures.push(fail(`${label(one.name)}.name`, one, reason + nearestLegal(one.name, resourceName)));
        }
    }
    return failures;
}

/** A name is given once per kind: a host and a peer may both be called `ann`, two hosts may not. */
export function uniqueNames(declarations: Declarations): Failure[] {
    const failures: Failure[] = [];
    for (const [noun, list] of everyName(declarations)) {
        const first = new Map<string, Named>();
        for (const one of list) {
            const other = first.get(one.name);
            if (other === undefined) {
                first.set(one.name, one);
            } else {
                const who = `another ${noun}${declaredAt(other)}`;
                failures.push(
                    fail(
                        `${label(one.name)}.name`,
                        one,
                        `${show(one.name)} is already the name of ${who}; every ${noun} needs its own`,
                    ),
                );
            }
        }
    }
    return failures;
}

/** The device name of an interface is one that every tool on the host takes. */
export function legalInterfaceNames(declarations: Declarations): Failure[] {
    return declarations.graph.interfaces.flatMap((one) => {
        const property = `${label(one.name)}.interfaceName`;
        const name = one.interfaceName;
        if (!deviceName.test(name)) {
            const rule = 'the device name must be 1-15 letters, digits, "_" or "-", the first a letter';
            return [fail(property, one, `${rule}, got ${show(name)}${nearestLegal(name, deviceName)}`)];
        }
        const reserved = reservedAs(name);
        return reserved === undefined
            ? []
            : [fail(property, one, `${show(name)} cannot be a device name, it is ${reserved}; try "wg0"`)];
    });
}

/** Two interfaces of one host have different device names. */
export function uniqueInterfaceNames(declarations: Declarations): Failure[] {
    const failures: Failure[] = [];
    for (const [host, interfaces] of declarations.interfacesOf) {
        const first = new Map<string, Named>();
        for (const one of interfaces) {
            const other = first.get(one.interfaceName);
            if (other === undefined) {
                first.set(one.interfaceName, one);
            } else {
                const reason = `${show(one.interfaceName)} on host ${show(host)} is already the device name of ${culprit(other)}`;
                failures.push(fail(`${label(one.name)}.interfaceName`, one, reason));
            }
        }
    }
    return failures;
}
