import { planned } from "./planned";

/** CRUD of a peer: what both `[Peer]` sections of a tunnel hold. */
export const peer = planned({
    id: (inputs) => (Array.isArray(inputs["between"]) ? inputs["between"].join("--") : "unknown"),
    identity: ["between"],
});
