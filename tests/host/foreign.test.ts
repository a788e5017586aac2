import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ask } from "./ask";
import { conf } from "./labMesh";

/** A host as its other firewalls show themselves; it has the tunnel wg0, to which a client connects. */
interface Shown {
    /** What `nft list ruleset` prints. */
    readonly nft?: string;
    /** What `iptables -S` prints. Unset: iptables is not installed. */
    readonly iptables?: string;
    readonly ip6tables?: string;
    /** Lines of the file of wg0 after [Interface], its peers among them. */
    readonly wg0?: readonly string[];
    /** A second interface. */
    readonly wg1?: string;
    /** Families that the host passes on. */
    readonly forward?: readonly ("ipv4" | "ipv6")[];
    readonly addresses?: readonly (4 | 6)[];
    /** @default ["eth0"] */
    readonly devices?: readonly string[];
    readonly ufw?: boolean;
    /** The zone of eth0. */
    readonly zone?: string;
}

const client = { publicKey: "A=", allowedIPs: ["10.0.0.2/32"] };
const hub = (more: object = {}) =>
    conf({ privateKey: "k", address: ["10.0.0.1/24"], listenPort: 51820, peers: [client], ...more });

// What the push would refuse with, or which chains it would open; nothing: neither.
function said(shown: Shown, wg0 = hub()): string {
    const tx = mkdtempSync(join(tmpdir(), "foreign-"));
    const {
        nft,
        iptables,
        ip6tables,
        wg1,
        forward = [],
        addresses = [4, 6],
        devices = ["eth0"],
        ufw = false,
        zone = "public",
    } = shown;
    const files = { ...(nft === undefined ? {} : { nft }), iptables, ip6tables, wg0, wg1 };
    for (const [name, text] of Object.entries(files)) {
        writeFileSync(join(tx, name.startsWith("wg") ? `${name}.conf` : name), text ?? "");
    }
    const stub = (name: string, text: string | undefined) => (text === undefined ? "" : `${name}() { cat ${tx}/${name}; }`);
    try {
        return ask(`
            tx=${tx} state=${tx} host=hub mesh=office
            mkdir $tx/interfaces; mv $tx/wg0.conf $tx/interfaces; ${wg1 === undefined ? "" : "mv $tx/wg1.conf $tx/interfaces;"}
            touch $tx/none ${forward.map((family) => `$tx/${family}`).join(" ")}
            # Those of the machine that runs this must not be asked.
            command() { if [[ $1 == -v && " nft iptables ip6tables " == *" $2 "* ]]; then declare -F "$2"; else builtin command "$@"; fi; }
            timeout() { shift; "$@"; }
            fail() { printf '%s' "$*"; exit 0; }
            wg() { :; }
            ip() { case "$*" in "route show default") echo default via 198.51.100.1 dev eth0 ;; *${addresses.map((one) => `-${one}*address`).join("*|*")}*) printf "2: %s inet x\\n" ${devices.join(" ")} ;; esac; }
            firewall-cmd() { case $1 in --get-default-zone) echo public ;; *) echo ${zone} ;; esac; }
            ufw_rules() { ${ufw}; }
            ${stub("nft", nft)}
            ${stub("iptables", iptables)}
            ${stub("ip6tables", ip6tables)}
            check_foreign_firewalls
            printf '%s' "$opening"`);
    } finally {
        rmSync(tx, { recursive: true });
    }
}

const chains = (hook: string, policy: string, rules: readonly string[], more = "", table = "inet filter") =>
    `table ${table} {\n\tchain ${hook} {\n\t\ttype filter hook ${hook} priority filter; policy ${policy};\n${rules.map((rule) => `\t\t${rule}\n`).join("")}\t}\n${more}}\n`;
const chain = (name: string, ...rules: string[]) => `\tchain ${name} {\n${rules.map((rule) => `\t\t${rule}\n`).join("")}\t}\n`;
// Of iptables, nft shows the same tables; the tool asks iptables when it sees them.
const shadow = (family: "ip" | "ip6") =>
    `${chains("input", "drop", [], "", `${family} filter`)}${chains("forward", "drop", [], "", `${family} filter`)}`.replace(
        /chain \w+/g,
        (text) => text.toUpperCase().replace("CHAIN", "chain"),
    );
const usual = ['iifname "lo" accept', "ct state established,related accept", "ct state invalid drop", "tcp dport 22 accept"];
const refusedPort =
    "the nftables chain inet filter input on hub drops what others send to UDP port 51820 of wg0; add at its top: udp dport 51820 accept";

describe("the listenPort, in chains of nftables", () => {
    test.each<[string, string, boolean]>([
        ["policy drop", chains("input", "drop", usual), false],
        [
            "policy drop, the port accepted",
            chains("input", "drop", [...usual, "udp dport 51820 counter packets 0 bytes 0 accept"]),
            true,
        ],
        ["another port accepted", chains("input", "drop", [...usual, "udp dport 51821 accept"]), false],
        ["the port of another protocol accepted", chains("input", "drop", [...usual, "tcp dport 51820 accept"]), false],
        ["in a set", chains("input", "drop", [...usual, "meta l4proto { tcp, udp } th dport { 53, 51000-52000 } accept"]), true],
        ["in a named set", chains("input", "drop", [...usual, "udp dport @open accept"]), true],
        ["from somewhere", chains("input", "drop", [...usual, "ip saddr 198.51.100.0/24 accept"]), true],
        ["by a device", chains("input", "drop", [...usual, 'iifname { "eth0", "eth1" } accept']), true],
        ["by a tunnel only", chains("input", "drop", [...usual, 'iifname "wg0" accept']), false],
        ["by any device but one", chains("input", "drop", [...usual, 'iifname != "eth1" accept']), true],
        [
            "pings and IPv6 only",
            chains("input", "drop", [...usual, "icmp type echo-request accept", "meta nfproto ipv6 accept"]),
            false,
        ],
        ["policy accept", chains("input", "accept", usual), true],
        ["policy accept, drop at the end", chains("input", "accept", [...usual, "counter drop"]), false],
        ["reject at the end", chains("input", "accept", [...usual, "reject with icmpx admin-prohibited"]), false],
        ["the port accepted before it", chains("input", "accept", [...usual, "udp dport 51820 accept", "reject"]), true],
        ["the port accepted after it", chains("input", "accept", [...usual, "drop", "udp dport 51820 accept"]), false],
        ["reset at the end, which is for TCP", chains("input", "accept", [...usual, "reject with tcp reset"]), true],
        ["a drop of too much", chains("input", "accept", ["limit rate over 5/second burst 5 packets drop"]), true],
        ["a drop of some", chains("input", "accept", ["ip saddr @blocklist drop", 'iifname "eth1" drop']), true],
        ["a rule without verdict", chains("input", "accept", ['counter comment "drop"', 'log prefix "drop " level info']), true],
        ["a limited log before a drop", chains("input", "accept", ["limit rate 1/second log", "log flags all drop"]), false],
        ["an expression that is not known, then drop", chains("input", "accept", ["osf name Linux accept", "drop"]), true],
        ["addresses of two kinds at once", chains("input", "drop", ["iifname . ip saddr { eth0 . 10.0.0.0/8 } accept"]), true],
        ["sets that an old nft -t leaves out", chains("input", "drop", ["udp dport { } accept"]), true],
        [
            "a map of states",
            chains("input", "drop", ["ct state vmap { established : accept, related : accept, invalid : drop }"]),
            false,
        ],
        ["a map of ports", chains("input", "drop", ["udp dport vmap { 53 : accept, 51820 : accept }"]), true],
        ["a named map", chains("input", "drop", ["udp dport vmap @ports"]), true],
        ["an empty map", chains("input", "drop", ["udp dport vmap { }"]), true],
        [
            "a map of devices that jumps",
            chains(
                "input",
                "drop",
                ['iifname vmap { "lo" : accept, "eth0" : jump public }'],
                chain("public", "udp dport 51820 accept"),
            ),
            true,
        ],
        [
            "a map of devices that jumps elsewhere",
            chains(
                "input",
                "drop",
                ['iifname vmap { "lo" : accept, "eth0" : jump public }'],
                chain("public", "udp dport 53 accept"),
            ),
            false,
        ],
        ["a jump", chains("input", "drop", ["jump open"], chain("open", "udp dport 51820 accept", "drop")), true],
        [
            "a jump that drops",
            chains("input", "accept", ["jump open", "accept"], chain("open", "tcp dport 1 accept", "drop")),
            false,
        ],
        ["a jump that may not be taken", chains("input", "accept", ['iifname "eth1" jump shut'], chain("shut", "drop")), true],
        [
            "a return before the drop",
            chains("input", "accept", ["jump shut"], chain("shut", "udp dport 51820 return", "drop")),
            true,
        ],
        ["a return that may happen", chains("input", "accept", ["jump shut"], chain("shut", "ip saddr @x return", "drop")), true],
        ["a goto that ends", chains("input", "accept", ["goto open", "drop"], chain("open", "tcp dport 1 accept")), true],
        ["a chain for what is not local", chains("input", "accept", ["fib daddr type local accept", "drop"]), true],
        ["a chain of IPv6 only", chains("input", "drop", usual, "", "ip6 filter"), true],
        ["a chain of bridges", chains("input", "drop", usual, "", "bridge filter"), true],
        ["forwarding only", chains("forward", "drop", usual), true],
        ["the table of another mesh", chains("input", "drop", usual, "", "inet wireguard_lab"), true],
    ])("%s", (_, nft, passes) => {
        expect(said({ nft })).toBe(passes ? "" : refusedPort);
    });

    test("is opened for IPv6 on purpose: then that is where the Endpoint is", () => {
        const four = chains("input", "drop", usual, "", "ip filter4");
        const refused = expect.stringContaining("chain ip filter4 input on hub drops");
        expect(said({ nft: four })).toEqual(refused);
        expect(said({ nft: `${four}${chains("input", "drop", usual, "", "ip6 filter6")}` })).toEqual(refused);
        expect(said({ nft: `${four}${chains("input", "drop", ["udp dport 51820 accept"], "", "ip6 filter6")}` })).toBe("");
        expect(said({ nft: four, addresses: [6] })).toBe("");
    });

    test("one device that lets it in is enough, unless it leads to the host's own containers", () => {
        const nft = chains("input", "drop", [...usual, 'iifname { "eth1", "docker0", "wg0" } accept']);
        expect(said({ nft, devices: ["eth0", "eth1@if5"] })).toBe("");
        expect(said({ nft, devices: ["eth0", "docker0", "br-0123456789ab", "wg0"] })).toBe(refusedPort);
    });

    test("of an interface that nobody connects to", () => {
        const nft = chains("input", "drop", usual);
        const server = { ...client, endpoint: "198.51.100.9:51820" };
        expect(said({ nft }, hub({ listenPort: undefined }))).toBe("");
        expect(said({ nft }, hub({ peers: [{ ...server, keepalive: 25 }] }))).toBe("");
        expect(said({ nft }, hub({ peers: [server] }))).toBe(refusedPort);
    });

    test("of a tunnel inside another one: it arrives by that", () => {
        const nft = chains("input", "drop", [...usual, "udp dport 51820 accept", 'iifname "wg0" accept']);
        const inner = (mtu: number) => hub({ listenPort: 51821, mtu });
        expect(said({ nft, wg1: inner(1340) })).toBe("");
        expect(said({ nft, wg1: inner(1420) })).toContain("drops what others send to UDP port 51821 of wg1");
    });
});

const portsOpen = "-A INPUT -p udp -m multiport --dports 51820,51821 -j ACCEPT\n";
const ufwPorts =
    "-A ufw-user-input -p udp -m udp --dport 51820 -j ACCEPT\n-A ufw-user-input -p udp -m udp --dport 51821 -j ACCEPT\n";
// iptables-services of RHEL, and the images of Oracle Cloud.
const redHat = (input = "", forward = "") => `-P INPUT ACCEPT
-P FORWARD ACCEPT
-P OUTPUT ACCEPT
-A INPUT -m state --state RELATED,ESTABLISHED -j ACCEPT
-A INPUT -p icmp -j ACCEPT
-A INPUT -i lo -j ACCEPT
-A INPUT -p tcp -m state --state NEW -m tcp --dport 22 -j ACCEPT
${input}-A INPUT -j REJECT --reject-with icmp-host-prohibited
${forward}-A FORWARD -j REJECT --reject-with icmp-host-prohibited
`;
// ufw 0.36 after `ufw enable`, without what it does for broadcasts and logging.
const ufwRules = (six: boolean, input = "", forward = "") => {
    const rules = `-P INPUT DROP
-P FORWARD DROP
-N ufw-after-input
-N ufw-before-forward
-N ufw-before-input
-N ufw-logging-deny
-N ufw-not-local
-N ufw-reject-forward
-N ufw-skip-to-policy-input
-N ufw-user-forward
-N ufw-user-input
-N ufw-user-limit
-A INPUT -j ufw-before-input
-A INPUT -j ufw-after-input
-A FORWARD -j ufw-before-forward
-A FORWARD -j ufw-reject-forward
-A ufw-after-input -p udp -m udp --dport 137 -j ufw-skip-to-policy-input
-A ufw-after-input -m addrtype --dst-type BROADCAST -j ufw-skip-to-policy-input
-A ufw-before-forward -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
-A ufw-before-forward -p icmp -m icmp --icmp-type 8 -j ACCEPT
-A ufw-before-forward -j ufw-user-forward
-A ufw-before-input -i lo -j ACCEPT
-A ufw-before-input -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
-A ufw-before-input -m conntrack --ctstate INVALID -j ufw-logging-deny
-A ufw-before-input -m conntrack --ctstate INVALID -j DROP
-A ufw-before-input -p icmp -m icmp --icmp-type 8 -j ACCEPT
-A ufw-before-input -p udp -m udp --sport 67 --dport 68 -j ACCEPT
-A ufw-before-input -j ufw-not-local
-A ufw-before-input -d 224.0.0.251/32 -p udp -m udp --dport 5353 -j ACCEPT
-A ufw-before-input -j ufw-user-input
-A ufw-logging-deny -m limit --limit 3/min --limit-burst 10 -j LOG --log-prefix "[UFW BLOCK] "
-A ufw-not-local -m addrtype --dst-type LOCAL -j RETURN
-A ufw-not-local -m addrtype --dst-type MULTICAST -j RETURN
-A ufw-not-local -m limit --limit 3/min --limit-burst 10 -j ufw-logging-deny
-A ufw-not-local -j DROP
-A ufw-skip-to-policy-input -j DROP
${forward}-A ufw-user-input -p tcp -m tcp --dport 22 -j ACCEPT
${input}-A ufw-user-limit -j REJECT --reject-with icmp-port-unreachable
`;
    return six ? rules.replaceAll("ufw-", "ufw6-") : rules;
};

describe("the listenPort, in chains of iptables", () => {
    const refused =
        "iptables on hub drops what others send to UDP port 51820 of wg0; run: iptables -I INPUT -p udp --dport 51820 -j ACCEPT (and save it: netfilter-persistent save, or service iptables save)";
    test.each<[string, string, boolean]>([
        ["iptables-services", redHat(), false],
        ["with the port", redHat("-A INPUT -p udp -m udp --dport 51820 -j ACCEPT\n"), true],
        [
            "with new connections to the port",
            redHat("-A INPUT -p udp -m state --state NEW -m udp --dport 51000:52000 -j ACCEPT\n"),
            true,
        ],
        ["with several ports", redHat("-A INPUT -p udp -m multiport --dports 53,51820 -j ACCEPT\n"), true],
        ["with any port but one", redHat("-A INPUT -p udp -m udp ! --dport 53 -j ACCEPT\n"), true],
        ["with another port", redHat("-A INPUT -p udp -m udp --dport 53 -j ACCEPT\n"), false],
        ["with a device", redHat("-A INPUT -i eth+ -j ACCEPT\n"), true],
        ["with a tunnel", redHat("-A INPUT -i wg0 -j ACCEPT\n"), false],
        ["with a source", redHat("-A INPUT -s 198.51.100.0/24 -j ACCEPT\n"), true],
        ["with an extension", redHat("-A INPUT -m set --match-set friends src -j ACCEPT\n"), true],
        [
            "with a comment that looks like a rule",
            redHat('-A INPUT -p tcp -m comment --comment "x -j ACCEPT" -j ACCEPT\n'),
            false,
        ],
        ["with a log", redHat('-A INPUT -m limit --limit 5/min -j LOG --log-prefix "dropped: " --log-level 7\n'), false],
        ["without the last rule", redHat().replace(/-A INPUT -j REJECT.*\n/, ""), true],
        ["policy drop", "-P INPUT DROP\n-P FORWARD ACCEPT\n-A INPUT -i lo -j ACCEPT\n", false],
    ])("%s", (_, iptables, passes) => {
        expect(said({ nft: shadow("ip"), iptables })).toBe(passes ? "" : refused);
    });

    test("iptables is not asked when it has no table", () => {
        expect(said({ nft: "", iptables: redHat() })).toBe("");
    });

    test("ufw: refused with the command, and accepted once that has been run", () => {
        const ufw = { nft: shadow("ip"), ufw: true };
        expect(said({ ...ufw, iptables: ufwRules(false) })).toBe(
            "ufw on hub drops what others send to UDP port 51820 of wg0; run: ufw allow 51820/udp",
        );
        for (const rule of ["-p udp -m udp --dport 51820 -j ACCEPT", "-i eth0 -p udp -m udp --dport 51820 -j ACCEPT"]) {
            expect(said({ ...ufw, iptables: ufwRules(false, `-A ufw-user-input ${rule}\n`) })).toBe("");
        }
    });
});

describe("what is forwarded", () => {
    const names = { wg1: hub({ listenPort: 51821 }), forward: ["ipv4"] as const };
    test.each<[string, Shown, string]>([
        [
            "a chain of nftables that ends in a reject",
            { nft: chains("forward", "accept", ["ct state established accept", "counter reject"]) },
            'the nftables chain inet filter forward on hub would drop what wg0 forwards; add at its top: iifname "wg0" accept; oifname "wg0" accept',
        ],
        [
            "opened for one of two",
            { nft: chains("forward", "drop", ['iifname "wg0" accept']) },
            'the nftables chain inet filter forward on hub would drop what wg1 forwards; add at its top: iifname "wg1" accept; oifname "wg1" accept',
        ],
        ["opened for both", { nft: chains("forward", "drop", ['iifname { "wg0", "wg1" } accept', 'oifname "wg*" accept']) }, ""],
        [
            "opened for a pair",
            { nft: chains("forward", "drop", ['iifname "wg0" oifname "wg1" accept', 'iifname "wg1" oifname "wg0" accept']) },
            "",
        ],
        ["opened for a protocol", { nft: chains("forward", "drop", ["udp dport 53 accept"]) }, ""],
        [
            "only other devices are rejected",
            { nft: chains("forward", "accept", ['iifname "virbr0" reject', 'oifname "virbr0" reject']) },
            "",
        ],
        ["a chain of IPv6, which is not forwarded", { nft: chains("forward", "drop", [], "", "ip6 filter") }, ""],
        ["iptables-services: opened by the push", { nft: shadow("ip"), iptables: redHat(portsOpen) }, "iptables iptables "],
        [
            "iptables' policy",
            { nft: shadow("ip"), iptables: "-P INPUT ACCEPT\n-P FORWARD DROP\n" },
            "iptables iptables iptables ",
        ],
        [
            "iptables' own table without iptables",
            { nft: chains("FORWARD", "drop", [], "", "ip filter").replace("hook FORWARD", "hook forward") },
            'the nftables chain ip filter FORWARD on hub would drop what wg0 forwards; add at its top: iifname "wg0" accept; oifname "wg0" accept',
        ],
        [
            "ufw",
            { nft: shadow("ip"), ufw: true, iptables: ufwRules(false, ufwPorts) },
            "ufw on hub would drop what wg0 forwards; run: ufw route allow in on wg0 && ufw route allow out on wg0",
        ],
        [
            "ufw, opened for one of two",
            {
                nft: shadow("ip"),
                ufw: true,
                iptables: ufwRules(false, ufwPorts, "-A ufw-user-forward -i wg0 -j ACCEPT\n"),
            },
            "ufw on hub would drop what wg1 forwards; run: ufw route allow in on wg1 && ufw route allow out on wg1",
        ],
        [
            "ufw, opened for the pair",
            {
                nft: shadow("ip"),
                ufw: true,
                iptables: ufwRules(
                    false,
                    ufwPorts,
                    "-A ufw-user-forward -i wg0 -o wg1 -j ACCEPT\n-A ufw-user-forward -i wg1 -o wg0 -j ACCEPT\n",
                ),
            },
            "",
        ],
        [
            "ufw for IPv6",
            { nft: shadow("ip6"), ufw: true, forward: ["ipv6"], ip6tables: ufwRules(true) },
            "ufw on hub would drop what wg0 forwards; run: ufw route allow in on wg0 && ufw route allow out on wg0",
        ],
        ["a host that does not forward", { nft: chains("forward", "drop", []), forward: [] }, ""],
        ["a host without nft and iptables", {}, ""],
    ])("%s", (_, shown, expected) => {
        expect(said({ ...names, ...shown })).toBe(expected);
    });
});
