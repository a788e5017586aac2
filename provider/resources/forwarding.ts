import { planned, text } from "./planned";

/** CRUD of a host's forwarding: the address families it passes on and its nftables table. */
export const forwarding = planned({ id: (inputs) => text(inputs, "host"), identity: ["host"] });
