import * as fc from "fast-check";
import {
    comparePrefixes,
    contains,
    equals,
    formatAddress,
    formatPrefix,
    hasHostBits,
    hostOf,
    isHost,
    lastAddress,
    masked,
    overlaps,
    type Prefix,
    parseAddress,
    parsePrefix,
    prefixProblem,
    subtract,
} from "../../provider/planner";

function prefix(text: string): Prefix {
    const found = parsePrefix(text);
    if (found === undefined) throw new Error(`"${text}" is no prefix`);
    return found;
}

// RFC 5952 sections 4 and 5 for the IPv6 rows.
test.each([
    ["10.0.0.1/24", "10.0.0.1/24"],
    ["255.255.255.255/32", "255.255.255.255/32"],
    ["0.0.0.0/0", "0.0.0.0/0"],
    ["::/0", "::/0"],
    ["2001:0DB8:0:0:0:0:0:1/64", "2001:db8::1/64"],
    ["2001:db8:0:1:1:1:1:1/128", "2001:db8:0:1:1:1:1:1/128"],
    ["2001:0:0:1:0:0:0:1/64", "2001:0:0:1::1/64"],
    ["2001:db8:0:0:1:0:0:1/64", "2001:db8::1:0:0:1/64"],
    ["::ffff:192.0.2.1/128", "::ffff:c000:201/128"],
    ["1::/16", "1::/16"],
    ["::1/128", "::1/128"],
])("%s is written %s", (text, canonical) => {
    expect(formatPrefix(prefix(text))).toBe(canonical);
});

test.each([
    ["10.0.0.1", 'needs a prefix length, for example "10.0.0.1/32"'],
    ["10.0.0.1/33", "needs a prefix length of 0-32 in plain digits"],
    ["10.0.0.1/024", "needs a prefix length of 0-32 in plain digits"],
    ["10.0.0.1/", "needs a prefix length of 0-32 in plain digits"],
    ["fd00::1/129", "needs a prefix length of 0-128 in plain digits"],
    ["10.0.0.01/24", "is not an IPv4 or IPv6 address with a prefix length"],
    ["10.0.0/24", "is not an IPv4 or IPv6 address with a prefix length"],
    ["10.0.0.256/24", "is not an IPv4 or IPv6 address with a prefix length"],
    ["1::2::3/64", "is not an IPv4 or IPv6 address with a prefix length"],
    ["1:2:3:4:5:6:7:8::/64", "is not an IPv4 or IPv6 address with a prefix length"],
    ["1:2:3:4:5:6:7/64", "is not an IPv4 or IPv6 address with a prefix length"],
    ["12345::/64", "is not an IPv4 or IPv6 address with a prefix length"],
    [":1::/64", "is not an IPv4 or IPv6 address with a prefix length"],
    ["fe80::1%eth0/64", "is not an IPv4 or IPv6 address with a prefix length"],
    ["::1.2.3.4:5/64", "is not an IPv4 or IPv6 address with a prefix length"],
    [" 10.0.0.0/24", "is not an IPv4 or IPv6 address with a prefix length"],
    ["", "is not an IPv4 or IPv6 address with a prefix length"],
])('"%s" %s', (text, problem) => {
    expect(parsePrefix(text)).toBeUndefined();
    expect(prefixProblem(text)).toBe(problem);
});

test.each([
    ["10.0.0.1/24", "10.0.0.0/24", true],
    ["10.0.0.0/24", "10.0.0.0/24", false],
    ["255.255.255.255/1", "128.0.0.0/1", true],
    ["fd00::1/64", "fd00::/64", true],
    ["fd00::/0", "::/0", true],
    ["10.0.0.1/32", "10.0.0.1/32", false],
])("%s masks to %s", (text, network, host) => {
    expect(formatPrefix(masked(prefix(text)))).toBe(network);
    expect(hasHostBits(prefix(text))).toBe(host);
});

test.each([
    ["10.0.0.0/24", "10.0.0.255"],
    ["0.0.0.0/0", "255.255.255.255"],
    ["10.0.0.4/30", "10.0.0.7"],
    ["fd00::/120", "fd00::ff"],
])("%s ends at %s", (text, last) => {
    expect(formatAddress(lastAddress(prefix(text)))).toBe(last);
});

test.each([
    ["10.0.0.0/24", "10.0.0.0/24", true, true],
    ["10.0.0.0/16", "10.0.1.0/24", true, false],
    ["10.0.0.0/24", "10.0.1.0/24", false, false],
    ["0.0.0.0/0", "fd00::/8", false, false],
    ["::/0", "fd00::1/128", true, false],
    ["128.0.0.0/1", "255.0.0.0/8", true, false],
])("%s contains %s: %s", (outer, inner, does, back) => {
    expect(contains(prefix(outer), prefix(inner))).toBe(does);
    expect(contains(prefix(inner), prefix(outer))).toBe(back);
    expect(overlaps(prefix(inner), prefix(outer))).toBe(does || back);
});

test("lists sort by family, address, length", () => {
    const sorted = ["fd00::/64", "10.0.1.0/24", "10.0.0.0/24", "10.0.0.0/16", "::/0", "9.0.0.0/8"]
        .map(prefix)
        .sort(comparePrefixes);
    expect(sorted.map(formatPrefix)).toEqual(["9.0.0.0/8", "10.0.0.0/16", "10.0.0.0/24", "10.0.1.0/24", "::/0", "fd00::/64"]);
});

test("a split tunnel is the fewest prefixes around the hole", () => {
    expect(subtract([prefix("0.0.0.0/0")], [prefix("10.0.0.0/8")]).map(formatPrefix)).toEqual([
        "0.0.0.0/5",
        "8.0.0.0/7",
        "11.0.0.0/8",
        "12.0.0.0/6",
        "16.0.0.0/4",
        "32.0.0.0/3",
        "64.0.0.0/2",
        "128.0.0.0/1",
    ]);
    expect(subtract([prefix("10.0.0.0/24")], [prefix("10.0.0.0/16")])).toEqual([]);
});

const anyPrefix = fc.oneof(
    fc.tuple(fc.nat(2 ** 32 - 1), fc.nat(32)).map(([bits, length]): Prefix => ({ family: 4, bits, length })),
    fc.tuple(fc.bigInt(0n, 2n ** 128n - 1n), fc.nat(128)).map(([bits, length]): Prefix => ({ family: 6, bits, length })),
);

test("every prefix survives being written and read", () => {
    fc.assert(fc.property(anyPrefix, (one) => equals(prefix(formatPrefix(one)), one)));
    fc.assert(
        fc.property(anyPrefix, (one) => {
            const address = parseAddress(formatAddress(one));
            return address !== undefined && isHost(address) && equals(address, hostOf(one));
        }),
    );
});

test("what is left after subtracting, and what was taken, are apart and together the whole", () => {
    const size = (one: Prefix) => 2n ** BigInt((one.family === 4 ? 32 : 128) - one.length);
    fc.assert(
        fc.property(fc.nat(2 ** 32 - 1), fc.integer({ min: 1, max: 32 }), (bits, length) => {
            const hole = masked({ family: 4, bits, length });
            const rest = subtract([{ family: 4, bits: 0, length: 0 }], [hole]);
            return (
                rest.every((one) => !overlaps(one, hole)) && rest.reduce((sum, one) => sum + size(one), size(hole)) === 2n ** 32n
            );
        }),
    );
});
