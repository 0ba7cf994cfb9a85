/** What tests and harness tell each other: plain JSON. */

/** An observation whose pictures are base64. */
export interface PackedObservation {
  readonly images: readonly { readonly width: number; readonly height: number; readonly base64: string }[];
  readonly instruction: string;
  readonly state: readonly number[];
}

/** What is compared of a call. */
export interface PlainStep {
  readonly decision: string;
  readonly keep: readonly number[];
  readonly actions: readonly (readonly number[])[];
}

/** Milliseconds of calls. */
export interface CallTimes {
  readonly dense: number[];
  readonly pruned: number[];
}

export interface LoadRequest {
  readonly model: string;
  readonly device: "wasm" | "webgpu";
  readonly threads?: number;
  /** Where the model is looked for: below the page's host, or in `env.localModelPath`. */
  readonly from: "remoteHost" | "localModelPath";
}
