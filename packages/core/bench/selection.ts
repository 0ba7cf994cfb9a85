// Combine-then-filter selection for one view of 256 visual tokens, the similarity matrix given, on one core.
import { cpus } from "node:os";
import { maxRelevance, minRedundancy } from "@vla-pruner/core";
import { seededRandom } from "@vla-pruner/core/adapter";

const VISION = 256;
const WARM_UP = 300;
const RUNS = 500;

console.log(`${cpus()[0]?.model.trim() ?? "unknown processor"}, Node ${process.version}`);
for (const overlap of ["random", "disjoint"] as const) {
  for (const budget of [128, 64, 32]) {
    const milliseconds = measure(budget, overlap).toSorted((a, b) => a - b);
    const [p10, median, p90] = [0.1, 0.5, 0.9].map((share) => quantile(milliseconds, share).toFixed(3));
    const label = `${VISION} → ${budget}, ${overlap} top sets`.padEnd(32);
    console.log(`${label} median ${median} ms, p10 ${p10} ms, p90 ${p90} ms (${RUNS} runs)`);
  }
}

/** `disjoint` top sets are the worst case: twice the budget of candidates. */
function measure(budget: number, overlap: "random" | "disjoint"): number[] {
  const inputs = Array.from({ length: 8 }, (_, seed) => makeInput(seed, overlap));
  const samples: number[] = [];
  let kept = 0;
  for (let run = 0; run < WARM_UP + RUNS; run += 1) {
    const { semantic, forecast, similarity } = inputs[run % inputs.length] ?? makeInput(run, overlap);
    const start = performance.now();
    const keep = minRedundancy(maxRelevance(semantic, forecast, budget), similarity, VISION, budget);
    if (run >= WARM_UP) samples.push(performance.now() - start);
    kept += keep.length;
  }
  if (kept !== budget * (WARM_UP + RUNS)) throw new Error(`kept ${kept} tokens in all`);
  return samples;
}

interface Input {
  readonly semantic: Float32Array;
  readonly forecast: Float32Array;
  readonly similarity: Float32Array;
}

function makeInput(seed: number, overlap: "random" | "disjoint"): Input {
  const next = seededRandom(seed);
  const semantic = Float32Array.from({ length: VISION }, () => next());
  const forecast = overlap === "disjoint" ? semantic.map((score) => 1 - score) : semantic.map(() => next());
  const similarity = new Float32Array(VISION * VISION);
  for (let row = 0; row < VISION; row += 1) {
    for (let column = 0; column <= row; column += 1) {
      const value = row === column ? 1 : next();
      similarity[row * VISION + column] = value;
      similarity[column * VISION + row] = value;
    }
  }
  return { semantic, forecast, similarity };
}

function quantile(ascending: readonly number[], share: number): number {
  return ascending[Math.floor(share * (ascending.length - 1))] ?? Number.NaN;
}
