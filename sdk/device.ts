import type * as pulumi from "@pulumi/pulumi";
import * as qrcode from "qrcode";

/**
 * A `.conf` as a QR code for the WireGuard app on a phone: half blocks, black on white, with the white border of four modules that
 * readers need. As secret as the text.
 *
 * The colours are part of the text, as in `qrencode -t ansiutf8`: without them a dark terminal shows the code inverted, which not every
 * app reads. Two of the fixed 256 colours (16 and 231), because themes redefine the first 16. `pulumi stack output` prints them as they are.
 */
export function qrCode(conf: pulumi.Output<string>): pulumi.Output<string> {
    return conf.apply(async (text) => {
        const blocks = await qrcode.toString(text, { type: "utf8", errorCorrectionLevel: "L", margin: 4 });
        return blocks.replace(/^.*$/gm, "\x1b[38;5;16;48;5;231m$&\x1b[0m");
    });
}
