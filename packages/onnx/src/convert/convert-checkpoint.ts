import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { checkOptions, VlaPrunerError } from "@vla-pruner/format";
import type { FloatType } from "../graph/graph-model.ts";
import type { TensorSource } from "../weights/tensor-source.ts";
import { copyCompanions } from "./companion-files.ts";
import { RECIPE_OPTIONS } from "./model-recipe.ts";
import type { CheckpointConfig, ModelRecipe, RecipeOptions } from "./model-recipe.ts";
import { writeAtomically } from "./write-atomically.ts";
import { weightBytes, writeGraph } from "./write-graph.ts";

/** Output formats, with the float type that each computes in and the suffix of its files. */
export const DTYPES: Readonly<Record<string, { readonly floatType: FloatType; readonly suffix: string }>> = {
  fp32: { floatType: "float32", suffix: "" },
  fp16: { floatType: "float16", suffix: "_fp16" },
};

export interface ConversionProgress {
  readonly doneBytes: number;
  readonly totalBytes: number;
  readonly session: string;
}

export interface ConvertRequest {
  readonly recipe: ModelRecipe;
  readonly config: CheckpointConfig;
  readonly files: Readonly<Record<string, unknown>>;
  readonly checkpoint: TensorSource;
  /** Folder whose tokenizer and preprocessor files go along. */
  readonly companions: string | null;
  /** The model directory to make; must not exist, or be empty. */
  readonly out: string;
  readonly dtype: string;
  readonly options: RecipeOptions;
  readonly onProgress?: (progress: ConversionProgress) => void;
  readonly signal?: AbortSignal;
  /** Largest data file, in bytes. */
  readonly fileLimit?: number;
}

const REQUEST: readonly (keyof ConvertRequest)[] = [
  "recipe",
  "config",
  "files",
  "checkpoint",
  "companions",
  "out",
  "dtype",
  "options",
  "onProgress",
  "signal",
  "fileLimit",
];

/**
 * Turns a checkpoint into a model directory: plans the graphs, streams the weights into them, writes
 * `config.json` last. All of it happens in a folder of another name, which is renamed when it is whole.
 *
 * @throws `invalid-option`, `tensor-missing`, `tensor-shape`, `output-exists`, `output-unwritable`, `interrupted`
 */
export async function convertCheckpoint(request: ConvertRequest): Promise<void> {
  checkOptions("convertCheckpoint", request, REQUEST);
  checkOptions("a recipe", request.options, RECIPE_OPTIONS);
  const { recipe, config, files, checkpoint, options, onProgress } = request;
  const { floatType, suffix } = dtypeOf(request.dtype);
  const plan = recipe.plan({ config, files, checkpoint, floatType, options });
  await writeAtomically(request.out, request.signal, async (folder) => {
    await mkdir(join(folder, "onnx"));
    const totalBytes = Object.values(plan.sessions).reduce((sum, { graph }) => sum + weightBytes(graph), 0);
    let doneBytes = 0;
    const sessions: Record<string, unknown> = {};
    for (const [session, { graph, deviceOutputs }] of Object.entries(plan.sessions)) {
      const bytes = await writeGraph(
        graph,
        plan.weights ?? checkpoint,
        join(folder, "onnx"),
        `${session}${suffix}.onnx`,
        {
          onBytes: (count) => onProgress?.({ doneBytes: (doneBytes += count), totalBytes, session }),
          ...(request.signal && { signal: request.signal }),
          ...(request.fileLimit !== undefined && { fileLimit: request.fileLimit }),
        },
      );
      sessions[session] = { file: session, bytes, device_outputs: deviceOutputs };
    }
    if (request.companions !== null) await copyCompanions(request.companions, folder);
    const vla = { format: 1, architecture: recipe.architecture, dtype: request.dtype, ...plan.vla, sessions };
    await writeFile(join(folder, "config.json"), `${JSON.stringify({ ...config, vla }, null, 2)}\n`);
  });
}

function dtypeOf(dtype: string): { floatType: FloatType; suffix: string } {
  const known = Object.hasOwn(DTYPES, dtype) ? DTYPES[dtype] : undefined;
  if (known !== undefined) return known;
  throw new VlaPrunerError("invalid-option", {
    expected: `--dtype ${Object.keys(DTYPES).join(" or ")}`,
    found: dtype,
    fix:
      dtype === "q8" || dtype === "q4"
        ? "use fp16 for now; quantised formats are not written yet"
        : "choose one of these",
  });
}
