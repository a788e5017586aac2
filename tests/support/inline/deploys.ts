import { previewInline } from "../automation";
import { declared } from "./declared";

void previewInline(async () => declared().deploy()).then(({ ok, output }) => {
    console.log(output);
    process.exitCode = ok ? 0 : 1;
});
