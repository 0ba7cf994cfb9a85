import type { VlaModelParts } from "@vla-pruner/core";
import type { GraphSession, GraphTensor } from "@vla-pruner/core/adapter";

/** One run of a session: values are copied, since an adapter frees its tensors. */
export interface RecordedRun {
  readonly session: string;
  readonly feeds: Readonly<Record<string, readonly number[]>>;
  readonly outputs: Readonly<Record<string, Float32Array>>;
}

/** A model that notes every run of its sessions. */
export function recordingModel(model: VlaModelParts): {
  readonly model: VlaModelParts;
  readonly runs: RecordedRun[];
} {
  const runs: RecordedRun[] = [];
  const sessions = Object.entries(model.sessions).map(([name, session]) => {
    const recording: GraphSession = {
      name,
      inputNames: session.inputNames,
      outputNames: session.outputNames,
      release: () => session.release(),
      async run(feeds) {
        const fed = Object.entries(feeds).map(([key, tensor]) => [key, numbers(tensor)] as const);
        const outputs = await session.run(feeds);
        const given = Object.entries(outputs).map(
          ([key, tensor]) => [key, Float32Array.from(tensor.data as Float32Array)] as const,
        );
        runs.push({ session: name, feeds: Object.fromEntries(fed), outputs: Object.fromEntries(given) });
        return outputs;
      },
    };
    return [name, recording] as const;
  });
  const { vla, config, tokenizer } = model;
  return { model: { vla, config, tokenizer, sessions: Object.fromEntries(sessions) }, runs };
}

function numbers({ data }: GraphTensor): number[] {
  return Array.from(data as ArrayLike<number | bigint>, Number);
}
