import * as grpc from "@grpc/grpc-js";
import { EngineClient } from "@pulumi/pulumi/proto/engine_grpc_pb";
import { LogRequest, LogSeverity } from "@pulumi/pulumi/proto/engine_pb";

/** The engine's log: what the user sees. */
export class EngineLog {
    private readonly client: EngineClient | undefined;

    /** `address` is the plugin's first argument; without an engine (a test of the plugin alone) nothing is logged. */
    constructor(address: string | undefined) {
        this.client = address === undefined ? undefined : new EngineClient(address, grpc.credentials.createInsecure());
    }

    /** A lasting line under "Diagnostics". */
    info(message: string): Promise<void> {
        return this.write(message, "", false);
    }

    /** A line beside the resource, replaced by the next one. */
    status(urn: string, message: string): Promise<void> {
        return this.write(message, urn, true);
    }

    private write(message: string, urn: string, ephemeral: boolean): Promise<void> {
        const request = new LogRequest();
        request.setSeverity(LogSeverity.INFO);
        request.setMessage(message);
        request.setUrn(urn);
        request.setEphemeral(ephemeral);
        return new Promise((resolve) => {
            if (this.client === undefined) {
                resolve();
                return;
            }
            // An engine that has gone away needs no log.
            this.client.log(request, () => resolve());
        });
    }
}
