import { openStockFile } from "#stock-file";
import { wrapSession } from "@vla-pruner/core/adapter";
import { graphFileName, VlaPrunerError } from "@vla-pruner/format";
import { promptGraph, splitDecoder } from "@vla-pruner/onnx/split";
import type { SplitDecoder } from "@vla-pruner/onnx/split";
import { DecoderHalves } from "./decoder-halves.ts";
import { checkPruningOptions } from "./options.ts";
import type { PruningOptions } from "./options.ts";
import { Pruning } from "./pruning.ts";
import { replaceSessions } from "./replace-sessions.ts";
import { partOptions } from "./session-options.ts";
import { DECODER, stockParts } from "./stock/stock-model.ts";
import type { StockModel, StockParts } from "./stock/stock-model.ts";
import { isProbed, probeStock, verifyHalves } from "./verify-halves.ts";
import type { Probe } from "./verify-halves.ts";

/** A stock model that prunes. */
export type Pruned<Model> = Model & { readonly pruning: Pruning };

/**
 * Prunes visual tokens inside the language model of a stock transformers.js model: layers ≥ K see the kept ones only,
 * at their original positions. `generate` and everything else stays as it is. The decoder is split in memory; nothing is
 * written, weights are loaded once.
 *
 * @returns the same model object; `model.pruning` tells what was kept, `dispose` frees all
 * @throws `invalid-option`, `model-missing`, `model-invalid`; `graph-invalid` for a decoder that cannot be split, with
 * the node that stands in the way. The model is then as it was; where its file could not be opened again it refuses to run.
 */
export async function withPruning<Model extends StockModel>(
  model: Model,
  options: PruningOptions,
): Promise<Pruned<Model>> {
  checkPruningOptions(options);
  if ("pruning" in model) {
    throw new VlaPrunerError("invalid-option", {
      expected: "a model that is not pruned yet",
      found: "one that is",
      fix: "set model.pruning.pruner for another pruner; load the model again for another layer",
    });
  }
  const { layer, pruner, middleware = [], scores, verify = true } = options;
  const stock = stockParts(model);
  const file = await openStockFile({
    model: options.model,
    file: `${options.subfolder ?? "onnx"}/${graphFileName(DECODER, stock.dtype)}`,
    revision: options.revision ?? "main",
    cacheDir: options.cache_dir,
  });
  const tap = scores === undefined || scores.length > 0;
  const split = splitDecoder(file.bytes, {
    layer,
    fileName: file.name,
    tap,
    ...(options.cut && { cut: options.cut }),
  });
  const partsOptions = async (files: readonly string[], outputs: readonly string[]): Promise<object> =>
    partOptions(stock.device, options.session_options ?? {}, await file.weights(files), outputs);
  await partsOptions([...split.head.files, ...split.tail.files], []); // What is missing is told before anything is given up.
  const probe = verify ? await probeStock(stock.embed, stock.decoder) : null;
  const type =
    stock.decoderFacts.inputMetadata.find(({ name }) => name === "inputs_embeds")?.type === "float16"
      ? "float16"
      : "float32";
  const { outputNames } = stock.decoderFacts;

  // Weights are in memory once: the stock session goes before its halves come.
  await stock.decoder.release();
  let halves: DecoderHalves | null = null;
  try {
    halves = await DecoderHalves.open({ split, open: stock.open, options: partsOptions, outputNames });
    if (probe !== null) await verifyHalves(halves, probe);
    const prompt = await stock.open(
      promptGraph(type),
      partOptions(stock.device, options.session_options ?? {}, {}, []),
    );
    const promptSession = wrapSession("prompt", prompt);
    const pruning = new Pruning({
      halves,
      promptSession,
      layer,
      pruner,
      middleware,
      scores,
      imageToken: stock.imageToken,
    });
    replaceSessions(stock, pruning);
    return Object.defineProperty(model, "pruning", { value: pruning, configurable: true }) as Pruned<Model>;
  } catch (cause) {
    await halves?.release();
    const files = [...new Set([...split.head.files, ...split.tail.files])].filter(
      (name) => name !== file.name,
    );
    const caches = outputNames.filter((name) => name !== "logits");
    await restore(stock, file.bytes, () => partsOptions(files, caches), probe);
    throw typed(cause, split);
  }
}

/** Gives the model its decoder back: the very one, as its logits tell, or one that refuses to run. */
async function restore(
  { sessions, decoderFacts, open }: StockParts,
  bytes: Uint8Array,
  options: () => Promise<object>,
  probe: Probe | null,
): Promise<void> {
  const { config } = decoderFacts;
  const decoder = await options()
    .then((given) => open(bytes, given))
    .catch(() => null);
  if (decoder !== null && probe !== null && (await isProbed(decoder, probe).catch(() => false))) {
    sessions[DECODER] = Object.assign(decoder, { config });
    return;
  }
  await decoder?.release();
  sessions[DECODER] = {
    ...decoderFacts,
    run: () => Promise.reject(gone()),
    release: () => Promise.resolve(),
  };
}

function gone(): VlaPrunerError {
  return new VlaPrunerError("disposed", {
    expected: "a decoder",
    found: "none: it was given up, and could not be opened again",
    fix: "load the model again",
  });
}

function typed(cause: unknown, { cut }: SplitDecoder): VlaPrunerError {
  if (VlaPrunerError.is(cause)) return cause;
  return new VlaPrunerError("model-invalid", {
    expected: `a decoder that runs in two parts, cut at ${cut.node}`,
    found: cause instanceof Error ? cause.message : String(cause),
    fix: "choose another layer, or leave this model unpruned",
    cause,
  });
}
