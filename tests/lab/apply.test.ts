import { type HostPush, payload } from "../../provider/host/payload";
import {
    type Conf,
    type ConfPeer,
    conf,
    type Keys,
    makeKeys,
    mustPush,
    onePush,
    push,
    removeMesh,
    snapshot,
} from "../host/labMesh";
import type { Finished } from "../support/lab/command";
import type { Host } from "../support/lab/host";
import { Lab } from "../support/lab/lab";
import { until } from "../support/lab/until";

// One boot for all: the tests build on each other, as the life of a mesh does.
const keys: Record<"hub" | "ann" | "bob" | "eve", Keys> = { hub: makeKeys(), ann: makeKeys(), bob: makeKeys(), eve: makeKeys() };
const psk = makeKeys().privateKey;
let lab: Lab;
let hub: Host;
let ann: Host;
let bob: Host;
let clean: string;

const annPeer: ConfPeer = { publicKey: keys.ann.publicKey, allowedIPs: ["10.0.0.2/32"], presharedKey: psk };
const bobPeer: ConfPeer = { publicKey: keys.bob.publicKey, allowedIPs: ["10.0.0.3/32"] };
const evePeer: ConfPeer = { publicKey: keys.eve.publicKey, allowedIPs: ["10.0.0.4/32"] };

function hubConf(more: Partial<Conf> = {}): string {
    return conf({
        privateKey: keys.hub.privateKey,
        address: ["10.0.0.1/24"],
        listenPort: 51820,
        peers: [annPeer, bobPeer],
        ...more,
    });
}

function clientConf(own: Keys, address: string, more: Partial<ConfPeer> = {}): string {
    const peer = { publicKey: keys.hub.publicKey, allowedIPs: ["10.0.0.0/24"], endpoint: `${hub.address}:51820`, keepalive: 25 };
    return conf({ privateKey: own.privateKey, address: [address], peers: [{ ...peer, ...more }] });
}

beforeAll(async () => {
    lab = await Lab.start();
    [hub, ann, bob] = await Promise.all([lab.boot("hub"), lab.boot("ann"), lab.boot("bob")]);
    clean = await snapshot(hub);
}, 120_000);

afterAll(async () => {
    await lab?.stop();
}, 60_000);

describe("first push", () => {
    test("brings the interface up, enabled, with 0600 files, and says so", async () => {
        const said = await mustPush(hub, onePush("hub", hubConf()));
        expect(said).toContain("wg0: started\n");
        await mustPush(ann, onePush("ann", clientConf(keys.ann, "10.0.0.2/24", { presharedKey: psk })));
        await mustPush(bob, onePush("bob", clientConf(keys.bob, "10.0.0.3/24")), "ops");
        expect(
            await hub.must(
                "systemctl is-enabled wg-quick@wg0; systemctl is-active wg-quick@wg0; stat -c %a /etc/wireguard/wg0.conf",
            ),
        ).toBe("enabled\nactive\n600\n");
        expect((await ann.ping("10.0.0.1", { count: 3 })).received).toBe(3);
        expect((await bob.ping("10.0.0.1", { count: 3 })).received).toBe(3);
    }, 60_000);

    test("again: unchanged, same start time, same files", async () => {
        const state =
            "systemctl show -p ActiveEnterTimestampMonotonic wg-quick@wg0; find /etc/wireguard /var/lib/pulumi-wireguard -printf '%p %T@\n'";
        const before = await hub.must(state);
        expect(await mustPush(hub, onePush("hub", hubConf()))).toBe("unchanged\n");
        expect(await hub.must(state)).toBe(before);
    });

    test("leaves nothing behind in /run", async () => {
        expect(
            (await hub.exec("ls /run/pulumi-wireguard; systemctl list-units --all --plain --no-legend 'pulumi*'")).stdout,
        ).toBe("");
    });
});

describe("live changes", () => {
    test("a peer is added and removed without a packet lost on another one", async () => {
        const started = await hub.must("systemctl show -p ActiveEnterTimestampMonotonic wg-quick@wg0");
        const loss = await ann.lossDuring("10.0.0.1", async () => {
            expect(await mustPush(hub, onePush("hub", hubConf({ peers: [annPeer, bobPeer, evePeer] })))).toContain("added\n");
            expect(await mustPush(hub, onePush("hub", hubConf()))).toContain("removed\n");
        });
        expect(loss).toMatchObject({ lost: 0 });
        expect(loss.sent).toBeGreaterThan(50);
        expect(await hub.must("systemctl show -p ActiveEnterTimestampMonotonic wg-quick@wg0")).toBe(started);
        expect(await hub.must("wg show wg0 peers")).not.toContain(keys.eve.publicKey);
    }, 60_000);

    test("allowed IPs grow and shrink with their routes, also for the peer's own traffic", async () => {
        const grown = { ...bobPeer, allowedIPs: ["10.0.0.3/32", "192.168.10.0/24", "fd00:8::3/128"] };
        const loss = await ann.lossDuring("10.0.0.1", () => mustPush(hub, onePush("hub", hubConf({ peers: [annPeer, grown] }))));
        expect(loss.lost).toBe(0);
        expect(await hub.must("ip route show 192.168.10.0/24; ip -6 route show fd00:8::3")).toMatch(
            /192.168.10.0\/24 dev wg0 scope link.*\nfd00:8::3 dev wg0/,
        );
        expect(await mustPush(hub, onePush("hub", hubConf()))).toContain("route 192.168.10.0/24 removed");
        expect(await hub.must("ip route show 192.168.10.0/24; ip -6 route show fd00:8::3")).toBe("");
        expect((await bob.ping("10.0.0.1")).received).toBe(3);
    }, 60_000);

    test("addresses, MTU, port, keepalive and preshared key change live", async () => {
        const started = await hub.must("systemctl show -p ActiveEnterTimestampMonotonic wg-quick@wg0");
        const changed = hubConf({
            address: ["10.0.0.9/24", "fd00::1/64"],
            mtu: 1380,
            listenPort: 51830,
            peers: [
                { ...annPeer, keepalive: 20 },
                { ...bobPeer, presharedKey: psk, allowedIPs: ["10.0.0.3/32", "172.31.0.0/16"] },
            ],
        });
        await mustPush(hub, onePush("hub", changed));
        expect(
            await hub.must(
                "cat /sys/class/net/wg0/mtu; wg show wg0 listen-port; wg show wg0 preshared-keys | grep -c none || true",
            ),
        ).toBe("1380\n51830\n0\n");
        expect(await hub.must("ip -o address show dev wg0 scope global | awk '{print $4}' | sort")).toBe(
            "10.0.0.9/24\nfd00::1/64\n",
        );
        expect(await hub.must("ip route show 172.31.0.0/16")).toContain("dev wg0");
        expect(await mustPush(hub, onePush("hub", changed))).toBe("unchanged\n");
        await mustPush(hub, onePush("hub", hubConf()));
        expect(await hub.must("ip -o address show dev wg0 scope global | awk '{print $4}'")).toBe("10.0.0.1/24\n");
        expect(await hub.must("wg show wg0 preshared-keys | grep -c none")).toBe("1\n");
        expect(await hub.must("systemctl show -p ActiveEnterTimestampMonotonic wg-quick@wg0")).toBe(started);
        expect(await mustPush(hub, onePush("hub", hubConf()))).toBe("unchanged\n");
        // Peers follow a changed port when the hub next sends.
        expect((await hub.ping("10.0.0.2")).received).toBe(3);
        expect((await ann.ping("10.0.0.1")).received).toBe(3);
    }, 60_000);

    test("a roamed endpoint is not overwritten", async () => {
        const declared = { ...bobPeer, endpoint: "198.51.100.99:5555" };
        await mustPush(hub, onePush("hub", hubConf({ peers: [annPeer, declared] })));
        expect(await hub.must("wg show wg0 endpoints")).toContain("198.51.100.99:5555");
        // Bob speaks: the kernel learns where he really is, and later pushes leave that alone.
        await until("bob to be heard", 30, async () => {
            await bob.ping("10.0.0.1", { count: 1 });
            return (await hub.must("wg show wg0 endpoints")).includes(`${bob.address}:`);
        });
        await mustPush(hub, onePush("hub", hubConf({ peers: [annPeer, declared, evePeer] })));
        expect(await hub.must("wg show wg0 endpoints")).toContain(`${bob.address}:`);
        await mustPush(hub, onePush("hub", hubConf()));
    }, 60_000);

    test("a default route needs a restart, and learnt endpoints survive it", async () => {
        const full = { ...bobPeer, allowedIPs: ["0.0.0.0/0"] };
        await ann.ping("10.0.0.1");
        expect(await mustPush(hub, onePush("hub", hubConf({ peers: [annPeer, full] })))).toContain(
            "wg0: restarted, a default route comes in\n",
        );
        expect(await hub.must("wg show wg0 endpoints")).toContain(`${ann.address}:`);
        expect((await hub.ping("10.0.0.2")).received).toBe(3);
        expect(await mustPush(hub, onePush("hub", hubConf()))).toContain("wg0: restarted, a default route goes out\n");
        expect(await hub.must("ip rule")).not.toContain("fwmark");
        expect((await hub.ping("10.0.0.2")).received).toBe(3);
    }, 60_000);

    test("hooks of the applied file run when it goes", async () => {
        const hooks = ["PostUp = touch /run/up-one", "PostDown = touch /run/down-one"];
        expect(await mustPush(hub, onePush("hub", hubConf({ extra: hooks })))).toContain("restarted, hooks");
        await mustPush(hub, onePush("hub", hubConf()));
        expect(await hub.must("ls /run/up-one /run/down-one")).toBe("/run/down-one\n/run/up-one\n");
    }, 60_000);
});

describe("drift", () => {
    test.each([
        ["device deleted", "ip link delete wg0", "wg0: started"],
        ["unit stopped", "systemctl stop wg-quick@wg0", "wg0: started"],
        ["unit disabled", "systemctl disable wg-quick@wg0", "wg0: enabled at boot"],
        ["peer removed", `wg set wg0 peer ${keys.bob.publicKey} remove`, "added"],
        ["foreign peer", `wg set wg0 peer ${keys.eve.publicKey} allowed-ips 10.0.0.44/32`, "removed"],
        ["file edited", "echo '# hm' >> /etc/wireguard/wg0.conf", "wg0: configuration file written"],
        ["MTU", "ip link set mtu 1300 dev wg0", "MTU 1300 changed to 1420"],
        ["address", "ip address delete 10.0.0.1/24 dev wg0", "addresses changed"],
        ["unit not active but device up", "systemctl stop wg-quick@wg0; wg-quick up wg0", "its unit was not active"],
    ])(
        "%s is repaired",
        async (_, command, said) => {
            await hub.must(command);
            expect(await mustPush(hub, onePush("hub", hubConf()))).toContain(said);
            expect(await mustPush(hub, onePush("hub", hubConf()))).toBe("unchanged\n");
            await until("ann to reach the hub again", 20, async () => (await ann.ping("10.0.0.1", { count: 1 })).received === 1);
        },
        60_000,
    );
});

test("after a reboot everything is there and the next push changes nothing", async () => {
    await hub.reboot();
    await until("ann to reach the hub again", 30, async () => (await ann.ping("10.0.0.1", { count: 1 })).received === 1);
    expect(await mustPush(hub, onePush("hub", hubConf()))).toBe("unchanged\n");
}, 120_000);

describe("refusals leave everything as it was", () => {
    async function refused(host: Host, what: Parameters<typeof push>[1]): Promise<string> {
        const before = await snapshot(host);
        const finished = await push(host, what);
        expect(finished.code).not.toBe(0);
        expect(finished.stderr.trimEnd().split("\n")).toHaveLength(1);
        expect(await snapshot(host)).toBe(before);
        return finished.stderr.trimEnd();
    }

    test("a route that another device has", async () => {
        await hub.must("ip route add 192.168.77.0/24 dev eth0");
        const peers = [
            { ...annPeer, keepalive: 7 },
            { ...bobPeer, allowedIPs: ["10.0.0.3/32", "192.168.77.0/24"] },
        ];
        expect(await refused(hub, onePush("hub", hubConf({ peers, mtu: 1400 })))).toBe(
            "the route 192.168.77.0/24 of wg0 on hub is already on device eth0; remove it there or choose other prefixes",
        );
        await hub.must("ip route delete 192.168.77.0/24 dev eth0");
        expect(await mustPush(hub, onePush("hub", hubConf()))).toBe("unchanged\n");
    }, 60_000);

    test("a taken port; the retry succeeds when it is free", async () => {
        await bob.must("systemd-run --unit=squatter nc -u -l 51999");
        await until("the port to be taken", 10, async () => (await bob.exec("ss -Huln 'sport = :51999' | grep -q .")).code === 0);
        const second = {
            interfaceName: "wg1",
            conf: conf({ privateKey: keys.eve.privateKey, address: ["10.5.0.1/24"], listenPort: 51999, peers: [] }),
            adopt: false,
        };
        const wanted = onePush("bob", clientConf(keys.bob, "10.0.0.3/24"));
        const both = { ...wanted, interfaces: [...wanted.interfaces, second] };
        expect(await refused(bob, both)).toMatch(
            /^UDP port 51999 of wg1 on bob is taken by process nc \(pid \d+\); stop it or choose another listenPort$/,
        );
        await bob.must("systemctl stop squatter");
        expect(await mustPush(bob, both)).toContain("wg1: started");
        expect(await mustPush(bob, wanted)).toContain("wg1: removed");
        expect(await bob.must("ls /etc/wireguard; systemctl is-enabled wg-quick@wg1 || true")).toBe("wg0.conf\ndisabled\n");
    }, 60_000);

    test("an interface of another mesh", async () => {
        expect(await refused(hub, { ...onePush("hub", hubConf()), mesh: "lab" })).toBe(
            'interface wg0 on hub belongs to mesh "office", so mesh "lab" cannot have it; give one of the two another name',
        );
    });

    test("a name that does not resolve", async () => {
        const peers = [annPeer, { ...bobPeer, endpoint: "nowhere.invalid:51820" }];
        expect(await refused(hub, onePush("hub", hubConf({ peers })))).toBe(
            'the endpoint "nowhere.invalid" of a peer of wg0 does not resolve on hub; check the name or the resolver of that host',
        );
    }, 60_000);

    test("a failing hook on a first push: nothing is left", async () => {
        const text = conf({
            privateKey: keys.eve.privateKey,
            address: ["10.6.0.1/24"],
            peers: [],
            extra: ["PostUp = echo cannot do that >&2; false"],
        });
        const said = await refused(bob, {
            ...onePush("bob", text),
            mesh: "other",
            interfaces: [{ interfaceName: "wg6", conf: text, adopt: false }],
        });
        expect(said).toContain("wg6 on bob did not start: cannot do that");
    }, 60_000);

    test("a user without sudo", async () => {
        const finished = await push(hub, onePush("hub", hubConf()), "nopass");
        expect(finished.stderr).toBe(
            "user nopass on hub cannot run bash as root without a password; allow passwordless sudo or connect as root\n",
        );
    });
});

describe("adoption", () => {
    const foreign = conf({
        privateKey: keys.eve.privateKey,
        address: ["10.7.0.1/24"],
        listenPort: 7777,
        peers: [],
        extra: ["PostDown = touch /run/foreign-down"],
    });

    test("refused without adopt, taken over with it, back on removal", async () => {
        await bob.must("cat >/etc/wireguard/wg7.conf && systemctl enable --now wg-quick@wg7", { input: foreign });
        const before = await snapshot(bob);
        const wanted = {
            interfaceName: "wg7",
            conf: conf({ privateKey: keys.eve.privateKey, address: ["10.7.0.1/24"], listenPort: 7778, peers: [] }),
            adopt: false,
        };
        const what = { ...onePush("bob", ""), mesh: "second", interfaces: [wanted] };
        const refusedPush = await push(bob, what);
        expect(refusedPush.stderr).toBe(
            '/etc/wireguard/wg7.conf on bob is not owned by mesh "second"; set adopt: true on the interface to take it over (a backup comes back when it is removed) or choose another name\n',
        );
        expect(await snapshot(bob)).toBe(before);
        const said = await mustPush(bob, { ...what, interfaces: [{ ...wanted, adopt: true }] });
        expect(said).toContain("adopted");
        expect(await bob.must("wg show wg7 listen-port; ls /run/foreign-down")).toBe("7778\n/run/foreign-down\n");
        expect(await mustPush(bob, { ...what, interfaces: [{ ...wanted, adopt: true }] })).toBe("unchanged\n");
        expect((await removeMesh(bob, "second")).code).toBe(0);
        expect(await bob.must("wg show wg7 listen-port")).toBe("7777\n");
        expect(await snapshot(bob)).toBe(before);
    }, 60_000);
});

describe("forwarding and packet filter", () => {
    const nft =
        'table inet wireguard_office\ndelete table inet wireguard_office\ntable inet wireguard_office {\n\tchain forward {\n\t\ttype filter hook forward priority filter - 5; policy accept;\n\t\tiifname "wg0" counter reject with icmpx admin-prohibited\n\t}\n}\n';
    const routed = { forward: { ipv4: true, ipv6: true }, nftables: { table: "wireguard_office", text: nft } };

    test("are set, read back, idempotent, and repaired", async () => {
        const said = await mustPush(hub, onePush("hub", hubConf(), routed));
        expect(said).toContain("packet filter: table wireguard_office loaded");
        expect(
            await hub.must(
                "cat /proc/sys/net/ipv4/ip_forward /proc/sys/net/ipv6/conf/all/forwarding /proc/sys/net/ipv6/conf/eth0/accept_ra",
            ),
        ).toBe("1\n1\n2\n");
        expect(await mustPush(hub, onePush("hub", hubConf(), routed))).toBe("unchanged\n");
        expect((await ann.ping("10.0.0.3", { count: 1 })).received).toBe(0);
        await hub.must("nft flush chain inet wireguard_office forward");
        expect(await mustPush(hub, onePush("hub", hubConf(), routed))).toContain("loaded");
        await hub.must("sysctl -w net.ipv4.ip_forward=0");
        expect(await mustPush(hub, onePush("hub", hubConf(), routed))).toContain("forwarding: net/ipv4/ip_forward set to 1\n");
    }, 60_000);

    test.each(["start", "reload", "restart", "stop"])(
        "the table is there after nftables.service was told to %s",
        async (verb) => {
            await hub.must(`systemctl ${verb} nftables`);
            expect(await hub.must("nft list tables")).toContain("wireguard_office");
        },
    );

    test("both are there after a reboot, before the tunnel", async () => {
        await hub.reboot();
        expect(await hub.must("cat /proc/sys/net/ipv4/ip_forward; nft list tables")).toContain("1\ntable inet wireguard_office");
        const order = await hub.must(
            "for unit in pulumi-wireguard-office wg-quick@wg0; do systemctl show -p ActiveEnterTimestampMonotonic --value $unit; done",
        );
        const [filter = 0, tunnel = 0] = order.trim().split("\n").map(Number);
        expect(filter).toBeGreaterThan(0);
        expect(filter).toBeLessThan(tunnel);
        expect(await mustPush(hub, onePush("hub", hubConf(), routed))).toBe("unchanged\n");
    }, 120_000);

    test("a file that wins at boot is named", async () => {
        await hub.must("echo net.ipv4.ip_forward=0 > /etc/sysctl.d/99-mine.conf");
        const finished = await push(hub, onePush("hub", hubConf(), routed));
        expect(finished.stderr).toBe(
            "forwarding would not survive a reboot of hub: /etc/sysctl.d/99-mine.conf says net.ipv4.ip_forward=0, and is read after /etc/sysctl.d/90-pulumi-wireguard-office.conf; remove that line\n",
        );
        await hub.must("rm /etc/sysctl.d/99-mine.conf");
    });

    test("a broken rule set is refused with nft's reason", async () => {
        const finished = await push(
            hub,
            onePush("hub", hubConf(), {
                ...routed,
                nftables: { table: "wireguard_office", text: "table inet x { nonsense }\n" },
            }),
        );
        expect(finished.stderr).toMatch(/^nft on hub rejects the packet filter: .*syntax error/);
    });

    test("go when they are no longer wanted", async () => {
        const said = await mustPush(hub, onePush("hub", hubConf()));
        expect(said).toContain("packet filter: table wireguard_office removed");
        expect(
            await hub.must("cat /proc/sys/net/ipv4/ip_forward; nft list tables; ls /etc/pulumi-wireguard 2>/dev/null || true"),
        ).toBe("0\n");
        await mustPush(hub, onePush("hub", hubConf(), routed));
    }, 60_000);
});

describe("the session", () => {
    test("no secret is ever in an argument list or an environment", async () => {
        // Everything that appears in /proc while a push adds, changes and removes keys, as often as the machine can look.
        const watch = hub.exec(
            `end=$((SECONDS + 4)); while ((SECONDS < end)); do cat /proc/[0-9]*/cmdline /proc/[0-9]*/environ 2>/dev/null | tr '\\0' '\\n'; done | sort -u`,
        );
        const fresh = makeKeys();
        await mustPush(hub, onePush("hub", hubConf({ peers: [annPeer, { ...bobPeer, presharedKey: fresh.privateKey }] })));
        await mustPush(hub, onePush("hub", hubConf()));
        const seen = (await watch).stdout;
        expect(seen).toContain("wg");
        for (const secret of [keys.hub.privateKey, psk, fresh.privateKey]) {
            expect(seen).not.toContain(secret);
        }
        expect(await hub.must("journalctl --no-pager -o cat")).not.toContain(psk);
    }, 60_000);

    test("a second push waits for the first and says for whom", async () => {
        await hub.must(
            `systemd-run --unit=holder bash -c "exec 9>>/run/lock/pulumi-wireguard.lock; flock 9; echo 'push of mesh \\"lab\\"' >&9; sleep 2"`,
        );
        await until(
            "the lock to be held",
            5,
            async () => (await hub.exec("flock -n /run/lock/pulumi-wireguard.lock true")).code !== 0,
        );
        expect(await mustPush(hub, onePush("hub", hubConf()))).toContain("waiting for another change on this host:");
    }, 60_000);

    test("a change that cuts the session off rolls itself back", async () => {
        // The first rule set that lets nothing out to the controller; loopback and the lab's own access do not use this path.
        const text = `table inet wireguard_office\ndelete table inet wireguard_office\ntable inet wireguard_office {\n\tchain out {\n\t\ttype filter hook output priority 0; policy accept;\n\t\tip daddr 198.51.100.1 drop\n\t}\n}\n`;
        const before = await snapshot(hub);
        const finished = await push(
            hub,
            onePush("hub", hubConf({ peers: [annPeer] }), { nftables: { table: "wireguard_office", text } }),
        );
        expect(finished.stderr).toContain("rolled back: after the change hub heard nothing");
        expect(await snapshot(hub)).toBe(before);
    }, 150_000);
});

describe("accidents", () => {
    // Ann logs in at the hub through the tunnel that the push changes.
    async function pushThroughTunnel(text: string): Promise<Finished> {
        await ann.must("cat >/root/key; chmod 600 /root/key", { input: hub.connection().privateKey });
        const ssh =
            "ssh -i /root/key -o BatchMode=yes -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o LogLevel=ERROR";
        return ann.exec(`${ssh} root@10.0.0.1 bash -s`, { input: payload(onePush("hub", text)), timeout: 200 });
    }

    test("a session through the tunnel survives its restart", async () => {
        const finished = await pushThroughTunnel(hubConf({ extra: ["PostUp = true"] }));
        expect(finished).toMatchObject({ code: 0, stderr: "" });
        expect(finished.stdout).toContain("wg0: restarted, hooks");
        expect(await pushThroughTunnel(hubConf())).toMatchObject({ code: 0 });
    }, 120_000);

    test("a push through the tunnel that takes the tunnel away is rolled back, and the same session says so", async () => {
        const finished = await pushThroughTunnel(hubConf({ peers: [bobPeer] }));
        expect(finished.code).not.toBe(0);
        expect(finished.stderr).toContain("rolled back: ");
        expect((await ann.ping("10.0.0.1")).received).toBe(3);
        expect(await mustPush(hub, onePush("hub", hubConf()))).toBe("unchanged\n");
    }, 150_000);

    async function whileSlow(accident: () => Promise<unknown>): Promise<Finished> {
        const pushing = push(hub, onePush("hub", hubConf({ extra: ["PostUp = touch /run/slow; sleep 3"] })));
        await until("the hook to run", 20, async () => (await hub.exec("test -e /run/slow")).code === 0);
        await accident();
        const finished = await pushing;
        await until("the host to be quiet", 40, async () => (await hub.exec("ls /run/pulumi-wireguard | grep -q .")).code !== 0);
        await hub.must("rm /run/slow");
        return finished;
    }

    test.each([
        ["the session is killed", "kill $(pgrep -f '^sshd: root@notty')"],
        ["the push is killed", "systemctl kill -s KILL 'pulumi-wireguard-*'"],
    ])(
        "%s in the middle: all or nothing",
        async (_, command) => {
            const before = await snapshot(hub);
            const finished = await whileSlow(() => hub.must(command));
            expect(finished.code).not.toBe(0);
            expect(await snapshot(hub)).toBe(before);
            expect(await mustPush(hub, onePush("hub", hubConf()))).toBe("unchanged\n");
        },
        120_000,
    );
});

describe("what a host lacks", () => {
    function second(): HostPush {
        const text = conf({ privateKey: keys.eve.privateKey, address: ["10.8.0.1/24"], peers: [] });
        return {
            mesh: "lacking",
            host: "bob",
            interfaces: [{ interfaceName: "wg8", conf: text, adopt: false }],
            forward: { ipv4: false, ipv6: false },
        };
    }

    test("packages are installed once dpkg is free", async () => {
        // The lab has no package mirror: this apt-get puts back what was taken away, and notes how it was called.
        await bob.must("mv /usr/bin/wg /root/wg; cat >/usr/local/bin/apt-get; chmod +x /usr/local/bin/apt-get", {
            input: '#!/bin/sh\necho "$@" >>/root/apt\ncase "$*" in *install*) cp /root/wg /usr/bin/wg ;; esac\n',
        });
        await bob.must("systemd-run --unit=busy bash -c 'exec 3>>/var/lib/dpkg/lock-frontend; sleep 3'");
        await until("the lock", 5, async () => (await bob.exec("ls -l /proc/[0-9]*/fd | grep -q dpkg/lock-frontend")).code === 0);
        const said = await mustPush(bob, second());
        expect(said).toContain(
            "waiting for another apt or dpkg to finish (at most 300 s)\ninstalling wireguard-tools iproute2\n",
        );
        expect(await bob.must("cat /root/apt")).toContain("install --no-install-recommends wireguard-tools iproute2\n");
        await bob.must("rm /usr/local/bin/apt-get /root/apt /root/wg");
        expect((await removeMesh(bob, "lacking")).code).toBe(0);
    }, 60_000);

    test("a kernel without wireguard and no wireguard-go", async () => {
        // /sys/module/wireguard is what decides; where the kernel has it, the push simply works.
        const kernelHasIt = (await bob.exec("test -d /sys/module/wireguard")).code === 0;
        await bob.must("mv /usr/bin/wireguard-go /root/");
        const finished = await push(bob, second());
        await bob.must("mv /root/wireguard-go /usr/bin/");
        expect(finished.stderr).toMatch(
            kernelHasIt
                ? /^$/
                : /^the kernel of bob \(.*\) has no wireguard module and wireguard-go is not installed; install either\n$/,
        );
        expect((await removeMesh(bob, "lacking")).code).toBe(0);
    }, 60_000);

    test("a foreign chain that drops forwarded packets is named, and accepted once it is open", async () => {
        const forwarding = { ...second(), forward: { ipv4: true, ipv6: false } };
        await bob.must("nft -f -", {
            input: "table inet mine {\n\tchain forward {\n\t\ttype filter hook forward priority 0; policy drop;\n\t}\n}\n",
        });
        const before = await snapshot(bob);
        const finished = await push(bob, forwarding);
        expect(finished.stderr).toBe(
            'the nftables chain inet mine forward on bob would drop what wg8 forwards; add at its top: iifname "wg8" accept; oifname "wg8" accept\n',
        );
        expect(await snapshot(bob)).toBe(before);
        await bob.must("nft add rule inet mine forward iifname wg8 accept; nft add rule inet mine forward oifname wg8 accept");
        await mustPush(bob, forwarding);
        expect((await removeMesh(bob, "lacking")).code).toBe(0);
        await bob.must("nft delete table inet mine");
        expect(await bob.must("cat /proc/sys/net/ipv4/ip_forward")).toBe("0\n");
    }, 60_000);
});

test("removal leaves the host as before the first push", async () => {
    const finished = await removeMesh(hub);
    expect(finished).toMatchObject({ code: 0, stderr: "" });
    expect(await snapshot(hub)).toBe(clean);
    expect((await removeMesh(hub)).code).toBe(0);
}, 60_000);
