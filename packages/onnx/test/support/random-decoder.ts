import { create, toBinary } from "@bufbuild/protobuf";
import { makeNode, makeValueInfo, TYPE } from "../../src/proto/edit-model.ts";
import type { NodeProto } from "../../src/proto/edit-model.ts";
import { GraphProtoSchema, ModelProtoSchema, OperatorSetIdProtoSchema } from "../../src/proto/onnx_pb.ts";
import { Draft, HEADS, HEAD_SIZE, HIDDEN } from "./graph-draft.ts";
import type { DecoderPlan, Extra } from "./decoder-plan.ts";
import { attend } from "./random-attention.ts";

/**
 * The decoder as an `.onnx` file. With `cut`, the one whose layers from there on see some rows only: an input `kept_rows`
 * chooses them. It is what a split must reproduce.
 */
export function randomDecoder(plan: DecoderPlan, cut?: number): Uint8Array {
  const draft = new Draft();
  const state = { hidden: "inputs_embeds", other: "inputs_embeds", embeds: "inputs_embeds" };
  const made: Made[] = [];
  for (let layer = 0; layer < plan.layers; layer += 1) {
    if (layer === cut) {
      const kept = (value: string, axis = 1): string => draft.node("Gather", [value, "kept_rows"], { axis });
      const same = state.other === state.hidden;
      state.hidden = kept(state.hidden);
      state.other = same ? state.hidden : kept(state.other);
      state.embeds = kept(state.embeds);
      for (const entry of made) [entry.hidden, entry.value] = [kept(entry.hidden), kept(entry.value, 2)];
    }
    const upper = cut !== undefined && layer >= cut;
    made.push(runLayer(draft, plan, layer, state, made, upper));
  }
  const logits = draft.product(draft.norm(state.hidden, "last"), "head", HIDDEN, 12);
  draft.nodes.push(makeNode("Identity", [logits], ["logits"]));
  return encode(draft, plan, cut !== undefined);
}

/** What later layers may read of a layer: its hidden states, and its values without the cache. */
interface Made {
  hidden: string;
  value: string;
}

interface State {
  hidden: string;
  other: string;
  embeds: string;
}

function runLayer(
  draft: Draft,
  plan: DecoderPlan,
  layer: number,
  state: State,
  made: readonly Made[],
  upper: boolean,
): Made {
  const extras = plan.extras.filter(({ at }) => at === layer);
  const of = (kind: Extra["kind"]): Made | undefined => {
    const extra = extras.find((other) => other.kind === kind);
    return extra && (made[extra.from] ?? { hidden: state.embeds, value: "" });
  };
  const add = (value: string): void => void (state.hidden = draft.node("Add", [state.hidden, value]));
  const skip = of("skip");
  if (skip) add(skip.hidden);
  if (of("embeds")) add(draft.product(state.embeds, `embeds.${layer}`, HIDDEN, HIDDEN));
  if (of("input")) add("layer_bias");
  if (plan.streams === 2) {
    const mixed = draft.node("Mul", [draft.node("Add", [state.hidden, state.other]), draft.float(0.5)]);
    state.other = draft.node("Sub", [state.hidden, draft.node("Mul", [state.other, draft.float(0.3)])]);
    state.hidden = mixed;
  }
  const normed = draft.norm(state.hidden, `attention.${layer}`);
  const { output, value } = attend(draft, plan, {
    layer,
    normed,
    shared: sharedLayer(plan, layer),
    mixed: of("value")?.value,
    lengthOf: of("length")?.hidden ?? state.hidden,
    upper,
  });
  const before = state.hidden;
  add(output);
  const into = plan.parallel ? before : state.hidden;
  const inner = draft.node("Tanh", [
    draft.product(draft.norm(into, `mlp.${layer}`), `up.${layer}`, HIDDEN, 16),
  ]);
  add(draft.product(inner, `down.${layer}`, 16, HIDDEN));
  return { hidden: state.hidden, value };
}

/** The layer whose keys and values a layer reads in place of its own. */
function sharedLayer({ extras }: DecoderPlan, layer: number): number | null {
  const shared = extras.find(({ kind, at }) => kind === "keys" && at === layer);
  if (shared === undefined || shared.from < 0 || shared.from >= layer) return null;
  return extras.some(({ kind, at }) => kind === "keys" && at === shared.from) ? null : shared.from;
}

function encode(draft: Draft, { layers, order }: DecoderPlan, pruned: boolean): Uint8Array {
  const nodes = shuffled(draft.nodes, order);
  const read = new Set(nodes.flatMap(({ input }) => input));
  const parts = Array.from({ length: layers }, (_, layer) => [`${layer}.key`, `${layer}.value`]).flat();
  const given = nodes.flatMap(({ output }) => output);
  const infos = [
    makeValueInfo("inputs_embeds", TYPE.float32, ["batch_size", "sequence_length", HIDDEN]),
    makeValueInfo("position_ids", TYPE.int64, ["batch_size", pruned ? "some_length" : "sequence_length"]),
    makeValueInfo("attention_mask", TYPE.int64, ["batch_size", "total_length"]),
    makeValueInfo("layer_bias", TYPE.float32, ["batch_size", 1, HIDDEN]),
    makeValueInfo("kept_rows", TYPE.int64, ["kept"]),
    ...parts.map((name) =>
      makeValueInfo(`past_key_values.${name}`, TYPE.float32, ["batch_size", HEADS, "past_length", HEAD_SIZE]),
    ),
  ].filter(({ name }) => read.has(name));
  const outputs = [
    makeValueInfo("logits", TYPE.float32, ["batch_size", "sequence_length", 12]),
    ...parts
      .filter((name) => given.includes(`present.${name}`))
      .map((name) =>
        makeValueInfo(`present.${name}`, TYPE.float32, ["batch_size", HEADS, "total", HEAD_SIZE]),
      ),
  ];
  const graph = create(GraphProtoSchema, {
    name: "decoder",
    node: nodes,
    initializer: [...draft.constants.values()],
    input: infos,
    output: outputs,
  });
  const opsetImport = [create(OperatorSetIdProtoSchema, { domain: "", version: 18n })];
  return toBinary(ModelProtoSchema, create(ModelProtoSchema, { irVersion: 9n, opsetImport, graph }));
}

/** Another order of the nodes in which each comes after what it reads. */
function shuffled(nodes: readonly NodeProto[], seed: number): NodeProto[] {
  const makers = new Map(nodes.flatMap((node) => node.output.map((name) => [name, node] as const)));
  const [left, done, result] = [[...nodes], new Set<NodeProto>(), [] as NodeProto[]];
  let draw = seed;
  while (left.length > 0) {
    const ready = left.filter((node) =>
      node.input.every((name) => !makers.has(name) || done.has(makers.get(name) as NodeProto)),
    );
    draw = (draw * 16807 + 11) % 2147483647;
    const next = ready[seed === 0 ? 0 : draw % ready.length] as NodeProto;
    left.splice(left.indexOf(next), 1);
    done.add(next);
    result.push(next);
  }
  return result;
}
