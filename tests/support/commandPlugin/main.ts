import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as grpc from "@grpc/grpc-js";
import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb";
import { repository } from "../engine/engine";
import { EngineLog } from "./engineLog";
import { commandProvider } from "./provider";

// Started by bin/pulumi-resource-command, itself by the engine, with the engine's address as argument. The protocol of every plugin: serve on a free
// port and print it as the first line.
const address = process.argv.slice(2).find((argument) => !argument.startsWith("-"));
const manifest = JSON.parse(readFileSync(join(repository, "node_modules/@pulumi/command/package.json"), "utf8")) as {
    version: string;
};
// The engine's own limit: a state with many hosts is one message.
const limit = 400 * 1024 * 1024;
const server = new grpc.Server({ "grpc.max_receive_message_length": limit, "grpc.max_send_message_length": limit });
server.addService(ResourceProviderService, { ...commandProvider(new EngineLog(address), manifest.version) });
server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) => {
    if (error !== null) {
        throw error;
    }
    process.stdout.write(`${port}\n`);
});
