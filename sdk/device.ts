import type * as pulumi from "@pulumi/pulumi";
import * as qrcode from "qrcode";

/** A `.conf` as a QR code of block characters, for the WireGuard app on a phone. As secret as the text. */
export function qrCode(conf: pulumi.Output<string>): pulumi.Output<string> {
    return conf.apply((text) => qrcode.toString(text, { type: "utf8", errorCorrectionLevel: "L" }));
}
