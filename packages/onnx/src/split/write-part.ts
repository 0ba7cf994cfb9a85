import { elementTypeOf, encodePart } from "../proto/edit-model.ts";
import type { ModelProto, NodeProto, TensorProto, ValueInfoProto } from "../proto/edit-model.ts";
import { readsOf } from "./decoder-graph.ts";
import type { DecoderGraph } from "./decoder-graph.ts";
import { refuse } from "./refuse.ts";
import { SharedWeights } from "./share-weights.ts";

/** One part of a decoder, as the bytes of an `.onnx` file. */
export interface DecoderPart {
  readonly bytes: Uint8Array;
  /** Files that hold its weights, beside the stock graph. */
  readonly files: readonly string[];
  /** Bytes of weights that it refers to, and that it holds itself. */
  readonly referred: number;
  readonly inlined: number;
}

interface PartPlan {
  readonly nodes: readonly NodeProto[];
  readonly constants: readonly TensorProto[];
  readonly inputs: readonly ValueInfoProto[];
  readonly outputs: readonly ValueInfoProto[];
}

export class PartWriter {
  readonly #model: ModelProto;
  readonly #graph: DecoderGraph;
  readonly #bytes: Uint8Array;
  readonly #fileName: string;

  constructor(model: ModelProto, graph: DecoderGraph, bytes: Uint8Array, fileName: string) {
    this.#model = model;
    this.#graph = graph;
    this.#bytes = bytes;
    this.#fileName = fileName;
  }

  write(name: string, { nodes, constants, inputs, outputs }: PartPlan): DecoderPart {
    const read = new Set([...nodes.flatMap(readsOf), ...outputs.map((output) => output.name)]);
    const weights = new SharedWeights(this.#bytes, this.#fileName);
    const initializer = [...this.#graph.initializers.values()]
      .filter((tensor) => read.has(tensor.name))
      .map((tensor) => weights.refer(tensor));
    initializer.push(...constants.filter((tensor) => read.has(tensor.name)));
    const made = new Set([
      ...nodes.flatMap(({ output }) => output),
      ...initializer.map((tensor) => tensor.name),
      ...inputs.map((input) => input.name),
    ]);
    const missing = [...read].find((value) => !made.has(value));
    if (missing !== undefined)
      throw refuse(
        `a ${name} in which all that is read is made`,
        `${missing}, which nothing makes`,
        "export the model without sparse weights",
      );
    for (const input of inputs)
      if (elementTypeOf(input) === 0)
        throw refuse(`a type of the input ${input.name}`, "none", "export the model again");
    const bytes = encodePart(this.#model, {
      name: `${this.#model.graph?.name ?? "decoder"}_${name}`,
      node: [...nodes],
      initializer,
      input: [...inputs],
      output: [...outputs],
    });
    return { bytes, files: [...weights.files], referred: weights.referred, inlined: weights.inlined };
  }
}
