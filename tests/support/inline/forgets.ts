import { previewInline } from "../automation";
import { declared } from "./declared";

void previewInline(async () => void declared()).then(({ ok, output }) => {
    console.log(output);
    process.exitCode = ok ? 0 : 1;
});
