import { randomBytes } from "node:crypto";
import * as grpc from "@grpc/grpc-js";
import { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import type { IResourceProviderServer } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as messages from "@pulumi/pulumi/proto/provider_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { type CommandInputs, decode, failures, withDefaults } from "./commandInputs";
import { messageOf } from "./dial";
import { diffResponse, onlyInputs, withIgnored } from "./diff";
import type { EngineLog } from "./engineLog";
import { execute, type Outputs } from "./execute";
import { fromStruct, toStruct, unknown } from "./wire";

/** The methods the engine calls for `command:remote:Command`; every other one answers UNIMPLEMENTED by itself. */
export type CommandProvider = Pick<
    IResourceProviderServer,
    | "getPluginInfo"
    | "checkConfig"
    | "diffConfig"
    | "configure"
    | "check"
    | "diff"
    | "create"
    | "read"
    | "update"
    | "delete"
    | "cancel"
    | "attach"
>;

/** Turns a function from request to response into a gRPC handler; what it throws is the error's text. */
function answer<Request, Response>(
    handle: (request: Request) => Response | Promise<Response>,
): grpc.handleUnaryCall<Request, Response> {
    return (call, reply) => {
        Promise.resolve(call.request)
            .then(handle)
            .then(
                (response) => reply(null, response),
                (error: unknown) => reply({ code: grpc.status.UNKNOWN, message: messageOf(error), details: messageOf(error) }),
            );
    };
}

// A URN ends in …::type::name; the type can have parents before it: "parent$type".
function typeOf(urn: string): string {
    return urn.split("::").at(-2)?.split("$").at(-1) ?? "";
}

function nameOf(urn: string): string {
    return urn.split("::").at(-1) ?? "";
}

// customTimeouts limit dialling only: a command that runs is not ended, as with the real plugin.
function deadline(seconds: number): AbortSignal {
    const controller = new AbortController();
    setTimeout(() => controller.abort(new Error("context deadline exceeded")), seconds * 1000).unref();
    return controller.signal;
}

const onlyType = "command:remote:Command";

/** The stand-in, in the real plugin's semantics (shared/reference/pulumi.md 2.2). */
export function commandProvider(log: EngineLog, version: string): CommandProvider {
    const cancelled = new AbortController();
    let sendsOldInputs = false;

    const run = (urn: string, inputs: CommandInputs, command: string, timeout: number): Promise<Outputs> => {
        const signals = timeout > 0 ? [cancelled.signal, deadline(timeout)] : [cancelled.signal];
        const status = (line: string) => void log.status(urn, line);
        return execute(inputs, command, { signal: AbortSignal.any(signals), onRetry: status, onLine: status });
    };

    return {
        getPluginInfo: answer(() => {
            const info = new PluginInfo();
            info.setVersion(version);
            return info;
        }),
        checkConfig: answer((request: messages.CheckRequest) => {
            const response = new messages.CheckResponse();
            response.setInputs(request.getNews());
            return response;
        }),
        diffConfig: answer(() => new messages.DiffResponse()),
        configure: answer(async (request: messages.ConfigureRequest) => {
            sendsOldInputs = request.getSendsOldInputs() && request.getSendsOldInputsToDelete();
            await log.info(
                "command plugin: a stand-in of pulumi-wireguard's tests plays pulumi-resource-command, which is not installed",
            );
            const response = new messages.ConfigureResponse();
            response.setAcceptsecrets(true);
            response.setSupportspreview(true);
            response.setAcceptresources(true);
            response.setAcceptoutputs(true);
            return response;
        }),
        check: answer((request: messages.CheckRequest) => {
            const response = new messages.CheckResponse();
            const inputs = fromStruct(request.getNews());
            const found =
                typeOf(request.getUrn()) === onlyType
                    ? failures(inputs)
                    : [["", `the stand-in for the command plugin has only "${onlyType}"`] as const];
            for (const [property, reason] of found) {
                const failure = new messages.CheckFailure();
                failure.setProperty(property);
                failure.setReason(reason);
                response.addFailures(failure);
            }
            response.setInputs(toStruct(withDefaults(inputs)));
            return response;
        }),
        diff: answer((request: messages.DiffRequest) => {
            const state = fromStruct(sendsOldInputs ? request.getOldInputs() : request.getOlds());
            return diffResponse(
                onlyInputs(state),
                withIgnored(request.getIgnorechangesList(), state, onlyInputs(fromStruct(request.getNews()))),
            );
        }),
        create: answer(async (request: messages.CreateRequest) => {
            const properties = fromStruct(request.getProperties());
            const inputs = decode(properties);
            const response = new messages.CreateResponse();
            response.setId(`${nameOf(request.getUrn())}${randomBytes(4).toString("hex")}`);
            const nothing = { stdout: "", stderr: "" };
            const said = request.getPreview()
                ? { stdout: unknown, stderr: unknown }
                : inputs.create === undefined
                  ? nothing
                  : await run(request.getUrn(), inputs, inputs.create, request.getTimeout());
            response.setProperties(toStruct({ ...properties, ...said }));
            return response;
        }),
        update: answer(async (request: messages.UpdateRequest) => {
            const olds = fromStruct(request.getOlds());
            const news = withIgnored(request.getIgnorechangesList(), olds, fromStruct(request.getNews()));
            const inputs = decode(news);
            const command = inputs.update ?? inputs.create;
            const said = request.getPreview()
                ? { stdout: unknown, stderr: unknown }
                : command === undefined
                  ? { stdout: olds.stdout ?? "", stderr: olds.stderr ?? "" }
                  : await run(request.getUrn(), inputs, command, request.getTimeout());
            const response = new messages.UpdateResponse();
            response.setProperties(toStruct({ ...news, ...said }));
            return response;
        }),
        delete: answer(async (request: messages.DeleteRequest) => {
            const inputs = decode(fromStruct(request.getProperties()));
            if (inputs.delete !== undefined) {
                await run(request.getUrn(), inputs, inputs.delete, request.getTimeout());
            }
            return new Empty();
        }),
        read: answer((request: messages.ReadRequest) => {
            const response = new messages.ReadResponse();
            response.setId(request.getId());
            response.setProperties(request.getProperties());
            response.setInputs(request.getInputs());
            return response;
        }),
        cancel: answer(() => {
            cancelled.abort(new Error("context canceled"));
            return new Empty();
        }),
        attach: answer(() => new Empty()),
    };
}
