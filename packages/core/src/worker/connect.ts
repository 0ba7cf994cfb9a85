import type { PolicyEmitter } from "../events.ts";
import { processLink } from "./link/process-link.ts";
import { threadLink } from "./link/thread-link.ts";
import type { LoadedFacts, WorkerSetup } from "./messages.ts";
import { WorkerClient } from "./worker-client.ts";
import type { PolicyWorkerOptions } from "./worker-options.ts";

/** A worker with a loaded policy. */
export interface Connected {
  readonly client: WorkerClient;
  readonly facts: LoadedFacts;
}

/**
 * Starts a worker and has it load. Nothing is left of it when that fails.
 *
 * @param events where its events are reported
 */
export async function connect(
  setup: WorkerSetup,
  options: PolicyWorkerOptions,
  events: PolicyEmitter,
): Promise<Connected> {
  const { isolation = "thread", env = {}, progress_callback, onLost } = options;
  let loaded = false;
  const client = new WorkerClient(
    (ends) => (isolation === "thread" ? threadLink(ends) : processLink(ends, env)),
    (message) => {
      if (message.kind === "event") events.report(message.name, message.event as never);
      else progress_callback?.(message.info as never);
    },
    (error) => {
      if (loaded) onLost?.(error);
    },
  );
  try {
    const facts = await client.ask("load", { setup }).answer;
    loaded = true;
    return { client, facts };
  } catch (error) {
    await client.stop();
    throw error;
  }
}
