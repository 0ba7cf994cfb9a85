import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { dtypeWithSuffix } from "@vla-pruner/format";

const FIXTURES = join(import.meta.dirname, "..", "fixtures");

/** What PyTorch made of a prompt: greedy tokens of the dense and of the pruned model, and the rows that were kept. */
export interface Reference {
  readonly seed: number;
  readonly dense: readonly number[];
  readonly kept: readonly number[];
  readonly pruned: readonly number[];
  /** Scores of the visual tokens by rows, for the first seed. */
  readonly scores?: Readonly<Record<string, readonly number[]>>;
}

/** A tiny stock model in a folder as transformers.js reads it. */
export interface Fixture {
  readonly layout: string;
  readonly folder: string;
  /** Of the decoder. */
  readonly dtypes: readonly string[];
  /** References by prune layer. */
  readonly reference: Readonly<Record<string, readonly Reference[]>>;
}

/** Names of the layouts that are there. */
export const LAYOUTS: readonly string[] = readdirSync(FIXTURES).filter((name) =>
  existsSync(join(FIXTURES, name, "config.json")),
);

/** Folders of models, made of the packed fixtures; gone with `remove`. */
export class Models {
  readonly folder = mkdtempSync(join(tmpdir(), "vla-pruner-stock-"));

  unpack(layout: string): Fixture {
    const source = join(FIXTURES, layout);
    const folder = join(this.folder, layout);
    const onnx = join(folder, "onnx");
    mkdirSync(onnx, { recursive: true });
    writeFileSync(join(folder, "generation_config.json"), "{}");
    cpSync(join(source, "config.json"), join(folder, "config.json"));
    cpSync(join(FIXTURES, "shared", "embed_tokens.onnx"), join(onnx, "embed_tokens.onnx"));
    const tower = layout === "qwen2-vl" ? "vision_encoder_grid.onnx" : "vision_encoder.onnx";
    cpSync(join(FIXTURES, "shared", tower), join(onnx, "vision_encoder.onnx"));
    for (const name of readdirSync(source).filter((file) => file.endsWith(".gz")))
      writeFileSync(join(onnx, name.slice(0, -3)), gunzipSync(readFileSync(join(source, name))));
    const suffixes = readdirSync(onnx).map((name) => /^decoder_model_merged(.*)\.onnx$/u.exec(name)?.[1]);
    const dtypes = suffixes
      .filter((suffix) => suffix !== undefined)
      .map((suffix) => dtypeWithSuffix(suffix) ?? suffix);
    const reference = JSON.parse(
      readFileSync(join(source, "reference.json"), "utf8"),
    ) as Fixture["reference"];
    return { layout, folder, dtypes, reference };
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
