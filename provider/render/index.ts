export { type HostFiles, hostFiles } from "./hostFiles";
export { nftables } from "./nftables";
export { redacted, type Values } from "./values";
export { wgQuick } from "./wgQuick";
