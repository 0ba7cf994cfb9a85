import { VlaPrunerError } from "@vla-pruner/format";
import { ignoredFields, invalidConfig, readFields } from "@vla-pruner/onnx/convert";
import type { CheckpointConfig, ConfigFields } from "@vla-pruner/onnx/convert";
import { PRISMATIC_FIELDS } from "@vla-pruner/prismatic/convert";
import type { ActionPlan } from "./action-plan.ts";

/** Fields that only configs of OpenVLA-OFT have; its training code takes them on the command line. */
const OWN = readFields(
  "action_head",
  "num_images_in_input",
  "num_actions_chunk",
  "use_proprio",
  "use_film",
  "use_l1_regression",
  "use_diffusion",
);

/** OpenVLA's fields, and those that OpenVLA-OFT adds. */
export const OFT_FIELDS: ConfigFields = {
  ...PRISMATIC_FIELDS,
  ...OWN,
  ...readFields("normalization", "state_size", "action_size"),
  ...ignoredFields("read off the component files", "proprio_dim", "action_dim"),
  ...ignoredFields("denoising steps are chosen with --steps", "num_diffusion_steps_inference"),
  num_diffusion_steps: { only: [50] },
  num_diffusion_steps_train: { only: [50] },
};

/** Whether a config says more than plain OpenVLA's does. */
export function namesOft(config: CheckpointConfig): boolean {
  return Object.keys(OWN).some((name) => {
    const value = config[name];
    return value !== undefined && value !== null && value !== false && value !== 1;
  });
}

/**
 * Sees that config.json and the files agree on whether language steers the vision towers.
 *
 * @throws `checkpoint-missing`, `config-invalid`
 */
export function checkFilm(config: CheckpointConfig, film: boolean): void {
  if (config["use_film"] === true && !film) {
    throw new VlaPrunerError("checkpoint-missing", {
      expected:
        "a file vision_backbone--*.pt (or .safetensors) beside the weights, as use_film in config.json says",
      found: "none",
      fix: "copy it from the checkpoint: without it language does not steer the vision towers",
    });
  }
  if (config["use_film"] === false && film)
    throw invalidConfig("use_film true, or no file vision_backbone--*", "use_film false");
}

/** Sees that config.json names no other head than the component files hold. @throws `config-invalid` */
export function checkHead(config: CheckpointConfig, { head }: ActionPlan): void {
  const named = {
    l1: config["action_head"] === "l1" || config["use_l1_regression"] === true,
    diffusion: config["action_head"] === "diffusion" || config["use_diffusion"] === true,
    discrete: config["action_head"] === "discrete",
  };
  const other = Object.entries(named).find(([kind, said]) => said && kind !== head);
  if (other !== undefined)
    throw invalidConfig(`the action head that the component files hold: ${head}`, other[0]);
}
