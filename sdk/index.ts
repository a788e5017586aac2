export type { ConnectionArgs, ProxyArgs } from "./connection";
export { Forwarding } from "./forwarding";
export { Host, type HostArgs } from "./host";
export { KeyPair } from "./keyPair";
export { Mesh } from "./mesh";
export { Peer, type PeerArgs } from "./peer";
export { Route, type RouteArgs } from "./route";
export { Internet, Lan, type LanArgs, Network, type RouteEndpoint } from "./routeEnd";
export { WireGuardInterface, type WireGuardInterfaceArgs } from "./wireGuardInterface";
