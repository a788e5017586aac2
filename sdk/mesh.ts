import * as pulumi from "@pulumi/pulumi";
import { type Failure, type Graph, InvalidGraphError, plan } from "../provider/planner";
import { portWithoutProtocol } from "../provider/planner/rules/expectations";
import { endLabel } from "../provider/planner/rules/labels";
import { assignedAddresses } from "./allocation";
import { isObject } from "./connection";
import { type Declaration, graphOf, ofKind } from "./declaration";
import { declaredAt } from "./declared";
import { type Packet, readQuestion } from "./expectation";
import { forwarding } from "./forwarding";
import { guardDeploy, PatienceTimer, underLanguageHost } from "./guard";
import { checkKnownValues } from "./knownValues";
import { meshError, reportAndExit } from "./meshError";
import { misuse, requiredName } from "./misuse";
import type { Peer } from "./peer";
import { Planned } from "./planned";
import { push } from "./push";
import type { RouteEndpoint } from "./routeEnd";
import { settled } from "./visible";
import type { WireGuardInterface } from "./wireGuardInterface";

/**
 * Everything that is planned together. Declare hosts, interfaces, peers and routes in any order, then call {@link Mesh.deploy} once.
 *
 * @example
 * const mesh = new wg.Mesh("office");
 * // … hosts, interfaces, peers, routes …
 * mesh.deploy();
 */
export class Mesh extends pulumi.ComponentResource {
    /** Its name, e.g. `office`: it names the files and the firewall table on every host. */
    public readonly meshName: string;
    /** @internal The plan, as soon as there is one. */
    public readonly planned: pulumi.Output<Planned>;
    /** @internal Values that the plan still waits for. */
    public readonly awaited = new Set<string>();
    private readonly resolve: (planned: pulumi.Output<Planned>) => void;
    private readonly declarations: Declaration[] = [];
    private readonly rejected: Failure[] = [];
    private readonly interfaces = new Map<string, WireGuardInterface>();
    private readonly peers = new Map<string, Peer>();
    private readonly patience = new PatienceTimer();
    private isDeployed = false;

    /**
     * @param name Name of the mesh, 1-32 of `a-zA-Z0-9_-` beginning with a letter, e.g. `office`.
     * @param opts Pulumi's options.
     */
    public constructor(name: string, opts: pulumi.ComponentResourceOptions = {}) {
        super("pulumi-wireguard:index:Mesh", requiredName("mesh", name), {}, opts);
        this.meshName = name;
        [this.planned, this.resolve] = pulumi.deferredOutput<Planned>();
        guardDeploy(this);
        this.patience.restart(this);
    }

    /** True after {@link Mesh.deploy}. */
    public get deployed(): boolean {
        return this.isDeployed;
    }

    /**
     * Plans the whole mesh and applies it. Call it once, after the last declaration.
     *
     * A wrong graph fails here, at preview, and nothing on any host has changed: with every mistake of the declarations in one error, and once
     * those are sound, with what only a plan shows (missing paths, prefixes with two owners, broken expectations).
     */
    public deploy(): void {
        if (this.isDeployed) {
            throw misuse(`mesh "${this.meshName}" is deployed already; call mesh.deploy() once, after the last declaration`);
        }
        this.isDeployed = true;
        this.patience.stop();
        const graph = graphOf(this.meshName, this.declarations);
        // Structure and values are judged together, so that all mistakes come in one error.
        const assigned = assignedAddresses(graph, this);
        const checked = checkKnownValues(this.declarations, this.awaited).finally(() => this.patience.stop());
        if (pulumi.runtime.isDryRun()) {
            // A preview makes nothing that would take this long; an update may well make a machine.
            this.patience.restart(this);
        }
        pulumi.all([checked, assigned]).apply(([failures, allocations]) => {
            const planned = planOrFailures({ ...graph, allocations }, [...this.rejected, ...failures]);
            if (planned instanceof Planned) {
                this.resolve(pulumi.output(undefined).apply(() => planned));
            } else {
                this.fail(new InvalidGraphError(planned).message);
            }
        });
        // For `pulumi-wireguard explain`, which reads the stack's state: declarations are smaller than what follows from them.
        const allocated = assigned.apply((allocations) => ({ ...graph, allocations }));
        this.registerOutputs({ graph: this.planned.apply(() => allocated).apply(withoutPlaces) });
        this.pushAll();
    }

    /**
     * A policy test: the preview fails, with the explanation, when the graph no longer lets `from` open a flow to `to`.
     *
     * @example
     * mesh.expectReach(annWg, office.lan("192.168.10.0/24"), { protocol: "tcp", port: 443 });
     */
    public expectReach(from: RouteEndpoint, to: RouteEndpoint, packet: Packet = {}): void {
        this.expect("reach", from, to, packet);
    }

    /**
     * A policy test: the preview fails, with the way it takes, when the graph lets `from` open a flow to `to`.
     *
     * @example
     * mesh.expectDeny(guests.network, office.lan("192.168.10.0/24"));
     */
    public expectDeny(from: RouteEndpoint, to: RouteEndpoint, packet: Packet = {}): void {
        this.expect("deny", from, to, packet);
    }

    /**
     * Why a packet arrives or does not: at each host the route, the peer, the source check at the far side and the rule, as lines of text.
     *
     * @example
     * export const why = mesh.explain(annWg, bobWg, { protocol: "tcp", port: 443 });
     */
    public explain(from: RouteEndpoint, to: RouteEndpoint, packet: Packet = {}): pulumi.Output<string> {
        const { args, failures } = readQuestion(this, "explain", from, to, packet);
        const [failure] = failures;
        if (failure !== undefined) {
            // Not collected: it may be asked after deploy().
            throw new pulumi.RunError(`${failure.property}: ${failure.reason}`);
        }
        const wrong = portWithoutProtocol(args.packet);
        if (wrong !== undefined) {
            throw misuse(`explain(${endLabel(args.from)}, ${endLabel(args.to)}).port: ${wrong}`);
        }
        return this.planned.apply((planned) => planned.explain(args.from, args.to, args.packet));
    }

    /** @internal Ends the program with one error, attached to this mesh; nothing that waits for the plan is ever registered. */
    public fail(message: string): void {
        this.isDeployed = true;
        if (underLanguageHost()) {
            reportAndExit(message, this);
            return;
        }
        this.resolve(
            pulumi.output(message).apply((text): Planned => {
                throw meshError(text, this);
            }),
        );
    }

    /** @internal What is wrong with how something was written: said with everything else that is wrong. */
    public reject(failures: readonly Failure[]): void {
        this.rejected.push(...failures);
    }

    /** @internal */
    public declare(declaration: Declaration): void {
        this.assertOpen(declaration.kind, "name" in declaration.graph ? declaration.graph.name : undefined);
        this.declarations.push(declaration);
        if (declaration.kind === "interface") {
            this.interfaces.set(declaration.graph.name, declaration.resource);
        } else if (declaration.kind === "peer") {
            this.peers.set(declaration.graph.name, declaration.resource);
        }
        this.patience.restart(this);
    }

    /** @internal Throws after `deploy()`; called before anything is registered. */
    public assertOpen(kind: Declaration["kind"], name?: string): void {
        if (this.isDeployed) {
            const what = name === undefined ? kind : `${kind} "${name}"`;
            throw misuse(`mesh "${this.meshName}" is deployed already; declare ${what} before mesh.deploy()`);
        }
    }

    /** @internal A name that Pulumi has not seen: of two declarations with one name only the planner's failure shall be reported. */
    public freeName(kind: "host" | "interface", name: string): string {
        const taken = ofKind(this.declarations, kind).filter((one) => one.graph.name === name).length;
        return taken === 0 ? name : `${name} (declared ${taken + 1} times)`;
    }

    /** @internal */
    public interface(name: string): WireGuardInterface {
        return found(this.interfaces, name);
    }

    /** @internal */
    public peer(name: string): Peer {
        return found(this.peers, name);
    }

    private expect(kind: "reach" | "deny", from: RouteEndpoint, to: RouteEndpoint, packet: Packet): void {
        const call = kind === "reach" ? "expectReach" : "expectDeny";
        const { args, failures } = readQuestion(this, call, from, to, packet);
        this.reject(failures);
        const graph = { kind, from: args.from, to: args.to, ...args.packet, ...declaredAt() };
        this.declare({ kind: "expectation", graph });
    }

    private pushAll(): void {
        const interfaces = ofKind(this.declarations, "interface").map((one) => one.resource);
        // Keys too: a push that is registered before others can fail before they are, and then Pulumi starts no more of them.
        const registered = Promise.all(interfaces.flatMap((one) => [settled(one.urn), settled(one.keys.urn)]));
        for (const { resource: host } of ofKind(this.declarations, "host")) {
            const { connection } = host.args;
            // What is no object is rejected with the values.
            if (isObject(connection)) {
                const own = interfaces.filter((one) => one.host === host);
                const ready = pulumi
                    .all([forwarding(host), pulumi.output(registered)])
                    .apply(([forwards]) => [...own, ...forwards]);
                push(host, connection, ready as pulumi.Output<pulumi.Resource[]>);
            }
        }
    }
}

/** A moved line in the program is no change of the mesh. */
function withoutPlaces(graph: Graph): Graph {
    return JSON.parse(JSON.stringify(graph, (key, value) => (key === "declaredAt" ? undefined : value)));
}

function planOrFailures(graph: Graph, failures: readonly Failure[]): Planned | readonly Failure[] {
    try {
        const planned = plan(graph);
        return failures.length > 0 ? failures : new Planned(planned);
    } catch (error) {
        if (error instanceof InvalidGraphError) {
            return [...error.failures, ...failures];
        }
        throw error;
    }
}

function found<T>(resources: ReadonlyMap<string, T>, name: string): T {
    const resource = resources.get(name);
    if (resource === undefined) {
        throw new Error(`"${name}" was planned but never declared`);
    }
    return resource;
}
