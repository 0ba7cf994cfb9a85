import { RawImage } from "@huggingface/transformers";
import type { Tensor } from "@huggingface/transformers";
import { keepAll, VlaPrunerError } from "@vla-pruner/core";
import type { TokenPruner } from "@vla-pruner/core";
import type { PrefillReport } from "@vla-pruner/transformers";
import type { Answer, Look, Picture, Report, SeenPatches } from "../../messages.ts";
import { chosenPruner } from "../chosen-pruner.ts";
import type { Vlm } from "./open-vlm.ts";

/** Most words of an answer, tokens. */
const LONGEST = 48;
/** Their processors want the picture before the text. */
const PICTURE_FIRST = ["llava", "llava_onevision", "paligemma", "lfm2_vl", "florence2"];

type Inputs = Readonly<Record<string, Tensor>>;
const warm = new WeakSet<Vlm>();

/** A question about a picture, answered dense and pruned. */
export async function ask(
  vlm: Vlm,
  { picture, instruction, choice }: Look,
): Promise<Extract<Report, { type: "answered" }>> {
  const inputs = await inputsOf(vlm, picture, instruction);
  // The first run of a graph is its slowest, and the same graphs serve both.
  if (!warm.has(vlm)) await answer(vlm, inputs, keepAll(), 1);
  warm.add(vlm);
  const dense = await answer(vlm, inputs, keepAll(), LONGEST);
  const pruned = await answer(vlm, inputs, chosenPruner(choice), LONGEST);
  return {
    type: "answered",
    seen: seenPatches(pruned.report, picture),
    vision: pruned.report.visualRows.length,
    dense: dense.answer,
    pruned: pruned.answer,
  };
}

/** The picture whole, where a processor would cut it into tiles: one grid of patches can be shown. */
async function inputsOf({ model, processor }: Vlm, picture: Picture, question: string): Promise<Inputs> {
  const image = new RawImage(new Uint8ClampedArray(picture.data), picture.width, picture.height, 3);
  const content = [{ type: "image" }, { type: "text", text: question }];
  const template = processor.chat_template ?? processor.tokenizer?.chat_template ?? null;
  const prompt =
    template === null
      ? `<image>${question}`
      : processor.apply_chat_template([{ role: "user", content }] as never, { add_generation_prompt: true });
  const { model_type } = model.config as { model_type?: string };
  const made: unknown = PICTURE_FIRST.includes(model_type ?? "")
    ? await processor(image, prompt)
    : await processor(prompt, [image], { do_image_splitting: false });
  return made as Inputs;
}

async function answer(
  { model, processor }: Vlm,
  inputs: Inputs,
  pruner: TokenPruner,
  longest: number,
): Promise<{ readonly answer: Answer; readonly report: PrefillReport }> {
  const { pruning } = model;
  pruning.pruner = pruner;
  pruning.last = null;
  const begin = performance.now();
  const options = { max_new_tokens: longest, do_sample: false };
  const sequences = (await model.generate({ ...inputs, ...options })) as Tensor;
  const whole = performance.now() - begin;
  const report = pruning.last as PrefillReport | null;
  if (report?.timings.act === undefined) {
    throw new VlaPrunerError("model-invalid", {
      expected: "a prompt with the picture's tokens, which can be pruned",
      found: report?.reason ?? "none of them: this model's processor makes prompts otherwise",
      fix: "take another model",
    });
  }
  const words = sequences.slice(null, [report.rows, sequences.dims[1] ?? report.rows]);
  const [text = ""] = processor.batch_decode(words, { skip_special_tokens: true });
  const prefill = Object.values(report.timings).reduce((sum, time) => sum + time, 0);
  return { answer: { text: text.trim(), prefill, whole }, report };
}

/** Tiles of a picture that was cut all the same are counted, not drawn. */
function seenPatches(report: PrefillReport, picture: Picture): SeenPatches {
  const { views, keep, semantic, decision } = report;
  const [score = null] = Object.values(semantic);
  const name = "your picture";
  return {
    pictures: { [name]: picture },
    views: views.length === 1 ? views.map((view) => ({ ...view, name })) : [],
    keep,
    scores: { semantic: score, forecast: null, action: null },
    decision,
  };
}
