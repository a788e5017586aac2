import * as pulumi from "@pulumi/pulumi";
import { listing } from "../provider/planner/rules/text";

/** Milliseconds without anything new after which a mesh says what it waits for. */
const patience = 60_000;

/** One listener for all meshes: Node warns of more than ten. */
const atExit: (() => void)[] = [];

/** A mesh as the guard sees it. */
export interface Guarded {
    readonly meshName: string;
    readonly deployed: boolean;
    /** Values that the plan of a deployed mesh waits for, e.g. `hub.endpoint (index.ts:5)`. */
    readonly awaited: ReadonlySet<string>;
    /** Makes every waiting resource fail with one error. */
    fail(message: string): void;
}

/** True in `pulumi up` with the Node language host, where a program may go on after its module was loaded. */
export function underLanguageHost(): boolean {
    return /@pulumi[\\/]pulumi[\\/]cmd[\\/]run/.test(process.argv[1] ?? "");
}

/** What an operator has to know about values that do not come: nearly always they come from what waits for them. */
function awaitedValues({ awaited }: Guarded): string {
    const rule =
        "no machine or value that a mesh is declared with may be made from what the mesh plans, e.g. user data from a config; publicKey may be used";
    return `${listing([...awaited])}; ${rule}`;
}

/**
 * Fails a mesh whose program ended without `deploy()`, or before the values came that its plan waits for, by name.
 *
 * Under the language host the program has ended when the event loop is empty. In an inline Automation API program it never is:
 * the engine would wait for ever; there the program has ended when the stack's own promise settles, and values may still come.
 */
export function guardDeploy(mesh: Guarded): void {
    const forgotten = () => {
        if (!mesh.deployed) {
            mesh.fail(`mesh "${mesh.meshName}" was never deployed; call mesh.deploy() after the last declaration`);
        }
    };
    if (underLanguageHost()) {
        const unplanned = () => {
            if (mesh.awaited.size > 0) {
                mesh.fail(`mesh "${mesh.meshName}" cannot be planned without the value of ${awaitedValues(mesh)}`);
            }
        };
        if (atExit.push(forgotten, unplanned) === 2) {
            process.once("beforeExit", (code) => {
                // A program that failed before `deploy()` has said why.
                if (code === 0 && !pulumi.log.hasErrors()) {
                    atExit.forEach((check) => {
                        check();
                    });
                }
            });
        }
        return;
    }
    const stack = pulumi.runtime.getStackResource();
    stack?.outputs.apply(forgotten);
}

/**
 * Says what a mesh waits for when nothing happens for a while: for `deploy()`, e.g. when the stack's outputs wait for the mesh, or for values.
 *
 * A warning, no failure: a value may come from a slow look-up. In an inline Automation API program, which never ends by itself, it is all
 * that is said about values that never come.
 */
export class PatienceTimer {
    private timer: NodeJS.Timeout | undefined;

    /** Starts over, after every declaration and when the plan begins to wait for values. */
    public restart(mesh: Guarded): void {
        this.stop();
        const warn = () => {
            const what = mesh.deployed ? `the value of ${awaitedValues(mesh)}` : "mesh.deploy()";
            void pulumi.log.warn(`mesh "${mesh.meshName}" is still waiting for ${what}`);
        };
        this.timer = setTimeout(warn, patience).unref();
    }

    /** When it waits for nothing. */
    public stop(): void {
        clearTimeout(this.timer);
    }
}
