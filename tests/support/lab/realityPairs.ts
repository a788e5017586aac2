import { isFirst, pairs } from "../oracle/check";
import { flow, type Service } from "../oracle/flow";
import { unboundEnd } from "../oracle/unbound";
import { type End, endName, type World } from "../oracle/world";
import { type Running, stationOf } from "./reality";
import type { Foretold } from "./realityGraphs";
import { ask } from "./realityNet";
import type { Probe, ProbeAnswer } from "./realityProbe";
import type { Station } from "./station";

/** One question that oracle and lab both answer. */
export interface Question {
    readonly from: End;
    readonly to: End;
    readonly service: Service;
    /** True when nobody chooses the source: `from` has the one that the oracle says the kernel takes. */
    readonly isUnbound?: true;
    /** The oracle's answer. */
    readonly foretold: boolean;
}

/** A question with two answers. */
export interface Mismatch {
    readonly question: Question;
    /** The lab's answer in words. */
    readonly said: string;
}

export interface Comparison {
    readonly pairs: number;
    readonly asked: readonly Question[];
    readonly mismatches: readonly Mismatch[];
}

/**
 * Every pair of the oracle but two kinds: the internet's addresses among themselves (one machine has them all), and pings to an address that
 * two LANs have (whoever answers a ping does not say its name; TCP does).
 */
export function questionsOf({ world, ports }: Foretold): Question[] {
    const questions: Question[] = [];
    const owners = (end: End) => world.ends.filter((each) => each.address.text === end.address.text).length;
    for (const [index, port] of ports.entries()) {
        for (const { from, to, ping, tcp } of pairs(world, port)) {
            if (from.kind === "internet" && to.kind === "internet") continue;
            const isNamed = owners(from) === 1 && owners(to) === 1;
            if (index === 0 && isNamed) questions.push({ from, to, service: { protocol: "icmp", port: 0 }, foretold: ping });
            questions.push({ from, to, service: { protocol: "tcp", port }, foretold: tcp });
        }
    }
    return [...questions, ...unboundQuestions(world, ports)];
}

/** What a managed host sends without a source to whatever a tunnel leads to. */
function unboundQuestions(world: World, ports: readonly number[]): Question[] {
    const services: Service[] = [{ protocol: "icmp", port: 0 }, ...ports.map((port): Service => ({ protocol: "tcp", port }))];
    const isOnly = (end: End) => world.ends.filter((each) => each.address.text === end.address.text).length === 1;
    return [...world.boxes.values()]
        .filter((box) => box.managed)
        .flatMap((box) =>
            world.ends.filter(isOnly).flatMap((to) => {
                const from = unboundEnd(world, box, to);
                if (from === undefined || (to.kind === "lan" && !isFirst(world, to))) return [];
                return services.map(
                    (service): Question => ({ from, to, service, isUnbound: true, foretold: flow(world, from, to, service).ok }),
                );
            }),
        );
}

/**
 * Asks the lab what the oracle foretold. First one end of every Peer pings the other: when both ends of a link send their first handshake in
 * the same moment, neither answer counts (a peer has one handshake state, and consuming a message replaces it), and both wait 5 s; seen in
 * half of the tries with two wireguard-go side by side. Then the rest of what must work, and last what must not.
 */
export async function compare(running: Running, foretold: Foretold): Promise<Comparison> {
    const questions = questionsOf(foretold);
    const links = new Set((running.graph.peers ?? []).map(({ between }) => between.join(" ")));
    const opensLink = ({ from, to, service }: Question) =>
        service.protocol === "icmp" &&
        from.kind === "interface" &&
        to.kind === "interface" &&
        links.has(`${from.interface} ${to.interface}`);
    const rounds = [
        questions.filter((each) => each.foretold && opensLink(each)),
        questions.filter((each) => each.foretold && !opensLink(each)),
        questions.filter((each) => !each.foretold),
    ];
    const mismatches: Mismatch[] = [];
    for (const round of rounds) mismatches.push(...(await askAll(running, foretold.world, round)));
    return {
        pairs: new Set(questions.map(({ from, to }) => `${endName(from)} ${endName(to)}`)).size,
        asked: questions,
        mismatches,
    };
}

async function askAll(running: Running, world: World, questions: readonly Question[]): Promise<Mismatch[]> {
    const byStation = new Map<Station, Probe[]>();
    questions.forEach((question, id) => {
        const station = stationOf(running, question.from);
        byStation.set(station, [...(byStation.get(station) ?? []), probeOf(world, question, id)]);
    });
    const answers = await Promise.all([...byStation].map(([station, probes]) => ask(station, probes)));
    return answers.flat().flatMap((answer) => judge(running, questions[answer.id], answer));
}

function judge(running: Running, question: Question | undefined, answer: ProbeAnswer): Mismatch[] {
    if (question === undefined) throw new Error(`answer ${answer.id} has no question`);
    const isRight = question.service.protocol === "icmp" || answer.said === stationOf(running, question.to).name;
    return (answer.ok && isRight) === question.foretold
        ? []
        : [{ question, said: `${answer.ok ? "answered" : "no answer"}: ${answer.said.replaceAll(/\s+/g, " ")}` }];
}

function probeOf(world: World, { from, to, service, isUnbound, foretold }: Question, id: number): Probe {
    // What must work may need a handshake first, whose packets are repeated after five seconds when one is lost.
    const source = isUnbound === true ? {} : { from: from.address.text };
    const common = { id, ...source, to: to.address.text, patience: foretold ? 20 : 0 };
    if (service.protocol === "tcp") return { ...common, kind: "tcp", port: service.port };
    return { ...common, kind: "ping", ...(foretold ? { full: fullSize(world, from, to, service) } : {}) };
}

/** Payload of a ping that fills the first tunnel on its way, as the oracle's second packet does; an Ethernet device has no more than 1500. */
function fullSize(world: World, from: End, to: End, service: Service): number {
    const first = flow(world, from, to, service).hops.find((hop) => hop.tunnel !== undefined)?.tunnel;
    const isEthernet = from.kind !== "interface" || to.kind !== "interface";
    return Math.min(first?.conf.mtu ?? 1420, isEthernet ? 1500 : 65535) - (to.address.family === 4 ? 28 : 48);
}

/** One line on a mismatch, with the oracle's reason. */
export function mismatchText(world: World, { question, said }: Mismatch): string {
    const { from, to, service, isUnbound } = question;
    const result = flow(world, from, to, service);
    const path = result.hops.map((hop) => `${hop.host} (${hop.input ?? "-"} > ${hop.output ?? "-"})`).join(", ");
    const oracle = result.ok ? "works" : `dropped at ${result.at}: ${result.reason}`;
    return `${isUnbound === true ? "unbound: " : ""}${endName(from)} -> ${endName(to)} ${service.protocol}/${service.port}: oracle: ${oracle}, by ${path}; lab: ${said}`;
}
