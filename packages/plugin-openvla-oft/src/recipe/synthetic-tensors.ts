import type { CheckpointConfig, SyntheticTensor } from "@vla-pruner/onnx/convert";
import { syntheticTensors } from "@vla-pruner/prismatic/convert";

type Tensors = Map<string, SyntheticTensor>;

/**
 * Every tensor of an OpenVLA-OFT checkpoint of this config: the base model, the head that `action_head`
 * names (`l1`, `diffusion` or `discrete`; `l1` where absent) for actions of `action_size` numbers (7), and
 * a proprio projector where `state_size` says how wide.
 */
export function syntheticOftTensors(config: CheckpointConfig): ReadonlyMap<string, SyntheticTensor> {
  const { hidden_size: hidden = 4096 } = (config["text_config"] ?? {}) as { hidden_size?: number };
  const tensors: Tensors = new Map(syntheticTensors(config));
  const head = config["action_head"] ?? "l1";
  if (head === "l1") addNetwork(tensors, "action_head.model.", hidden, numberOf(config["action_size"], 7));
  if (head === "diffusion") {
    addNetwork(
      tensors,
      "action_head.noise_predictor.mlp_resnet.",
      hidden,
      numberOf(config["action_size"], 7),
    );
    addProjector(tensors, "noisy_action_projector", 1, hidden);
  }
  const stateSize = numberOf(config["state_size"], 0);
  if (stateSize > 0) addProjector(tensors, "proprio_projector", stateSize, hidden);
  return tensors;
}

function addNetwork(tensors: Tensors, prefix: string, hidden: number, actions: number): void {
  addNorm(tensors, `${prefix}layer_norm1`, hidden * actions);
  addLinear(tensors, `${prefix}fc1`, hidden, hidden * actions);
  for (const block of [0, 1]) {
    addNorm(tensors, `${prefix}mlp_resnet_blocks.${block}.ffn.0`, hidden);
    addLinear(tensors, `${prefix}mlp_resnet_blocks.${block}.ffn.1`, hidden, hidden);
  }
  addNorm(tensors, `${prefix}layer_norm2`, hidden);
  addLinear(tensors, `${prefix}fc2`, actions, hidden);
}

function addProjector(tensors: Tensors, name: string, input: number, hidden: number): void {
  addLinear(tensors, `${name}.fc1`, hidden, input);
  addLinear(tensors, `${name}.fc2`, hidden, hidden);
}

function addLinear(tensors: Tensors, name: string, out: number, input: number): void {
  tensors.set(`${name}.weight`, { dims: [out, input] });
  tensors.set(`${name}.bias`, { dims: [out] });
}

function addNorm(tensors: Tensors, name: string, size: number): void {
  tensors.set(`${name}.weight`, { dims: [size], mean: 1, deviation: 0.1 });
  tensors.set(`${name}.bias`, { dims: [size] });
}

function numberOf(value: unknown, otherwise: number): number {
  return typeof value === "number" ? value : otherwise;
}
