import * as pulumi from "@pulumi/pulumi";
import type { Graph } from "../../provider/planner";
import { Mesh } from "../../sdk";

/** What a program made under Pulumi's mocks. */
export interface MockRun<T> {
    /** What the program gave back, outputs resolved. */
    readonly result: T;
    /** The graphs that its meshes keep in the stack's state, by mesh. */
    readonly graphs: ReadonlyMap<string, Graph>;
    /** The `.conf` texts of a preview, by interface. */
    readonly confs: ReadonlyMap<string, string>;
}

interface KeepsOutputs {
    registerOutputs(outputs: pulumi.Inputs): void;
}

/** Keys made of names, so that a golden file says whose they are. */
const key = (name: string) => Buffer.from(name.padEnd(32, ".")).toString("base64");

/** Runs a program under Pulumi's mocks, to its end. Throws what a mesh of it fails with. */
export async function underMocks<T>(
    program: () => pulumi.Input<T>,
    { project = "project", config = {} }: { readonly project?: string; readonly config?: Record<string, string> } = {},
): Promise<MockRun<T>> {
    const graphs = new Map<string, Graph>();
    const confs = new Map<string, string>();
    let result: T | undefined;
    await pulumi.runtime.setMocks(
        {
            newResource: ({ type, name, inputs }) => {
                if (type.endsWith(":WireGuardInterface")) {
                    confs.set(name, inputs.conf);
                }
                const keys = type.endsWith(":KeyPair")
                    ? { privateKey: key(`private ${name}`), publicKey: key(`public ${name}`) }
                    : {};
                return { id: name, state: { ...inputs, ...keys } };
            },
            call: () => ({}),
        },
        project,
        "stack",
    );
    pulumi.runtime.setAllConfig(config);
    // Mocks do not show what a component keeps in the state.
    const keeper = pulumi.ComponentResource.prototype as unknown as KeepsOutputs;
    const kept = jest.spyOn(keeper, "registerOutputs").mockImplementation(({ graph } = {}) => {
        pulumi.output(graph).apply((one: Graph | undefined) => one !== undefined && graphs.set(one.mesh, one));
    });
    // A wrong graph rejects an output nobody here waits for, which would end Node and all tests with it.
    const fail = jest.spyOn(Mesh.prototype, "fail");
    const failed = new Promise<never>((_resolve, reject) => fail.mockImplementation((text) => reject(new Error(text))));
    try {
        const run = pulumi.runtime.runInPulumiStack(async () => {
            pulumi.output(program()).apply((made) => {
                result = made as T;
            });
        });
        await Promise.race([run.then(() => pulumi.runtime.disconnect()), failed]);
    } finally {
        kept.mockRestore();
        fail.mockRestore();
    }
    return { result: result as T, graphs, confs };
}
