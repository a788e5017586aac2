/** What `pulumi-wireguard/planner` exports: planning and rendering without Pulumi. */
export * from "../planner";
export * from "./index";
