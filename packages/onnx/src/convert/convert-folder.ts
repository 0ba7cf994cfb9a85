import { checkOptions } from "@vla-pruner/format";
import { cachedSnapshot } from "@vla-pruner/format/files";
import { convertCheckpoint } from "./convert-checkpoint.ts";
import type { ConversionProgress } from "./convert-checkpoint.ts";
import type { ConversionReport } from "./conversion-report.ts";
import type { ConvertedDtypes } from "./dtypes.ts";
import type { ModelRecipe, RecipeOptions } from "./model-recipe.ts";
import { openCheckpoint } from "./open-checkpoint.ts";

export interface ConvertFolderRequest {
  readonly recipe: ModelRecipe;
  /** The checkpoint directory. */
  readonly folder: string;
  /** The model directory to make; must not exist, or be empty. */
  readonly out: string;
  /** Default `fp32`. */
  readonly dtype?: ConvertedDtypes;
  /** Numbers that share a scale in int4: 32 (default) or 128. */
  readonly block?: number;
  readonly options?: RecipeOptions;
  readonly onProgress?: (progress: ConversionProgress) => void;
  readonly signal?: AbortSignal;
  /** Told in a sentence of what was unusual and did not stop the conversion. */
  readonly onWarning?: (message: string) => void;
}

const REQUEST: readonly (keyof ConvertFolderRequest)[] = [
  "recipe",
  "folder",
  "out",
  "dtype",
  "block",
  "options",
  "onProgress",
  "signal",
  "onWarning",
];

/** Opens a checkpoint directory, converts it and closes it again: what `vla-pruner convert` does, in a program. */
export async function convertFolder(request: ConvertFolderRequest): Promise<ConversionReport> {
  checkOptions("convertFolder", request, REQUEST);
  const { folder: given, dtype = "fp32", options = {}, ...rest } = request;
  const folder = cachedSnapshot(given) ?? given;
  const { config, files, weights, warnings } = await openCheckpoint(folder, [request.recipe]);
  try {
    const report = await convertCheckpoint({
      ...rest,
      config,
      files,
      checkpoint: weights,
      companions: folder,
      dtype,
      options,
    });
    return { ...report, warnings: [...warnings, ...report.warnings] };
  } finally {
    await weights.close();
  }
}
