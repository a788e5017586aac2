import type { Failure } from "../failure";
import type { Expectation } from "../graph";
import type { Declarations } from "./declarations";
import { endLabel, expectationLabel } from "./labels";
import { sameEnd } from "./routes";
import { declaredAt, fail, show } from "./text";

/** Ports belong to tcp and udp. */
export function portsOfProtocols({ graph }: Declarations): Failure[] {
    return graph.expectations.flatMap((expectation) => {
        const reason = portWithoutProtocol(expectation);
        return reason === undefined ? [] : [fail(`${expectationLabel(expectation)}.port`, expectation, reason)];
    });
}

/** Why a question has a port that no packet of its protocol has; the same sentence wherever packets are asked about. */
export function portWithoutProtocol({ protocol, port }: Pick<Expectation, "protocol" | "port">): string | undefined {
    if (port === undefined || protocol === "tcp" || protocol === "udp") {
        return undefined;
    }
    const rule = `a port needs protocol "tcp" or "udp"`;
    return protocol === undefined
        ? `${rule}, but no protocol is given with port ${port}`
        : `${rule}, ${show(protocol)} has no ports; leave port ${port} out`;
}

/** What is expected between a place and itself is always true or always false, so it tests nothing. */
export function differentExpectedEnds({ graph }: Declarations): Failure[] {
    return graph.expectations.flatMap((expectation) =>
        sameEnd(expectation.from, expectation.to) && expectation.from.kind !== "network"
            ? [
                  fail(
                      expectationLabel(expectation),
                      expectation,
                      `from and to are both ${endLabel(expectation.to)}; name two places`,
                  ),
              ]
            : [],
    );
}

/** The same flow cannot be expected to pass and to be dropped. */
export function consistentExpectations({ graph }: Declarations): Failure[] {
    const reach = new Map<string, Expectation>();
    for (const expectation of graph.expectations.filter(({ kind }) => kind === "reach")) {
        reach.set(flow(expectation), expectation);
    }
    return graph.expectations
        .filter(({ kind }) => kind === "deny")
        .flatMap((deny) => {
            const other = reach.get(flow(deny));
            return other === undefined
                ? []
                : [
                      fail(
                          expectationLabel(deny),
                          deny,
                          `contradicts ${expectationLabel(other)}${declaredAt(other)}: one flow cannot both pass and be dropped`,
                      ),
                  ];
        });
}

function flow({ from, to, protocol, port }: Expectation): string {
    return JSON.stringify([endLabel(from), endLabel(to), protocol, port]);
}
