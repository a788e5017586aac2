export { type Allocation, allocate } from "./allocate";
export * from "./cidr";
export { InvalidGraphError, describeFailures, type Failure } from "./failure";
export type * from "./graph";
export type * from "./hostPlan";
export { check, plan } from "./main";
export { checkValues, type KnownValue, type ValueKind } from "./rules/values";
