import type { ModelLayout, ViewSpan } from "@vla-pruner/core";
import { viewOf } from "@vla-pruner/core/adapter";
import { VlaPrunerError } from "@vla-pruner/format";
import { CAMERAS } from "@vla-pruner/sim";
import type { CameraName } from "@vla-pruner/sim";

/**
 * The simulator's camera behind each view of a model: the chosen one; else by name where the names agree; else the
 * first view is the agent's camera and the second the wrist's.
 *
 * @param chosen the model's view, or an alias of it → the simulator's camera, or its name in a data set of lerobot's or
 * openpi's: `observation.images.image`
 * @throws `invalid-option` for a view or camera that is not there; `adapter-mismatch` for a model of more than two views
 * with names of its own, not all of them chosen
 */
export function camerasOf(
  views: readonly ViewSpan[],
  chosen: Readonly<Record<string, string>> = {},
  aliases: ModelLayout["cameraAliases"] = {},
): ReadonlyMap<string, CameraName> {
  checkCameras(chosen);
  const names = views.map(({ name }) => name);
  const wanted = new Map<string, string>();
  for (const [given, camera] of Object.entries(chosen)) {
    const view = viewOf(given, names, aliases);
    if (view === undefined || wanted.has(view))
      throw invalid(`cameras of the model, each once: ${names.join(", ")}`, given);
    wanted.set(view, inSimulator(camera));
  }
  const named = names.every((name) => CAMERAS.some((camera) => camera === name));
  const cameras = names.map((name, index) => {
    const meant = wanted.get(name) ?? (named ? name : CAMERAS[index]);
    const camera = CAMERAS.find((candidate) => candidate === meant);
    if (camera === undefined) throw tooMany(names);
    return [name, camera] as const;
  });
  return new Map(cameras);
}

/** @throws `invalid-option` for cameras that the simulator does not have */
export function checkCameras(chosen: Readonly<Record<string, string>>): void {
  const unknown = Object.values(chosen).find(
    (name) => !CAMERAS.some((camera) => camera === inSimulator(name)),
  );
  if (unknown !== undefined) throw invalid(`cameras of the simulator: ${CAMERAS.join(", ")}`, unknown);
}

/** Data sets put a path before a camera's name. */
function inSimulator(camera: string): string {
  return camera.replace(/^observation(?:\.images\.|\/)/u, "");
}

function invalid(expected: string, found: string): VlaPrunerError {
  return new VlaPrunerError("invalid-option", {
    expected,
    found,
    fix: "write the model's camera first, then the simulator's",
  });
}

function tooMany(views: readonly string[]): VlaPrunerError {
  return new VlaPrunerError("adapter-mismatch", {
    expected: `a model of at most ${CAMERAS.length} views, as the simulator has cameras, or a camera chosen for each`,
    found: views.join(", "),
    fix: "convert the checkpoint with --views 2, or pass --camera VIEW=CAMERA",
  });
}
