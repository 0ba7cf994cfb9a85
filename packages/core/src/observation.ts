/**
 * One camera picture, row by row, channels last. A transformers.js `RawImage` fits as it is.
 *
 * `data`: uint8 `[height, width, channels]`; 1 channel is grey, 4 carry alpha (dropped).
 */
export interface CameraFrame {
  readonly data: Uint8Array | Uint8ClampedArray;
  readonly width: number;
  readonly height: number;
  readonly channels: number;
}

/** A camera frame as pixels, or the path or URL of one, which is decoded within the step. */
export type FrameSource = CameraFrame | string | URL;

/** A float32 tensor as the vision graph wants it, `[views, channels, height, width]`. */
export interface PixelValues {
  readonly data: Float32Array;
  /** The graph's own shape where absent. */
  readonly dims?: readonly number[];
}

/**
 * What the robot sees and is told at one control step.
 *
 * `pixelValues` may stand in place of `images`, and `inputIds` in place of `instruction`: both are then
 * used verbatim, with nothing normalised and nothing appended.
 */
export interface Observation {
  /** Camera name to frame; one that the model has no view for is refused. */
  readonly images?: Readonly<Record<string, CameraFrame>>;
  readonly instruction?: string;
  /** Proprioception in robot units, `[state]`; refused where the model reads none. */
  readonly state?: readonly number[];
  readonly pixelValues?: PixelValues;
  readonly inputIds?: readonly number[];
  /** Which views of `pixelValues` are there, `[views]`; all of them where absent. Named frames say it themselves. */
  readonly imageMasks?: readonly boolean[];
  /** Starting noise of a flow or diffusion head, `[horizon, action]`, float32. */
  readonly noise?: Float32Array;
  /** What no model reads, for pruners and middleware of your own: depth, gaze, what a simulator knows. */
  readonly extras?: Readonly<Record<string, unknown>>;
}

/** An observation as it is handed in: its frames may still have to be decoded. */
export interface ObservationInput extends Omit<Observation, "images"> {
  readonly images?: Readonly<Record<string, FrameSource>>;
}
