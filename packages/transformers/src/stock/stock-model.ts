import { isObject, VlaPrunerError } from "@vla-pruner/format";

/**
 * What is relied on of a stock transformers.js model: its replaceable sessions and its configuration. All contact is in
 * this folder: once transformers.js has providers of its own, they come here.
 */
export interface StockModel {
  sessions: unknown;
  config: unknown;
}

/** A tensor of ONNX Runtime, of whichever copy the model runs on. */
export interface StockTensor {
  readonly type: string;
  readonly dims: readonly number[];
  readonly data: unknown;
  readonly location?: string;
  dispose(): void;
}

export type Feeds = Readonly<Record<string, StockTensor>>;

/** An input as ONNX Runtime describes it: names where sizes are known at run time. */
export interface InputFacts {
  readonly name: string;
  readonly type: string;
  readonly shape: readonly (number | string)[];
}

/** The part of a session that transformers.js and this package use. */
export interface StockSession {
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  readonly inputMetadata: readonly InputFacts[];
  /** Written by transformers.js. */
  readonly config?: { readonly dtype?: string; readonly device?: string };
  run(feeds: Feeds): Promise<Record<string, StockTensor>>;
  release(): Promise<void>;
}

/** Opens a session on the runtime that the model runs on. */
export type OpenSession = (bytes: Uint8Array, options: object) => Promise<StockSession>;

export const EMBED = "embed_tokens";
export const DECODER = "decoder_model_merged";

/** What transformers.js looks at of a session. */
export type SessionFacts = Pick<StockSession, "inputNames" | "outputNames" | "inputMetadata" | "config">;

export interface StockParts {
  /** The model's own table: sessions are replaced in it. */
  readonly sessions: Record<string, unknown>;
  readonly embed: StockSession;
  readonly decoder: StockSession;
  /** A released session tells nothing of itself any more. */
  readonly decoderFacts: SessionFacts;
  readonly open: OpenSession;
  readonly dtype: string;
  readonly device: string;
  /** The id of the token that stands for a piece of a picture. */
  readonly imageToken: bigint;
}

/** @throws `model-invalid` for a model whose language model is not one session between embedding and logits */
export function stockParts(model: StockModel): StockParts {
  // A model is callable, so it is a function.
  const { sessions: found } = model;
  const sessions = isObject(found) ? (found as Record<string, unknown>) : {};
  const { [EMBED]: embed, [DECODER]: decoder } = sessions;
  if (!isSession(embed) || !isSession(decoder)) {
    throw unfit(
      `a model of AutoModelForImageTextToText, with sessions ${EMBED} and ${DECODER}`,
      Object.keys(sessions).join(", ") || "no sessions",
    );
  }
  const { dtype, device } = decoder.config ?? {};
  if (dtype === undefined || device === undefined)
    throw unfit(
      `a session ${DECODER} that transformers.js 4 loaded, with its dtype and device`,
      "a session without",
    );
  const runtime = (decoder as unknown as { constructor: { create?: OpenSession } }).constructor;
  if (typeof runtime.create !== "function")
    throw unfit("a session of ONNX Runtime", "another object, perhaps wrapped by another package");
  const open: OpenSession = (bytes, options) => (runtime.create as OpenSession)(bytes, options);
  return {
    sessions,
    embed,
    decoder,
    decoderFacts: factsOf(decoder),
    open,
    dtype,
    device,
    imageToken: imageTokenOf(model.config),
  };
}

export function factsOf({ inputNames, outputNames, inputMetadata, config }: StockSession): SessionFacts {
  return { inputNames, outputNames, inputMetadata, ...(config && { config }) };
}

function imageTokenOf(config: unknown): bigint {
  const facts = isObject(config) ? config : {};
  // In the order of transformers.js.
  const id = facts["image_token_index"] ?? facts["image_token_id"];
  if (typeof id === "number" && Number.isInteger(id)) return BigInt(id);
  throw unfit("image_token_id or image_token_index in config.json", "neither");
}

function isSession(value: unknown): value is StockSession {
  return isObject(value) && typeof value["run"] === "function" && Array.isArray(value["inputNames"]);
}

function unfit(expected: string, found: string): VlaPrunerError {
  return new VlaPrunerError("model-invalid", {
    expected,
    found,
    fix: "pass what AutoModelForImageTextToText.from_pretrained gave, before anything else changes it",
  });
}
