import { checkOptions } from "@vla-pruner/format";
import { decodeModel, makeNode, makeValueInfo, TYPE } from "../proto/edit-model.ts";
import type { ModelProto, NodeProto, ValueInfoProto } from "../proto/edit-model.ts";
import { tapAttention } from "./attention-tap.ts";
import { cachesOf } from "./caches.ts";
import { DecoderGraph, EMBEDS, nodeName, readsOf } from "./decoder-graph.ts";
import { findCut, tailOutputs } from "./find-cut.ts";
import type { Cut, CutPlace } from "./find-cut.ts";
import { SHIFT, withOriginalPositions } from "./positions.ts";
import type { PositionSource } from "./positions.ts";
import { refuse } from "./refuse.ts";
import { PartWriter } from "./write-part.ts";
import type { DecoderPart } from "./write-part.ts";
import { keptName, sliceTail } from "./tail-slice.ts";
import { TAP, TAP_ROWS } from "./tap-output.ts";

export interface SplitOptions {
  /** K: layers below it are the head, the others the tail. */
  readonly layer: number;
  /** Name of the graph's file, by which its parts refer to weights within it. */
  readonly fileName: string;
  /** Default `boundary`. */
  readonly cut?: CutPlace;
  /** Whether the head reports attention. Default true. */
  readonly tap?: boolean;
}

/**
 * A decoder in two parts that run one after the other.
 *
 * The head takes the stock inputs and `tap_rows`; it gives the values of the cut, caches of layers < K, and `tap`. The
 * tail takes the values of the cut, `kept_rows` (int64 `[kept]`, ascending), and the stock inputs for the kept rows:
 * caches of layers ≥ K, which may be shorter, a mask of their length, original positions.
 */
export interface SplitDecoder {
  readonly head: DecoderPart;
  readonly tail: DecoderPart;
  readonly layers: number;
  /** Values of the cut, and the node that makes them. */
  readonly cut: { readonly node: string; readonly values: readonly string[] };
  readonly positions: PositionSource;
  /** The node whose attention is tapped; `null` without a tap. */
  readonly tap: string | null;
}

const OPTIONS: readonly (keyof SplitOptions)[] = ["layer", "fileName", "cut", "tap"];

/** Axes as an input of Unsqueeze, which all that is added here relies on. */
const OLDEST_OPSET = 13;

/**
 * Splits a stock decoder with a cache (`inputs_embeds` → `logits`, `present.*`) below layer K, so that layers ≥ K can run
 * on a part of the rows. No architecture is known: what depends on what is read from the graph. Weights stay where they
 * are; both parts refer to them.
 *
 * @param bytes the `.onnx` file
 * @throws `model-invalid`, `invalid-option`; `graph-invalid` where the layers cannot be told apart: it names the node
 */
export function splitDecoder(bytes: Uint8Array, options: SplitOptions): SplitDecoder {
  checkOptions("splitDecoder", options, OPTIONS);
  const { layer, fileName, cut: place = "boundary", tap: tapped = true } = options;
  const model = decodeModel(bytes, fileName);
  const opset = opsetOf(model);
  const graph = new DecoderGraph(model.graph);
  if (!graph.inputs.has(EMBEDS))
    throw refuse(`a decoder with the input ${EMBEDS}`, [...graph.inputs.keys()].slice(0, 4).join(", "));
  const caches = cachesOf(graph, layer);
  const cut = findCut(graph, caches, layer, place);
  const slice = sliceTail(graph, caches, cut, layer);
  const tail = withOriginalPositions(graph, slice.nodes, cut.values.map(keptName));

  const below = graph.needed([...cut.values, ...caches.below]);
  const headNodes = [...below].toSorted((a, b) => a - b).map((index) => graph.nodes[index] as NodeProto);
  const tap = tapped ? tapAttention(graph, caches, headNodes, opset) : null;
  const part = new PartWriter(model, graph, bytes, fileName);
  const head = part.write("head", {
    nodes: tap?.nodes ?? headNodes,
    constants: tap?.constants ?? [],
    inputs: [
      ...headInputs(graph, headNodes),
      ...(tap === null ? [] : [makeValueInfo(TAP_ROWS, TYPE.int64, ["tapped_rows"])]),
    ],
    outputs: [
      ...cut.values.map((name) => makeValueInfo(name, graph.typeOf(name), null)),
      ...caches.below.map((name) => graph.outputs.get(name) as ValueInfoProto),
      ...(tap === null ? [] : [makeValueInfo(TAP, TYPE.float32, null)]),
    ],
  });
  const gather = cut.values.map((name) =>
    makeNode("Gather", [name, "kept_rows"], [keptName(name)], { axis: 1 }),
  );
  return {
    head,
    tail: part.write("tail", {
      nodes: [...gather, ...tail.nodes],
      constants: tail.constants,
      inputs: tailInputs(graph, cut, slice.inputs, tail.source),
      outputs: tailOutputs(graph, layer).map((name) => graph.outputs.get(name) as ValueInfoProto),
    }),
    layers: caches.layers,
    cut: { node: nodeName(graph.nodes[cut.node] as NodeProto), values: cut.values },
    positions: tail.source,
    tap: tap?.of ?? null,
  };
}

function opsetOf({ opsetImport }: ModelProto): number {
  const version = Number(
    opsetImport.find(({ domain }) => domain === "" || domain === "ai.onnx")?.version ?? 0,
  );
  if (version < OLDEST_OPSET)
    throw refuse(`a graph of opset ${OLDEST_OPSET} or later`, `opset ${version}`, "export the model again");
  return version;
}

/** Inputs that the head reads; `inputs_embeds` in any case, for the lengths. */
function headInputs(graph: DecoderGraph, nodes: readonly NodeProto[]): ValueInfoProto[] {
  const read = new Set([EMBEDS, ...nodes.flatMap(readsOf)]);
  return [...graph.inputs].filter(([name]) => read.has(name)).map(([, info]) => info);
}

/** The prompt's length has another name than the kept rows', or ONNX Runtime would give both one buffer. */
function tailInputs(
  graph: DecoderGraph,
  { values }: Cut,
  read: ReadonlySet<string>,
  source: PositionSource,
): ValueInfoProto[] {
  const dims = graph.dimsOf(EMBEDS);
  const [batch = "batch_size", kept = "sequence_length", width = "hidden_size"] = dims ?? [];
  const added = source === "added" && !read.has("position_ids");
  return [
    ...values.map((name) => makeValueInfo(name, graph.typeOf(name), [batch, "vla_pruner_all_rows", width])),
    makeValueInfo("kept_rows", TYPE.int64, [kept]),
    ...[...graph.inputs].filter(([name]) => read.has(name)).map(([, info]) => info),
    ...(added ? [makeValueInfo("position_ids", TYPE.int64, [batch, kept])] : []),
    ...(source === "shifted" ? [makeValueInfo(SHIFT, TYPE.int64, [kept])] : []),
  ];
}
