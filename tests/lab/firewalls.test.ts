import type { HostPush } from "../../provider/host/payload";
import { conf, makeKeys, mustPush, onePush, push, removeMesh, snapshot } from "../host/labMesh";
import { install } from "../support/lab/debs";
import type { Host } from "../support/lab/host";
import { Lab } from "../support/lab/lab";

// A hub behind the firewalls that distributions bring, as they are once they are switched on. Ann is on its wg0, bob on its wg1.
const keys = { wg0: makeKeys(), wg1: makeKeys(), ann: makeKeys(), bob: makeKeys() };
let lab: Lab;
let hub: Host;
let ann: Host;
let bob: Host;

const member = (name: "ann" | "bob", nth: 0 | 1): HostPush => {
    const server = {
        publicKey: keys[`wg${nth}`].publicKey,
        allowedIPs: ["10.0.0.0/23"],
        endpoint: `${hub.address}:5182${nth}`,
        keepalive: 25,
    };
    return onePush(name, conf({ privateKey: keys[name].privateKey, address: [`10.0.${nth}.2/24`], peers: [server] }));
};
const side = (nth: 0 | 1, publicKey: string) => ({
    interfaceName: `wg${nth}`,
    conf: conf({
        privateKey: keys[`wg${nth}`].privateKey,
        address: [`10.0.${nth}.1/24`],
        listenPort: 51820 + nth,
        peers: [{ publicKey, allowedIPs: [`10.0.${nth}.2/32`] }],
    }),
    adopt: false,
});
const wanted: HostPush = {
    mesh: "office",
    host: "hub",
    interfaces: [side(0, keys.ann.publicKey), side(1, keys.bob.publicKey)],
    forward: { ipv4: true, ipv6: true },
};
const both = async () => [(await ann.ping("10.0.1.2", { wait: 6 })).received, (await bob.ping("10.0.0.2", { wait: 6 })).received];
const port = (nth: 0 | 1) => `drops what others send to UDP port 5182${nth} of wg${nth}`;

beforeAll(async () => {
    lab = await Lab.start();
    [hub, ann, bob] = await Promise.all([lab.boot("hub", { address6: "2001:db8:51::10" }), lab.boot("ann"), lab.boot("bob")]);
    await Promise.all([mustPush(ann, member("ann", 0)), mustPush(bob, member("bob", 1)), install(lab, hub, "ufw", "firewalld")]);
    await hub.must("systemctl disable --now firewalld");
}, 180_000);
afterAll(() => lab?.stop());

describe.each([
    {
        firewall: "ufw",
        on: "ufw allow 22/tcp && ufw --force enable",
        off: "ufw --force reset; systemctl restart nftables",
        reload: "ufw reload",
        refusals: [
            ["ufw", port(0), "ufw allow 51820/udp"],
            ["ufw", port(1), "ufw allow 51821/udp"],
            ["ufw", "would drop what wg0 forwards", "ufw route allow in on wg0 && ufw route allow out on wg0"],
        ],
        says: "",
    },
    {
        firewall: "firewalld, the uplink in a zone that is not the default one",
        on: "systemctl start firewalld; firewall-cmd --permanent --zone=work --add-interface=eth0; firewall-cmd --reload",
        off: "systemctl stop firewalld",
        reload: "firewall-cmd --reload",
        refusals: [
            ["firewalld", port(0), "firewall-cmd --permanent --zone=work --add-port=51820/udp && firewall-cmd --reload"],
            ["firewalld", port(1), "firewall-cmd --permanent --zone=work --add-port=51821/udp && firewall-cmd --reload"],
            ...["wg0", "wg1"].map((name) => [
                "firewalld",
                `would drop what ${name} forwards`,
                `firewall-cmd --permanent --zone=trusted --add-interface=${name} && firewall-cmd --reload`,
            ]),
        ],
        says: "",
    },
    {
        firewall: "iptables that ends in a reject, as RHEL and the images of Oracle Cloud have it",
        on: `for hook in INPUT FORWARD; do iptables -A $hook -m state --state RELATED,ESTABLISHED -j ACCEPT; done
            iptables -A INPUT -p tcp -m state --state NEW -m tcp --dport 22 -j ACCEPT
            for hook in INPUT FORWARD; do iptables -A $hook -j REJECT --reject-with icmp-host-prohibited; done`,
        off: "for hook in INPUT FORWARD; do iptables -F $hook; done",
        reload: "true",
        refusals: ([0, 1] as const).map((nth) => [
            "iptables",
            port(nth),
            `iptables -I INPUT -p udp --dport 5182${nth} -j ACCEPT (and save it: netfilter-persistent save, or service iptables save)`,
        ]),
        // FORWARD is opened by the push itself.
        says: "wg1: FORWARD of iptables opened (-o wg1)\n",
    },
])("$firewall", ({ on, off, reload, refusals, says }) => {
    test("the push refuses before it changes anything, and goes through once what it says has been run", async () => {
        await hub.must(on);
        const before = await snapshot(hub);
        for (const [whose, what, command = ""] of refusals) {
            expect((await push(hub, wanted)).stderr).toBe(`${whose} on hub ${what}; run: ${command}\n`);
            if (what === refusals[0]?.[1]) {
                expect(await snapshot(hub)).toBe(before);
            }
            await hub.must(command.replace(/ \(and .*/, ""));
        }
        expect(await mustPush(hub, wanted)).toContain(says);
        // The hub is new: its clients would find that out only after 15 s.
        await Promise.all([ann, bob].map((one) => one.must("systemctl restart wg-quick@wg0")));
        expect(await both()).toEqual([3, 3]);
        expect(await mustPush(hub, wanted)).toBe("unchanged\n");
    }, 90_000);

    test("its next start leaves that in force, and what it was not told to open is closed", async () => {
        await hub.must(reload);
        expect(await both()).toEqual([3, 3]);
        const listener = await hub.listen(8080);
        expect(await lab.controller.connects(hub.address, 8080)).toBe(false);
        await listener.close();
    }, 60_000);

    afterAll(async () => {
        expect(await removeMesh(hub)).toMatchObject({ code: 0, stderr: "" });
        await hub.must(off);
    }, 60_000);
});
