/**
 * How the time of a step grows with camera views, with the length of the prompt and with the layer of the cut: converts
 * random weights for the points, measures dense against 25 % kept, and draws a picture for each.
 *
 *     node --import tsx --conditions=@vla-pruner/source tools/bench-curves.ts --out docs/images [--curves views,cut] [--device cuda] [--dtype fp16] [--runs 20]
 *
 * Out of the archive that `bundle.sh` makes: node dist/curves.mjs --cli dist/cli.mjs --out FOLDER
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { curveChart } from "./curves/curve-chart.ts";
import type { CurvePoint } from "./curves/curve-chart.ts";

const { values } = parseArgs({
  options: {
    out: { type: "string" },
    device: { type: "string", default: "cpu" },
    dtype: { type: "string", default: "fp32" },
    runs: { type: "string", default: "10" },
    preset: { type: "string", default: "openvla-oft-0.5b" },
    curves: { type: "string", default: "views,prompt,cut" },
    cli: { type: "string", default: fileURLToPath(new URL("./run-cli.ts", import.meta.url)) },
  },
});
const { out, device, dtype, runs, preset, cli } = values;
if (out === undefined) throw new Error("pass --out FOLDER");

/** A curve: what is varied, and the words for `convert` and `bench` at each value. */
interface Curve {
  readonly name: string;
  readonly axis: string;
  readonly points: readonly number[];
  readonly convert: (value: number) => readonly string[];
  readonly bench: (value: number) => readonly string[];
}

const CURVES: readonly Curve[] = [
  {
    name: "views",
    axis: "camera views",
    points: [1, 2, 3],
    convert: (views) => ["--views", String(views), "--prune-layer", "3"],
    bench: () => [],
  },
  {
    name: "prompt",
    axis: "tokens of the instruction",
    points: [16, 64, 128, 256],
    convert: () => ["--views", "1", "--prune-layer", "3"],
    bench: (tokens) => ["--prompt", String(tokens)],
  },
  {
    name: "cut",
    axis: "layer of the cut, K",
    points: [1, 3, 8, 16],
    convert: (layer) => ["--views", "1", "--prune-layer", String(layer)],
    bench: () => [],
  },
];

/** Runs the command line; gives its stdout. */
function vlaPruner(...words: readonly string[]): string {
  const command = [...process.execArgv, cli, ...words];
  return execFileSync(process.execPath, command, { encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] });
}

const asked = values.curves.split(",");
const unknown = asked.find((name) => CURVES.every((curve) => curve.name !== name));
if (unknown !== undefined) throw new Error(`--curves ${unknown}: views, prompt, cut`);

const folder = mkdtempSync(join(tmpdir(), "curves-"));
const models = new Map<string, string>();

/** Directory of a model that was converted with these words; curves share what they have in common. */
function converted(words: readonly string[]): string {
  const key = words.join(" ");
  const there = models.get(key);
  if (there !== undefined) return there;
  const model = join(folder, String(models.size));
  vlaPruner("convert", "--synthetic", preset, "--dtype", dtype, ...words, "--out", model);
  models.set(key, model);
  return model;
}

try {
  for (const { name, axis, points, convert, bench } of CURVES.filter((curve) => asked.includes(curve.name))) {
    const measured: CurvePoint[] = [];
    let machine = "";
    for (const value of points) {
      const wanted = ["--retention", "1,0.25", "--runs", runs, "--device", device, ...bench(value)];
      const lines = vlaPruner("bench", converted(convert(value)), ...wanted, "--json")
        .trim()
        .split("\n");
      for (const line of lines) {
        const cell = JSON.parse(line) as Omit<CurvePoint, "value"> & { readonly machine: string };
        measured.push({ value, retention: cell.retention, total: cell.total });
        machine = cell.machine;
        console.log(`${name} ${value}, ${cell.retention} kept: ${cell.total.median.toFixed(1)} ms`);
      }
    }
    const file = join(out, `time-by-${name}.svg`);
    writeFileSync(file, `${curveChart(axis, measured, `${preset}, ${dtype}; ${machine}`)}\n`);
    console.log(file);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
