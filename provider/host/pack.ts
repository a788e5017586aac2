import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { toolText } from "./payload";

// A step of `npm run build`: packs the tool that payload() puts into every push.
writeFileSync(join(__dirname, "tool.gz.base64"), `${gzipSync(toolText(), { level: 9 }).toString("base64")}\n`);
