import type { Observation, ViewSpan } from "@vla-pruner/core";
import { VlaPrunerError } from "@vla-pruner/format";
import type { CameraName, RenderedFrame, Role, Segmentation } from "@vla-pruner/sim";
import type { ShownTokens } from "./types.ts";

/** Share of a patch's pixels from which on it shows a thing that misses its centre. */
const SHOWN_SHARE = 0.2;

/**
 * Which visual tokens show the current goal's object, its target and the gripper.
 *
 * The tokens of a view lie row by row on a square grid over the whole picture.
 */
export function shownTokens(
  { frames, roles }: Pick<Segmentation, "frames" | "roles">,
  views: readonly ViewSpan[],
  cameras: ReadonlyMap<string, CameraName>,
): ShownTokens {
  const vision = views.reduce((sum, { count }) => sum + count, 0);
  const shown = (role: Role): Float32Array => {
    const ids = new Set(roles[role]);
    const shares = new Float32Array(vision);
    for (const { name, start, count } of views) {
      const camera = cameras.get(name);
      if (camera !== undefined)
        shares.set(sharesOf(frames[camera], ids, Math.round(Math.sqrt(count))), start);
    }
    return shares;
  };
  return { object: shown("object"), target: shown("target"), gripper: shown("gripper") };
}

/** float32 `[side · side]` */
function sharesOf(frame: RenderedFrame, ids: ReadonlySet<number>, side: number): Float32Array {
  return Float32Array.from({ length: side * side }, (_, patch) => {
    const [top, bottom] = edges(Math.floor(patch / side), side, frame.height);
    const [left, right] = edges(patch % side, side, frame.width);
    const seen = (row: number, column: number): boolean =>
      ids.has(frame.ids[row * frame.width + column] ?? 0);
    let hits = 0;
    for (let row = top; row < bottom; row += 1) {
      for (let column = left; column < right; column += 1) hits += seen(row, column) ? 1 : 0;
    }
    const share = hits / ((bottom - top) * (right - left));
    const centre = seen(Math.floor((top + bottom) / 2), Math.floor((left + right) / 2));
    return centre || share >= SHOWN_SHARE ? share : 0;
  });
}

/** First pixel of a patch, and the one after its last. */
function edges(index: number, side: number, length: number): readonly [number, number] {
  return [Math.floor((index * length) / side), Math.floor(((index + 1) * length) / side)];
}

/**
 * What the closed loop knows of an observation and no policy may see: it travels in `extras.shown`.
 *
 * @throws `observation-invalid` for an observation from elsewhere
 */
export function shownIn({ extras }: Observation): ShownTokens {
  const shown = extras?.["shown"] as ShownTokens | undefined;
  if (shown !== undefined) return shown;
  throw new VlaPrunerError("observation-invalid", {
    expected: "an observation of the closed loop, with the simulator's segmentation",
    found: "none",
    fix: "play it with runEpisode, or choose a pruner that needs no simulator",
  });
}
