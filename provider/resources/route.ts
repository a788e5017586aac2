import { planned, text } from "./planned";

/** CRUD of a route: who may talk to whom, and over which hosts. */
export const route = planned({ id: (inputs) => text(inputs, "name"), identity: ["name"] });
