import { VlaPrunerError } from "@vla-pruner/format";
import { invalidOption, wholeNumber, wholeOption } from "@vla-pruner/onnx/convert";
import type { CheckpointConfig, RecipeOptions, TensorSource } from "@vla-pruner/onnx/convert";
import type { HeadKind } from "../oft-vla.ts";

/** Where the residual network of each head lies among the component's tensors. */
const NETWORKS = { l1: "action_head.model.", diffusion: "action_head.noise_predictor.mlp_resnet." } as const;

/** Actions a call of the published models, by the numbers an action has: LIBERO (7), ALOHA (14). */
const CHUNKS: Readonly<Record<number, number>> = { 7: 8, 14: 25 };

/** Denoising steps that diffusion heads were trained with. */
const STEPS = 50;

/** How a model's actions come out. */
export interface ActionPlan {
  readonly head: HeadKind;
  /** Name of the head's tensors, with a final dot; empty for the discrete head, which is the decoder's own. */
  readonly network: string;
  readonly chunk: number;
  readonly actionSize: number;
  /** Numbers of the proprio token; 0 where there is none. */
  readonly stateSize: number;
  /** Denoising steps; 0 unless the head is a diffusion head. */
  readonly steps: number;
}

/**
 * Reads the head off the component files; a discrete head has none, and config.json must name it.
 *
 * @param statisticsSize numbers an action has by the statistics, 0 if unknown; only a discrete head needs it
 * @throws `checkpoint-missing`, `config-invalid`, `invalid-option`
 */
export function planActions(
  config: CheckpointConfig,
  checkpoint: TensorSource,
  options: RecipeOptions,
  statisticsSize: number,
): ActionPlan {
  const head = headOf(config, checkpoint);
  const network = head === "discrete" ? "" : NETWORKS[head];
  const actionSize =
    head === "discrete" ? statisticsSize : (checkpoint.info(`${network}fc2.weight`)?.dims[0] ?? 0);
  if (actionSize === 0)
    throw invalidOption(
      "statistics of actions for a discrete head",
      "none",
      "put dataset_statistics.json beside the weights",
    );
  const chunk = options.chunk ?? wholeNumber(config, "num_actions_chunk", undefined) ?? CHUNKS[actionSize];
  if (chunk === undefined || !Number.isInteger(chunk) || chunk < 1)
    throw invalidOption(
      `--chunk, for actions of ${actionSize} numbers`,
      chunk ?? "none",
      "pass the actions a call that the model was trained with",
    );
  return {
    head,
    network,
    chunk,
    actionSize,
    stateSize: stateSizeOf(config, checkpoint),
    steps: stepsOf(head, checkpoint, options),
  };
}

/**
 * The actions of a synthetic model: the head that `action_head` names (`l1` where absent), `action_size`
 * numbers (7), and a proprio token where `state_size` says how wide.
 */
export function syntheticActions(config: CheckpointConfig): ActionPlan {
  const head = (["l1", "diffusion"] as const).find((kind) => kind === (config["action_head"] ?? "l1"));
  return {
    head: head ?? "discrete",
    network: head === undefined ? "" : NETWORKS[head],
    chunk: 1,
    actionSize: wholeNumber(config, "action_size", 7),
    stateSize: wholeNumber(config, "state_size", 0, 0),
    steps: 0,
  };
}

function headOf(config: CheckpointConfig, checkpoint: TensorSource): HeadKind {
  for (const kind of ["l1", "diffusion"] as const) {
    if (checkpoint.info(`${NETWORKS[kind]}fc2.weight`) !== undefined) return kind;
  }
  const named = config["action_head"];
  const present = checkpoint.names.some((name) => name.startsWith("action_head."));
  if (named === "discrete" && !present) return "discrete";
  if (!present)
    throw missingComponent(
      "action_head",
      'copy it from the checkpoint; for a model with discrete actions say "action_head": "discrete" in config.json',
    );
  throw new VlaPrunerError("checkpoint-invalid", {
    expected: `action_head--* with ${Object.values(NETWORKS).join("fc2.weight or ")}fc2.weight`,
    found: "other tensors",
    fix: "pass the action head of an OpenVLA-OFT checkpoint: L1 regression or diffusion",
  });
}

function stateSizeOf(config: CheckpointConfig, checkpoint: TensorSource): number {
  const dims = checkpoint.info("proprio_projector.fc1.weight")?.dims;
  if (dims === undefined && config["use_proprio"] === true)
    throw missingComponent(
      "proprio_projector",
      "copy it from the checkpoint, or drop use_proprio from config.json",
    );
  return dims?.[1] ?? 0;
}

function stepsOf(head: HeadKind, checkpoint: TensorSource, options: RecipeOptions): number {
  if (head !== "diffusion") {
    if (options.steps === undefined) return 0;
    throw invalidOption("a diffusion head, for --steps", head, "leave --steps out");
  }
  if (checkpoint.info("noisy_action_projector.fc1.weight") === undefined)
    throw missingComponent(
      "noisy_action_projector",
      "copy it from the checkpoint: a diffusion head needs it",
    );
  return wholeOption("--steps", options.steps ?? STEPS, STEPS, `leave it out for ${STEPS}`);
}

/** A component whose file is not beside the weights. */
function missingComponent(component: string, fix: string): VlaPrunerError {
  return new VlaPrunerError("checkpoint-missing", {
    expected: `a file ${component}--*.pt (or .safetensors) beside the weights`,
    found: "none",
    fix,
  });
}
