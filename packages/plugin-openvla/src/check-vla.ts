import { VlaPrunerError } from "@vla-pruner/core";
import type { VlaBlock } from "@vla-pruner/core";
import type { OpenVlaVla } from "./openvla-vla.ts";

const isCount = (value: unknown): boolean => Number.isInteger(value) && (value as number) > 0;

/** What each part of the block must hold, by its path. */
const PARTS: readonly (readonly [path: readonly string[], fits: (value: unknown) => boolean])[] = [
  ...[
    "layers",
    "hidden",
    "intermediate",
    "vocabulary",
    "heads",
    "key_value_heads",
    "head_size",
    "positions",
  ].map((key) => [["decoder", key], isCount] as const),
  [["decoder", "float_type"], (value) => value === "float32" || value === "float16"],
  [["image_processor", "size"], isCount],
  [["image_processor", "normalize"], (value) => Array.isArray(value) && value.length > 0],
  [["action_tokens", "bins"], (value) => isCount(value) && (value as number) > 1],
  [["action_tokens", "vocabulary"], isCount],
  [["towers"], Array.isArray],
];

/**
 * The plugin's own part of the `vla` block, after checking it: a damaged `config.json` is named as such
 * before anything runs.
 *
 * @throws `model-invalid`
 */
export function checkOpenVla(vla: VlaBlock): OpenVlaVla {
  for (const [path, fits] of PARTS) {
    const value = path.reduce<unknown>(
      (part, key) => (part as Record<string, unknown> | null | undefined)?.[key],
      vla,
    );
    if (!fits(value)) throw damaged(`vla.${path.join(".")}`, value);
  }
  const checked = vla as unknown as OpenVlaVla;
  const { layers } = checked.decoder;
  if (vla.prune_layer >= layers) throw damaged("vla.prune_layer inside the decoder", vla.prune_layer);
  if (vla.tapped_layers.some((layer) => layer >= layers))
    throw damaged("vla.tapped_layers inside the decoder", vla.tapped_layers);
  return checked;
}

function damaged(expected: string, found: unknown): VlaPrunerError {
  return new VlaPrunerError("model-invalid", {
    expected: `config.json with a valid ${expected}`,
    found: (JSON.stringify(found) ?? "nothing").slice(0, 80),
    fix: "convert the checkpoint again with this version of vla-pruner",
  });
}
