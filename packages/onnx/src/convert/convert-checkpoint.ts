import { mkdir, writeFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { checkOptions, checkVlaBlock, FORMAT, graphFileName, VlaPrunerError } from "@vla-pruner/format";
import type { SessionEntry, VlaBlock } from "@vla-pruner/format";
import { MatrixQuantizer } from "../quantize/matrix-quantizer.ts";
import type { TensorSource } from "../weights/tensor-source.ts";
import { sizeOf } from "../weights/tensor-source.ts";
import { withChecksums } from "./checksums.ts";
import { copyCompanions } from "./checkpoint-files.ts";
import { matrixReport } from "./conversion-report.ts";
import type { ConversionReport, MatrixReport } from "./conversion-report.ts";
import { commonDtype } from "./dtypes.ts";
import type { ConvertedDtypes } from "./dtypes.ts";
import { RECIPE_OPTIONS } from "./model-recipe.ts";
import type { CheckpointConfig, ModelRecipe, RecipeOptions } from "./model-recipe.ts";
import { planConversion } from "./plan-conversion.ts";
import type { TypedSession } from "./plan-sessions.ts";
import { int4Block } from "./int4-block.ts";
import { writeAtomically } from "./write-atomically.ts";
import { weightBytes, writeGraph } from "./write-graph.ts";

/** Below so many numbers to quantise, threads take longer to start than they save. */
const WORTH_THREADS = 32 * 1024 * 1024;

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
  readonly dtype: ConvertedDtypes;
  /** Numbers that share a scale in int4: 32 (default) or 128. */
  readonly block?: number;
  /** Threads that quantise; all cores where absent, none for a small model. */
  readonly threads?: number;
  readonly options: RecipeOptions;
  readonly onProgress?: (progress: ConversionProgress) => void;
  readonly signal?: AbortSignal;
  /** Told in a sentence of what was unusual and did not stop the conversion. */
  readonly onWarning?: (message: string) => void;
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
  "block",
  "threads",
  "options",
  "onProgress",
  "signal",
  "onWarning",
  "fileLimit",
];

/**
 * Turns a checkpoint into a model directory: plans the graphs, streams the weights into them, writes `config.json`,
 * which has the checksums of all files, last. All of it happens in a folder of another name, which is renamed when it is whole.
 * A field of the config or a tensor that would change the actions and is not understood is refused.
 *
 * @throws `invalid-option`, `config-invalid`, `checkpoint-invalid`, `tensor-missing`, `tensor-shape`, `tensor-unexpected`,
 * `output-exists`, `output-unwritable`, `interrupted`, and `model-invalid` for a recipe whose `vla` block no reader would take
 */
export async function convertCheckpoint(request: ConvertRequest): Promise<ConversionReport> {
  checkOptions("convertCheckpoint", request, REQUEST);
  checkOptions("a recipe", request.options, RECIPE_OPTIONS);
  const { recipe, config, files, checkpoint, options, dtype } = request;
  checkTarget(recipe, options.target);
  if (options.ahead === true) checkAhead(recipe, options.target);
  const block = int4Block(request.block);
  const plan = await planConversion(recipe, { config, files, checkpoint, options }, dtype, block);
  const quantized: MatrixReport[] = [];
  const told = (leftover: string): void =>
    request.onWarning?.(`removed ${leftover}, which a conversion left that was killed`);
  await writeAtomically(request.out, { signal: request.signal, onLeftover: told }, async (folder) => {
    await mkdir(join(folder, "onnx"));
    const sessions = await writeSessions(plan.sessions, join(folder, "onnx"), request, quantized);
    if (request.companions !== null) await copyCompanions(request.companions, folder, recipe.files?.copied);
    const { architecture } = recipe;
    const { target = "cpu" } = options;
    const made = { dtype: commonDtype(dtype), ...(target !== "cpu" && { target }) };
    const vla: VlaBlock = { format: FORMAT, architecture, ...made, ...plan.vla, sessions };
    checkVlaBlock({ vla }, request.out);
    const summed = await withChecksums({ ...config, vla }, folder, request.signal);
    await writeFile(join(folder, "config.json"), `${JSON.stringify(summed, null, 2)}\n`);
  });
  return { quantized, warnings: plan.warnings };
}

function checkTarget({ architecture, targets = [] }: ModelRecipe, target: RecipeOptions["target"]): void {
  if (target === undefined || target === "cpu" || targets.includes(target)) return;
  throw new VlaPrunerError("invalid-option", {
    expected: `--target ${["cpu", ...targets].join(" or ")}, for ${architecture}`,
    found: target,
    fix: "leave it out: graphs for cpu run on every device",
  });
}

function checkAhead(
  { architecture, aheadTargets = [] }: ModelRecipe,
  target: RecipeOptions["target"] = "cpu",
): void {
  if (aheadTargets.includes(target)) return;
  const none = aheadTargets.length === 0;
  throw new VlaPrunerError("invalid-option", {
    expected: none
      ? `no --ahead: ${architecture} has no graph for a whole call`
      : `--ahead with --target ${aheadTargets.join(" or ")}, for ${architecture}`,
    found: `--target ${target}`,
    fix: "leave --ahead out: policies may select ahead on any graphs",
  });
}

/** Writes the graphs one after the other; what was quantised is added to the report, in the graphs' order. */
async function writeSessions(
  planned: readonly TypedSession[],
  folder: string,
  { dtype: choice, threads, signal, fileLimit, onProgress }: ConvertRequest,
  report: MatrixReport[],
): Promise<Record<string, SessionEntry>> {
  const totalBytes = planned.reduce((sum, { graph }) => sum + weightBytes(graph), 0);
  let doneBytes = 0;
  const sessions: Record<string, SessionEntry> = {};
  const quantizer = new MatrixQuantizer(threads ?? threadsFor(planned));
  try {
    for (const { session, dtype, graph, deviceOutputs, source } of planned) {
      const bytes = await writeGraph(graph, source, folder, graphFileName(session, dtype), {
        onBytes: (count) => onProgress?.({ doneBytes: (doneBytes += count), totalBytes, session }),
        onQuantized: (matrix, error) => report.push(matrixReport(session, matrix, error)),
        quantizer,
        ...(signal && { signal }),
        ...(fileLimit !== undefined && { fileLimit }),
      });
      const before = sessions[session];
      const own = dtype === commonDtype(choice) ? {} : { dtype };
      sessions[session] =
        before === undefined
          ? { file: session, bytes, device_outputs: deviceOutputs, ...own }
          : { ...before, variants: { ...before.variants, [dtype]: bytes } };
    }
  } finally {
    await quantizer.close();
  }
  return sessions;
}

function threadsFor(sessions: readonly TypedSession[]): number {
  const sizes = sessions.flatMap(({ graph }) =>
    graph.weights.map(({ plan }) => (plan.kind === "quantized" ? sizeOf(plan.dims) : 0)),
  );
  const all = sizes.reduce((sum, size) => sum + size, 0);
  return all < WORTH_THREADS ? 0 : availableParallelism();
}
