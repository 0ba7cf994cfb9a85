import type { EpisodeState, ModelLayout, ObservationInput, StepResult } from "@vla-pruner/core";

/** What `remotePolicy` asks, by method; every question has an id, and its answer repeats it. */
export interface Questions {
  hello: {
    asks: object;
    gives: {
      readonly architecture: string;
      readonly layout: ModelLayout;
      readonly about: Readonly<Record<string, string | number | boolean>>;
    };
  };
  /** `begun`: the client has called before; `resumed` says whether the server still knows of it. */
  start: {
    asks: { readonly episode: string; readonly begun: boolean };
    gives: { readonly resumed: boolean };
  };
  act: {
    asks: { readonly episode: string; readonly observation: ObservationInput };
    gives: StepResult;
  };
  reset: { asks: { readonly episode: string }; gives: null };
  save: { asks: { readonly episode: string }; gives: EpisodeState };
  restore: { asks: { readonly episode: string; readonly state: EpisodeState }; gives: null };
  end: { asks: { readonly episode: string }; gives: null };
  /** Gives up the call of that id. */
  cancel: { asks: { readonly call: number }; gives: null };
}

export type Method = keyof Questions;
