import { VlaPrunerError } from "@vla-pruner/format";
import type { UnneededTensors } from "@vla-pruner/onnx/convert";
import type { Pi0Sizes } from "./pi0-sizes.ts";

const PALIGEMMA = "paligemma_with_expert.paligemma.";

/** What stands before the parts of a π0: lerobot's policy, or a wrapper of its own. */
const ROOT =
  /^(?:(?:model|policy)\.)+(?=(?:paligemma_with_expert|vlm|dit|embed_action_time|action_\w+|state_proj|time_mlp_\w+|proprio_history_proj|(?:un)?normalize_\w+)\.)/u;

/** Names of other versions → openpi's, in order: transformers 5 has a π0 of its own, transformers 4 before 4.52 nested otherwise. */
const RENAMED: readonly (readonly [from: RegExp, to: string])[] = [
  [ROOT, ""],
  [/^vlm\./u, `${PALIGEMMA}model.`],
  [/^dit\./u, "paligemma_with_expert.gemma_expert.model."],
  [/^embed_action_time\.(?=state_proj|action_)/u, ""],
  [/^(paligemma_with_expert\.paligemma\.)(?:model\.)?language_model\.lm_head\./u, "$1lm_head."],
  [
    /^(paligemma_with_expert\.paligemma\.)(?:model\.)?language_model\.(?:model\.)?/u,
    "$1model.language_model.",
  ],
  [/^(paligemma_with_expert\.paligemma\.)(?=vision_tower\.|multi_modal_projector\.)/u, "$1model."],
  [/(\.vision_tower\.)(?!vision_model\.)/u, "$1vision_model."],
];

/** Norms that time modulates: what tells π0.5 from π0. */
const MODULATED = /(?:gemma_expert\.model|(?:^|\.)dit)\.(?:.*norm)\.dense\.weight$/u;

/** A tensor's name as openpi's converter writes it, whichever library and version saved it; pure. */
export function pi0Name(name: string, all: readonly string[]): string {
  const renamed = RENAMED.reduce((part, [from, to]) => part.replace(from, to), name);
  if (!/^(?:action_)?time_mlp_/u.test(renamed)) return renamed;
  // lerobot loads either name into either variant.
  const stem = renamed.replace(/^action_/u, "");
  return all.some((other) => MODULATED.test(other)) ? stem : `action_${stem}`;
}

/** Statistics among the weights, as lerobot's policies had them before their processors. */
const NORMALIZERS = /^(?:un)?normalize_(?:inputs|outputs|targets)\./u;

/**
 * Refuses what only a newer or an older version of a library can make sense of.
 *
 * @throws `checkpoint-invalid`
 */
export function refuseOldLayouts(names: readonly string[]): void {
  const statistics = names.find((name) => NORMALIZERS.test(name));
  if (statistics === undefined) return;
  throw new VlaPrunerError("checkpoint-invalid", {
    expected: "a lerobot policy with its statistics in processor files",
    found: `${statistics}, statistics among the weights`,
    fix: "migrate it with lerobot's src/lerobot/processor/migrate_policy_normalization.py, and convert the result",
  });
}

/** What checkpoints of π0 hold and no graph reads. */
export function pi0Unneeded({ decoder, names, pi05 }: Pi0Sizes): UnneededTensors[] {
  const last = `${names.language}layers.${decoder.layers - 1}.`.replaceAll(".", "\\.");
  const language = names.language.replaceAll(".", "\\.");
  return [
    {
      name: new RegExp(
        `^${last}(?:self_attn\\.[qo]_proj|mlp\\.\\w+|post_attention_layernorm)\\.weight$`,
        "u",
      ),
      because: "of the prefix's last layer only keys and values are read",
    },
    { name: new RegExp(`^${language}norm\\.weight$`, "u"), because: "the prefix's output is not read" },
    {
      name: /^paligemma_with_expert\.paligemma\.(?:lm_head|model\.language_model\.embed_tokens)\.weight$/u,
      because: "words are tied: it is a copy",
      same: names.words,
    },
    {
      name: /^paligemma_with_expert\.gemma_expert\.(?:lm_head|model\.embed_tokens)\.weight$/u,
      because: "the expert reads and writes no words",
    },
    {
      name: /vision_model\.(?:head\.|embeddings\.position_ids$)/u,
      because: "SigLIP's pooling head is not used, and positions are counted",
    },
    {
      name: /\.rotary_emb\.(?:original_)?inv_freq$/u,
      because: "the graphs compute the rotary angles",
      values: ([half = 0]) =>
        Float32Array.from({ length: half }, (_, index) => decoder.theta ** (-index / half)),
    },
    ...(pi05
      ? [
          { name: /^state_proj\.(?:weight|bias)$/u, because: "π0.5 has its state in the prompt" },
          {
            name: /gemma_expert\.model\.(?:layers\.\d+\.(?:input|post_attention)_layernorm|norm)\.weight$/u,
            because: "time modulates the expert's norms in their place",
          },
        ]
      : []),
  ];
}
