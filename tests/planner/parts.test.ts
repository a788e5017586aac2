import { formatPrefix, parsePrefix } from "../../provider/planner";
import { parts } from "../../provider/planner/parts";

const read = (text: string) => parsePrefix(text) ?? fail(text);

test.each<[string, readonly string[], readonly string[]]>([
    ["10.0.0.0/24", [], ["10.0.0.0/24"]],
    ["10.0.0.0/24", ["10.0.0.0/24", "10.0.0.0/8", "10.0.1.0/25", "fd00::/8"], ["10.0.0.0/24"]],
    ["10.0.0.0/24", ["10.0.0.128/25"], ["10.0.0.0/25", "10.0.0.128/25"]],
    ["10.0.0.0/30", ["10.0.0.2/31", "10.0.0.3/32"], ["10.0.0.0/31", "10.0.0.2/32", "10.0.0.3/32"]],
    // Nothing is left of the whole when its halves have rules of their own.
    ["10.0.0.0/24", ["10.0.0.0/25", "10.0.0.128/25"], ["10.0.0.0/25", "10.0.0.128/25"]],
    ["fd00::/126", ["fd00::1/128"], ["fd00::/128 fd00::2/127", "fd00::1/128"]],
])("areas of %s with rules about %j", (whole, rules, areas) => {
    expect(parts(read(whole), rules.map(read)).map((area) => area.map(formatPrefix).join(" "))).toEqual(areas);
});

function fail(text: string): never {
    throw new Error(`${text} is no prefix`);
}
