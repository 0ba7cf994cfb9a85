import { isObject } from "@vla-pruner/format";
import { invalidConfig } from "@vla-pruner/onnx/convert";
import type { CheckpointConfig } from "@vla-pruner/onnx/convert";
import { VIEWS } from "../views.ts";
import type { ViewName } from "../views.ts";
import type { ProcessorStep } from "./processors.ts";

const IMAGES = "observation.images.";

/**
 * Names of the robot's cameras → slots: lerobot fills them in the order of `input_features`.
 *
 * @throws `config-invalid` for more cameras than there are slots
 */
export function readCameras(
  config: CheckpointConfig,
  rename: ProcessorStep | undefined,
): Readonly<Record<string, ViewName>> {
  const features = isObject(config["input_features"]) ? config["input_features"] : {};
  const cameras = Object.entries(features)
    .filter(([, feature]) => isObject(feature) && feature["type"] === "VISUAL")
    .map(([name]) => name)
    .filter((name) => !name.startsWith(`${IMAGES}empty_camera_`));
  if (cameras.length > VIEWS.length)
    throw invalidConfig(`input_features with ${VIEWS.length} cameras at most`, cameras.join(", "));
  const slots = new Map(cameras.map((name, index) => [name, VIEWS[index] ?? VIEWS[0]]));
  const renamed = isObject(rename?.config["rename_map"]) ? rename.config["rename_map"] : {};
  const aliases = Object.entries(renamed).flatMap(([from, to]) => {
    const slot = slots.get(String(to));
    return slot === undefined ? [] : [[from, slot] as const];
  });
  const named = [...slots, ...aliases];
  const short = named.flatMap(([name, slot]) =>
    name.startsWith(IMAGES) ? [[name.slice(IMAGES.length), slot] as const] : [],
  );
  return Object.fromEntries([...short, ...named]);
}

/** Numbers of a robot's action by `output_features`; `null` where the config does not say. */
export function readActionSize(config: CheckpointConfig): number | null {
  const features = isObject(config["output_features"]) ? config["output_features"] : {};
  const action = features["action"];
  const shape: unknown = isObject(action) ? action["shape"] : undefined;
  const [size]: unknown[] = Array.isArray(shape) ? shape : [];
  return typeof size === "number" && Number.isInteger(size) && size > 0 ? size : null;
}

/**
 * Which numbers of an action are relative to the state; `null` where none is. By lerobot's rule: all but those whose
 * name holds one of the excluded joints'.
 *
 * @param size numbers of an action
 * @throws `config-invalid` where config and processors disagree
 */
export function readRelative(
  config: CheckpointConfig,
  before: ProcessorStep | undefined,
  after: ProcessorStep | undefined,
  size: number,
): readonly boolean[] | null {
  const said = [config["use_relative_actions"], before?.config["enabled"], after?.config["enabled"]].filter(
    (value) => value !== undefined && value !== null,
  );
  if (new Set(said).size > 1)
    throw invalidConfig("use_relative_actions as the policy's processors have it", JSON.stringify(said));
  if (said[0] !== true) return null;
  const excluded: unknown = before?.config["exclude_joints"] ??
    config["relative_exclude_joints"] ?? ["gripper"];
  const names: unknown = before?.config["action_names"] ?? config["action_feature_names"];
  if (!Array.isArray(excluded))
    throw invalidConfig("relative_exclude_joints: a list", JSON.stringify(excluded));
  const parts = excluded.filter(Boolean).map((name) => String(name).toLowerCase());
  return Array.from({ length: size }, (_, index) => {
    const name = Array.isArray(names) ? String(names[index] ?? "").toLowerCase() : "";
    return !parts.some((part) => name.includes(part));
  });
}
