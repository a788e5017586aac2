import * as pulumi from "@pulumi/pulumi";

/** Milliseconds without a new declaration after which a mesh that is not deployed says so. */
const patience = 60_000;

/** One listener for all meshes: Node warns of more than ten. */
const atExit: (() => void)[] = [];

/** A mesh as the guard sees it. */
export interface Guarded {
    readonly meshName: string;
    readonly deployed: boolean;
    /** Makes every waiting resource fail with one error. */
    fail(message: string): void;
}

/** True in `pulumi up` with the Node language host, where a program may go on after its module was loaded. */
export function underLanguageHost(): boolean {
    return /@pulumi[\\/]pulumi[\\/]cmd[\\/]run/.test(process.argv[1] ?? "");
}

/**
 * Fails a mesh whose program ended without `deploy()`, by name.
 *
 * Under the language host the program has ended when the event loop is empty. In an inline Automation API program it never is:
 * the engine would wait for ever; there the program has ended when the stack's own promise settles.
 */
export function guardDeploy(mesh: Guarded): void {
    const forgotten = () => {
        if (!mesh.deployed) {
            mesh.fail(`mesh "${mesh.meshName}" was never deployed; call mesh.deploy() after the last declaration`);
        }
    };
    if (underLanguageHost()) {
        if (atExit.push(forgotten) === 1) {
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

/** Says that a mesh waits for `deploy()` when nothing was declared for a while, e.g. when the stack's outputs wait for the mesh. */
export class PatienceTimer {
    private timer: NodeJS.Timeout | undefined;

    /** Starts over, after every declaration. */
    public restart(mesh: Guarded): void {
        this.stop();
        const warn = () => void pulumi.log.warn(`mesh "${mesh.meshName}" is still waiting for mesh.deploy()`);
        this.timer = setTimeout(warn, patience).unref();
    }

    /** After `deploy()`. */
    public stop(): void {
        clearTimeout(this.timer);
    }
}
