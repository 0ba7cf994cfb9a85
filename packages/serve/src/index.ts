export { servePolicy } from "./server/serve-policy.ts";
export type { PolicyServer } from "./server/serve-policy.ts";
export { isLoopback } from "./server/check-serve-options.ts";
export type { ServeEvent, ServeOptions, Tls } from "./server/types.ts";
export { errorLine } from "./server/error-line.ts";
export { openLoss } from "./policy-host.ts";
export type { PolicyHost, StartHost } from "./policy-host.ts";
export type { PolicyFacts } from "./policy-facts.ts";
export type { ResetReason } from "./episodes/types.ts";
