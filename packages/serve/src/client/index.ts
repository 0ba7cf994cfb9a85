// What a robot or a page needs, without the server.
export { remotePolicy } from "./remote-policy.ts";
export type { RemotePolicy, RemotePolicyOptions } from "./remote-policy.ts";
export type { RemoteEpisode, RemoteStepOptions } from "./remote-episode.ts";
export { RefillingQueue } from "./refilling-queue.ts";
export type { RefilledAction, RefillingQueueOptions } from "./refilling-queue.ts";
