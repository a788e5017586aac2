import { endpointText } from "../../sdk/endpoint";

test.each([
    ["a name", "wireguard.example.com", 51820, "wireguard.example.com:51820"],
    ["an IPv4 address", "198.51.100.10", 51820, "198.51.100.10:51820"],
    ["an IPv6 address", "2001:db8::1", 51820, "[2001:db8::1]:51820"],
    ["an IPv6 address in brackets", "[2001:db8::1]", 51820, "[2001:db8::1]:51820"],
    ["a port of its own", "198.51.100.10:4500", 51820, "198.51.100.10:4500"],
    ["an IPv6 address with a port of its own", "[2001:db8::1]:4500", 51820, "[2001:db8::1]:4500"],
])("%s as wg(8) reads an endpoint", (_name, value, listenPort, expected) => {
    expect(endpointText(value, listenPort)).toBe(expected);
});
