import { interruption } from "./interruption";
import { planned, text } from "./planned";

/** CRUD of a WireGuard interface: its redacted `.conf`, and what a change of it interrupts. */
export const wireGuardInterface = planned({
    id: (inputs) => `${text(inputs, "host")}/${text(inputs, "interfaceName")}`,
    identity: ["host", "interfaceName"],
    interruption: (olds, news) => {
        const said = interruption(text(olds, "conf"), text(news, "conf"));
        return said === undefined ? undefined : `${text(news, "host")}/${text(news, "interfaceName")}: ${said}`;
    },
});
