import * as pulumi from "@pulumi/pulumi";
import { PatienceTimer } from "../../sdk/guard";

const rule =
    "no machine or value that a mesh is declared with may be made from what the mesh plans, e.g. user data from a config; publicKey may be used";

test.each([
    ["is not deployed", false, [], 'mesh "office" is still waiting for mesh.deploy()'],
    [
        "waits for values",
        true,
        ["hub.endpoint (index.ts:5)", "hub.connection.host (index.ts:5)"],
        `mesh "office" is still waiting for the value of hub.endpoint (index.ts:5) and hub.connection.host (index.ts:5); ${rule}`,
    ],
])("a mesh that %s says so after a minute, and not after stop()", (_name, deployed, awaited, sentence) => {
    jest.useFakeTimers();
    const warn = jest.spyOn(pulumi.log, "warn").mockResolvedValue();
    const mesh = { meshName: "office", deployed, awaited: new Set(awaited), fail: () => {} };
    const [timer, stopped] = [new PatienceTimer(), new PatienceTimer()];
    timer.restart(mesh);
    stopped.restart(mesh);
    stopped.stop();
    jest.advanceTimersByTime(59_999);
    expect(warn).not.toHaveBeenCalled();
    jest.advanceTimersByTime(1);
    expect(warn.mock.calls).toEqual([[sentence]]);
    jest.useRealTimers();
    warn.mockRestore();
});
