import type { ViewSpan } from "@vla-pruner/core";
import { VlaPrunerError } from "@vla-pruner/format";
import { CAMERAS } from "@vla-pruner/sim";
import type { CameraName } from "@vla-pruner/sim";

/**
 * The simulator's camera behind each view of a model: by name where the names agree, else the first view is the
 * agent's camera and the second the wrist's.
 *
 * @throws `adapter-mismatch` for a model of more than two views with names of its own
 */
export function camerasOf(views: readonly ViewSpan[]): ReadonlyMap<string, CameraName> {
  const named = views.every(({ name }) => CAMERAS.some((camera) => camera === name));
  const cameras = views.map(({ name }, index) => {
    const camera = named ? CAMERAS.find((candidate) => candidate === name) : CAMERAS[index];
    if (camera === undefined) throw tooMany(views);
    return [name, camera] as const;
  });
  return new Map(cameras);
}

function tooMany(views: readonly ViewSpan[]): VlaPrunerError {
  return new VlaPrunerError("adapter-mismatch", {
    expected: `a model of at most ${CAMERAS.length} views, as the simulator has cameras`,
    found: views.map(({ name }) => name).join(", "),
    fix: "convert the checkpoint with --views 2",
  });
}
