import * as path from "node:path";

/** The library's own folders, compiled and (under source maps) as written: frames in them are not where the user declared something. */
const root = path.resolve(__dirname, "..", "..");
const library = ["dist/sdk", "dist/provider", "sdk", "provider"].map((folder) => path.join(root, folder) + path.sep);

/**
 * Where the user's program called a constructor, e.g. `index.ts:12`, for failure texts.
 * Empty when no frame of the user's own is on the stack.
 */
export function declaredAt(): { readonly declaredAt?: string } {
    const frames = (new Error().stack ?? "").split("\n").slice(1);
    const match = frames
        .map((frame) => /\(?((?:file:\/\/)?\/[^()]*?):(\d+):\d+\)?$/.exec(frame))
        .find((found) => found !== null && isUsers(found[1]));
    return match?.[1] === undefined
        ? {}
        : { declaredAt: `${path.relative(process.cwd(), match[1].replace("file://", ""))}:${match[2]}` };
}

function isUsers(file: string | undefined): boolean {
    return file !== undefined && !library.some((folder) => file.startsWith(folder)) && !file.includes("/node_modules/");
}
