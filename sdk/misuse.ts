import * as pulumi from "@pulumi/pulumi";
import { endLabel } from "../provider/planner/rules/labels";
import { show, declaredAt as shownPlace } from "../provider/planner/rules/text";
import { declaredAt } from "./declared";
import type { Host } from "./host";
import type { Mesh } from "./mesh";
import type { Lan, RouteEndpoint } from "./routeEnd";
import type { WireGuardInterface } from "./wireGuardInterface";

/**
 * What a program got so wrong that no mesh can collect it with the other mistakes: one sentence and its place. A `RunError`, because
 * Pulumi prints that without a stack.
 */
export function misuse(sentence: string): pulumi.RunError {
    return new pulumi.RunError(sentence + shownPlace(declaredAt()));
}

interface Kinds {
    readonly Mesh: Mesh;
    readonly Host: Host;
    readonly WireGuardInterface: WireGuardInterface;
    readonly Lan: Lan;
}

/** A property that nothing else has. Not `instanceof`: a program and a package it uses may each load a copy of the library. */
const marks: Readonly<Record<keyof Kinds, string>> = {
    Mesh: "meshName",
    Host: "hostName",
    WireGuardInterface: "network",
    Lan: "prefix",
};

function has(value: unknown, property: string): boolean {
    return typeof value === "object" && value !== null && property in value;
}

function is<K extends keyof Kinds>(kind: K, value: unknown): value is Kinds[K] {
    return has(value, marks[kind]);
}

/** A wrong argument as a sentence shows it. */
function got(value: unknown): string {
    if (value === undefined) {
        return "got nothing";
    }
    if (is("Mesh", value)) {
        return `got mesh ${show(value.meshName)}`;
    }
    if (is("Host", value)) {
        return `got host ${show(value.hostName)}`;
    }
    if (is("WireGuardInterface", value)) {
        return `got interface ${show(value.declaredName)}`;
    }
    return `got ${typeof value === "function" ? "a function" : isOutput(value) ? "an output" : show(value)}`;
}

function isOutput(value: unknown): boolean {
    return pulumi.Output.isInstance(value) || value instanceof Promise;
}

/** The argument itself when it is what it must be, for programs that no compiler has checked. `place`: `host "hub": mesh`. */
export function required<K extends keyof Kinds>(kind: K, value: unknown, place: string): Kinds[K] {
    if (!is(kind, value)) {
        throw misuse(`${place} must be a ${kind}, ${got(value)}`);
    }
    return value;
}

/** The same for a list, which must not be empty. */
export function requiredList<K extends keyof Kinds>(kind: K, values: unknown, place: string): [Kinds[K], ...Kinds[K][]] {
    const [first, ...others] = Array.isArray(values) ? values.map((one, i) => required(kind, one, `${place}[${i}]`)) : [];
    if (first === undefined) {
        throw misuse(`${place} must be a list of ${kind}, ${got(values)}`);
    }
    return [first, ...others];
}

/** The same for an end of a route. */
export function requiredEnd(value: unknown, place: string): RouteEndpoint {
    if (!has(value, "end") || !has(value, "mesh")) {
        throw misuse(`${place} must be an interface, a network, a LAN or host.internet, ${got(value)}`);
    }
    return value as RouteEndpoint;
}

/** The mesh that all ends are of: the one given, else that of the first. */
export function requiredMesh(place: string, ends: readonly [RouteEndpoint, ...RouteEndpoint[]], mesh = ends[0].mesh): Mesh {
    const stranger = ends.find((one) => one.mesh !== mesh);
    if (stranger !== undefined) {
        const [of, other] = [stranger.mesh, mesh].map((one) => show(one.meshName));
        throw misuse(`${place}: ${endLabel(stranger.end)} is of mesh ${of}, but must be of mesh ${other}`);
    }
    return mesh;
}

/** The name of a declaration. `what`: `host`. */
export function requiredName(what: string, name: unknown): string {
    if (typeof name !== "string" || name === "") {
        throw misuse(`the name of a ${what} must be a text, ${name === "" ? "got an empty one" : got(name)}`);
    }
    return name;
}

/** Something with options in it. `place`: `hub: the options of a host`. */
export function requiredObject<T extends object>(value: T, place: string): T {
    if (typeof value !== "object" || value === null || Array.isArray(value) || isOutput(value)) {
        throw misuse(`${place} must be an object, ${got(value)}`);
    }
    return value;
}
