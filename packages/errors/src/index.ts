export { VlaPrunerError } from "./vla-pruner-error.ts";
export type { ErrorCode, ErrorDetails } from "./vla-pruner-error.ts";
