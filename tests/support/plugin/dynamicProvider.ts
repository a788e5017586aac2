import { spawn } from "node:child_process";
import * as grpc from "@grpc/grpc-js";
import * as pulumi from "@pulumi/pulumi";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";

// Pulumi publishes its protocol as JavaScript without useful types; this is the part that the tests speak.
const { ResourceProviderClient } = require("@pulumi/pulumi/proto/provider_grpc_pb");
const messages = require("@pulumi/pulumi/proto/provider_pb");

type Properties = Readonly<Record<string, unknown>>;
type Reply = Readonly<Record<string, (...args: unknown[]) => { toJavaScript(): Record<string, unknown> }>> & {
    getId(): string;
    getChanges(): number;
    getReplacesList(): string[];
};

/** One dynamic provider inside the running plugin: the calls the engine makes, over gRPC. */
export interface RemoteProvider {
    check(news: Properties): Promise<Properties>;
    diff(id: string, olds: Properties, news: Properties): Promise<{ changes: "unknown" | "none" | "some"; replaces: string[] }>;
    create(inputs: Properties): Promise<{ id: string; outs: Properties }>;
    read(id: string, props: Properties): Promise<{ id: string; outs: Properties }>;
    update(id: string, olds: Properties, news: Properties): Promise<Properties>;
    delete(id: string, props: Properties): Promise<void>;
}

/** Pulumi's dynamic-provider plugin as the engine starts it. */
export interface Plugin {
    use(provider: pulumi.dynamic.ResourceProvider): Promise<RemoteProvider>;
    /** Everything the plugin wrote so far. */
    printed(): string;
    stop(): void;
}

/** Starts the plugin with `folder` as the program's folder: its node_modules must hold the library. */
export async function startPlugin(folder: string): Promise<Plugin> {
    const child = spawn(process.execPath, [require.resolve("@pulumi/pulumi/cmd/dynamic-provider"), "127.0.0.1:1"], {
        cwd: folder,
        env: { ...process.env, PULUMI_NODEJS_PROJECT: "test" },
        stdio: ["ignore", "pipe", "pipe"],
    });
    let output = "";
    const port = await new Promise<string>((resolve, reject) => {
        const collect = (chunk: Buffer) => {
            output += chunk;
            const first = /^(\d+)\n/.exec(output);
            if (first?.[1] !== undefined) {
                resolve(first[1]);
            }
        };
        child.stdout.on("data", collect);
        child.stderr.on("data", collect);
        child.once("exit", (code) => reject(new Error(`the plugin exited with ${code}: ${output}`)));
    });
    const client = new ResourceProviderClient(`127.0.0.1:${port}`, grpc.credentials.createInsecure());
    const call = (method: string, request: unknown): Promise<Reply> =>
        new Promise((resolve, reject) =>
            client[method](request, (error: Error | null, reply: Reply) => (error ? reject(error) : resolve(reply))),
        );
    const configure = new messages.ConfigureRequest();
    configure.setArgs(Struct.fromJavaScript({}));
    await call("configure", configure);
    return {
        use: async (provider) =>
            remote(call, (await pulumi.runtime.serializeFunction(() => provider, { allowSecrets: true })).text),
        printed: () => output,
        stop: () => {
            client.close();
            child.kill();
        },
    };
}

function remote(call: (method: string, request: unknown) => Promise<Reply>, text: string): RemoteProvider {
    const struct = (values: Properties) => Struct.fromJavaScript({ ...values, __provider: text } as never);
    const request = (kind: string, fields: Readonly<Record<string, unknown>>) => {
        const message = new messages[kind]();
        for (const [name, value] of Object.entries(fields)) {
            message[`set${name}`](value);
        }
        return message;
    };
    const properties = (reply: Reply, getter: "getProperties" | "getInputs") => reply[getter]?.().toJavaScript() ?? {};
    return {
        check: async (news) =>
            properties(await call("check", request("CheckRequest", { Olds: struct({}), News: struct(news) })), "getInputs"),
        diff: async (id, olds, news) => {
            const reply = await call("diff", request("DiffRequest", { Id: id, Olds: struct(olds), News: struct(news) }));
            return {
                changes: (["unknown", "none", "some"] as const)[reply.getChanges()] ?? "unknown",
                replaces: reply.getReplacesList(),
            };
        },
        create: async (inputs) => {
            const reply = await call("create", request("CreateRequest", { Properties: struct(inputs) }));
            return { id: reply.getId(), outs: properties(reply, "getProperties") };
        },
        read: async (id, props) => {
            const reply = await call("read", request("ReadRequest", { Id: id, Properties: struct(props) }));
            return { id: reply.getId(), outs: properties(reply, "getProperties") };
        },
        update: async (id, olds, news) =>
            properties(
                await call("update", request("UpdateRequest", { Id: id, Olds: struct(olds), News: struct(news) })),
                "getProperties",
            ),
        delete: async (id, props) => {
            await call("delete", request("DeleteRequest", { Id: id, Properties: struct(props) }));
        },
    };
}
