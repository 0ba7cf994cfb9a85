import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { convertCheckpoint, openCheckpoint } from "@vla-pruner/onnx";
import { VlaModel, createPolicy, vlaPruner, keepAll } from "@vla-pruner/core";
import { pi0Recipe } from "../src/convert.ts";
import { pi0 } from "../src/index.ts";
const v = process.argv[2] ?? "pi0";
const ckpt = `/work/ref/pi0/fixture/${v}`;
const out = `/tmp/pi0dev/${v}`;
rmSync(out, { recursive: true, force: true });
const { config, weights } = await openCheckpoint(ckpt);
await convertCheckpoint({
  recipe: pi0Recipe,
  config,
  files: {},
  checkpoint: weights,
  companions: null,
  out,
  dtype: "fp32",
  options: { pruneLayer: 2 },
});
const model = await VlaModel.from_pretrained(out, {});
const unpack = (p: { base64: string }) => {
  const b = Buffer.from(p.base64, "base64");
  return new Float32Array(b.buffer.slice(b.byteOffset, b.byteOffset + b.length));
};
const diff = (a: ArrayLike<number>, b: ArrayLike<number>) => {
  if (a.length !== b.length) return NaN;
  let m = 0;
  for (let i = 0; i < a.length; i++) m = Math.max(m, Math.abs(a[i]! - b[i]!));
  return m;
};
const floats = (f: string) => {
  const b = readFileSync(join(ckpt, f));
  return new Float32Array(b.buffer.slice(b.byteOffset, b.byteOffset + b.length));
};
const lines = (f: string) =>
  readFileSync(join(ckpt, f), "utf8")
    .trim()
    .split("\n")
    .map((l) => JSON.parse(l))
    .map((s) => ({
      pixelValues: { data: floats(s.pixel_values) },
      inputIds: s.input_ids,
      state: s.state,
      noise: floats(s.noise),
      ...(s.image_masks && { imageMasks: s.image_masks }),
    }));
const dense = JSON.parse(readFileSync(`/work/ref/pi0/out/${v}-dense2.json`, "utf8"));
const steps = lines("dense.jsonl");
for (const c of dense.cases) {
  const adapter = pi0({ steps: c.steps }).createAdapter(model);
  const r = await createPolicy({ adapter, pruner: keepAll() }).act(steps[c.line]!);
  const act = r.chunk.flat();
  console.log(
    c.line,
    c.steps,
    "actions",
    diff(act, unpack(c.actions)),
    "prefill",
    diff(r.semantic.prefill!, unpack(c.semantic.prefill)),
    diff(r.semantic.last!, unpack(c.semantic.last)),
    diff(r.semantic.text!, unpack(c.semantic.text)),
    r.timings,
  );
}
for (const name of ["episode", "absent"]) {
  const golden = JSON.parse(readFileSync(`/work/ref/pi0/out/${v}-pruned2-${name}.json`, "utf8"));
  const ep = lines(`${name}.jsonl`);
  for (const [key, c] of Object.entries<any>(golden.cases)) {
    const adapter = pi0({ steps: golden.eulerSteps }).createAdapter(model);
    const policy = createPolicy({
      adapter,
      pruner: vlaPruner({ retention: c.retention, semanticRows: c.semanticRows }),
    });
    let worst = 0,
      same = 0,
      att = 0;
    for (const [i, s] of c.steps.entries()) {
      const r = await policy.act(ep[i]!);
      worst = Math.max(worst, diff(r.chunk.flat(), unpack(s.actions)));
      const kept = r.views.map(({ start, count }) =>
        [...r.keep].filter((k) => k >= start && k < start + count).map((k) => k - start),
      );
      same += JSON.stringify(kept) === JSON.stringify(s.kept) ? 1 : 0;
      if (s.actionAttention) att = Math.max(att, diff(r.actionAttention, unpack(s.actionAttention)));
    }
    console.log(name, key, "same", same, "of", c.steps.length, "actions", worst, "attention", att);
  }
}
