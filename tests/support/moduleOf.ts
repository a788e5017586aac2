import * as ts from "typescript";

/** What a TypeScript module exports, run with another module's `require`. Its types are looked at elsewhere. */
export function moduleOf(source: string, require: NodeJS.Require): Record<string, unknown> {
    const { outputText } = ts.transpileModule(source, {
        compilerOptions: { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022, esModuleInterop: true },
    });
    const exports: Record<string, unknown> = {};
    new Function("require", "exports", outputText)(require, exports);
    return exports;
}
