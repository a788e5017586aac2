import * as path from "node:path";
import * as ts from "typescript";
import { repository } from "./support/engine/engine";

// Whoever uses the library reads its types: every export and every member of it says what it is.
const entries = ["sdk/index.ts", "provider/render/public.ts"].map((file) => path.join(repository, file));
const { config } = ts.readConfigFile(path.join(repository, "tsconfig.json"), ts.sys.readFile);
const { options } = ts.parseJsonConfigFileContent({ ...config, files: entries, include: [] }, ts.sys, repository);
const program = ts.createProgram(entries, { ...options, noEmit: true, incremental: false });
const checker = program.getTypeChecker();

interface Documented {
    readonly name: string;
    /** What an editor shows. */
    readonly text: string;
    readonly tags: readonly string[];
}

const isOurs = (node: ts.Node) => !node.getSourceFile().fileName.includes("node_modules");

function documented(name: string, symbol: ts.Symbol): Documented {
    return {
        name,
        text: ts.displayPartsToString(symbol.getDocumentationComment(checker)).trim(),
        tags: symbol.getJsDocTags().map((tag) => tag.name),
    };
}

/** The members a user sees: not those of Pulumi's classes, nor private ones. */
function membersOf(declaration: ts.Declaration): readonly ts.NamedDeclaration[] {
    const members: readonly ts.NamedDeclaration[] =
        ts.isInterfaceDeclaration(declaration) || ts.isClassDeclaration(declaration) ? [...declaration.members] : [];
    return members.filter((member) => !(ts.getCombinedModifierFlags(member) & ts.ModifierFlags.Private));
}

const all = entries.flatMap((entry) => {
    const file = program.getSourceFile(entry);
    const module = file === undefined ? undefined : checker.getSymbolAtLocation(file);
    return (module === undefined ? [] : checker.getExportsOfModule(module)).flatMap((exported) => {
        const symbol = exported.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported;
        const declarations = (symbol.declarations ?? []).filter(isOurs);
        const members = declarations.flatMap(membersOf).flatMap((member) => {
            const own = member.name === undefined ? undefined : checker.getSymbolAtLocation(member.name);
            return own === undefined ? [] : [documented(`${symbol.name}.${own.name}`, own)];
        });
        return declarations.length === 0 ? [] : [documented(symbol.name, symbol), ...members];
    });
});

test("all exports and their members are found", () => {
    expect(all.map(({ name }) => name)).toEqual(
        expect.arrayContaining(["Mesh.deploy", "RouteArgs.exclude", "Graph.mesh", "plan"]),
    );
    expect(all.length).toBeGreaterThan(200);
});

test("each says what it is", () => {
    const silent = all.filter(({ text, tags }) => text === "" && !tags.includes("internal"));
    expect(silent.map(({ name }) => name)).toEqual([]);
});

test.each(["plan", "check", "explain", "allocate", "hostFiles", "wgQuick", "nftables"])("%s has an example", (name) => {
    expect(all.find((one) => one.name === name)?.tags).toContain("example");
});

test.each([
    ...["Mesh", "Host", "WireGuardInterface", "Peer", "Route", "hubAndSpoke", "fullMesh", "siteToSite"],
    ...["HostArgs", "PeerArgs", "RouteArgs", "LanArgs", "WireGuardInterfaceArgs"],
])("%s has an example", (name) => {
    expect(all.find((one) => one.name === name)?.tags).toContain("example");
});
