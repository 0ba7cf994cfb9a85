// A policy in a worker, beside the control loop. Node only, hence an entry of its own.
export { policyWorker } from "./policy-worker.ts";
export type { PolicyWorker, WorkerEpisodeOptions } from "./policy-worker.ts";
export type { WorkerEpisode, WorkerStepOptions } from "./worker-episode.ts";
export type { ModuleName, PolicyWorkerOptions, PrunerChoice } from "./worker-options.ts";
