import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { checkOptions, checkVlaBlock, FORMAT, graphFileName, VlaPrunerError } from "@vla-pruner/format";
import type { SessionEntry, VlaBlock } from "@vla-pruner/format";
import type { FloatType } from "../graph/value-types.ts";
import type { TensorSource } from "../weights/tensor-source.ts";
import { withChecksums } from "./checksums.ts";
import { copyCompanions } from "./checkpoint-files.ts";
import { RECIPE_OPTIONS } from "./model-recipe.ts";
import type { CheckpointConfig, ModelRecipe, RecipeOptions } from "./model-recipe.ts";
import { writeAtomically } from "./write-atomically.ts";
import { weightBytes, writeGraph } from "./write-graph.ts";

/** The dtypes of the format that are written, with the float type that each computes in. */
const WRITTEN: Readonly<Record<string, FloatType>> = { fp32: "float32", fp16: "float16" };

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
 * Turns a checkpoint into a model directory: plans the graphs, streams the weights into them, writes `config.json`,
 * which has the checksums of all files, last. All of it happens in a folder of another name, which is renamed when it is whole.
 *
 * @throws `invalid-option`, `tensor-missing`, `tensor-shape`, `output-exists`, `output-unwritable`, `interrupted`,
 * and `model-invalid` for a recipe whose `vla` block no reader would take
 */
export async function convertCheckpoint(request: ConvertRequest): Promise<void> {
  checkOptions("convertCheckpoint", request, REQUEST);
  checkOptions("a recipe", request.options, RECIPE_OPTIONS);
  const { recipe, config, files, checkpoint, options, onProgress } = request;
  const floatType = floatTypeOf(request.dtype);
  const plan = recipe.plan({ config, files, checkpoint, floatType, options });
  await writeAtomically(request.out, request.signal, async (folder) => {
    await mkdir(join(folder, "onnx"));
    const totalBytes = Object.values(plan.sessions).reduce((sum, { graph }) => sum + weightBytes(graph), 0);
    let doneBytes = 0;
    const sessions: Record<string, SessionEntry> = {};
    for (const [session, { graph, deviceOutputs = [], dtype }] of Object.entries(plan.sessions)) {
      const bytes = await writeGraph(
        graph,
        plan.weights ?? checkpoint,
        join(folder, "onnx"),
        graphFileName(session, dtype ?? request.dtype),
        {
          onBytes: (count) => onProgress?.({ doneBytes: (doneBytes += count), totalBytes, session }),
          ...(request.signal && { signal: request.signal }),
          ...(request.fileLimit !== undefined && { fileLimit: request.fileLimit }),
        },
      );
      sessions[session] = { file: session, bytes, device_outputs: deviceOutputs, ...(dtype && { dtype }) };
    }
    if (request.companions !== null) await copyCompanions(request.companions, folder, recipe.files?.copied);
    const { architecture } = recipe;
    const vla: VlaBlock = { format: FORMAT, architecture, dtype: request.dtype, ...plan.vla, sessions };
    checkVlaBlock({ vla }, request.out);
    const summed = await withChecksums({ ...config, vla }, folder, request.signal);
    await writeFile(join(folder, "config.json"), `${JSON.stringify(summed, null, 2)}\n`);
  });
}

function floatTypeOf(dtype: string): FloatType {
  const known = Object.hasOwn(WRITTEN, dtype) ? WRITTEN[dtype] : undefined;
  if (known !== undefined) return known;
  throw new VlaPrunerError("invalid-option", {
    expected: `--dtype ${Object.keys(WRITTEN).join(" or ")}`,
    found: dtype,
    fix:
      dtype === "q8" || dtype === "q4"
        ? "use fp16 for now; quantised formats are not written yet"
        : "choose one of these",
  });
}
