/**
 * The forever door: state rows written by any release call these names for as long as they exist.
 * Names and signatures never change; what is behind them may.
 */
export { allocation } from "./allocation";
export { forwarding } from "./forwarding";
export { keyPair } from "./keyPair";
export { peer } from "./peer";
export { route } from "./route";
export { wireGuardInterface } from "./wireGuardInterface";
