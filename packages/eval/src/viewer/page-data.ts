/** What the page's script reads: the one agreement between Node, which writes it, and the browser. */

/** What a heat map can show: the semantic score, the forecast that the pruner read, the action attention of the call itself. */
export type ScoreName = "semantic" | "forecast" | "action";

/** One object an episode, in the order of the columns. */
export interface ViewerEpisode {
  readonly cameras: readonly ViewerCamera[];
  readonly calls: readonly ViewerCall[];
}

export type ViewerCamera = { readonly name: string } & Sprite;

/** All frames of one camera in one picture. */
export interface Sprite {
  /** The picture as a `data:` address. */
  readonly address: string;
  /** Frames in a row of the picture; the last row may be shorter. */
  readonly columns: number;
  /** Of one frame, pixels. */
  readonly width: number;
  readonly height: number;
}

export interface ViewerCall {
  readonly step: number;
  readonly decision: "dense" | "pruned";
  readonly reason: string;
  readonly kept: number;
  readonly vision: number;
  readonly milliseconds: number;
  readonly objectKept: number | null;
  readonly overlap: number | null;
  /** The first action of the chunk. */
  readonly action: readonly number[];
  /** One a camera, in their order; `null` for a camera that the policy does not see. */
  readonly views: readonly (ViewerView | null)[];
}

export interface ViewerView {
  /** `null` where the tokens form no grid of patches. */
  readonly grid: PatchGrid | null;
  /** uint8 `[tokens]`, 1 where kept, in base64. */
  readonly kept: string;
  readonly scores: Readonly<Record<ScoreName, ScoreBytes | null>>;
}

/** How the visual tokens of a view lie over its picture. */
export interface PatchGrid {
  readonly columns: number;
  readonly rows: number;
}

/** A score map: shares of its largest value on a square-root scale, 0 … 255, in base64. */
export interface ScoreBytes {
  readonly bytes: string;
  /** The largest score. */
  readonly peak: number;
}
