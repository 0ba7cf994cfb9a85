import assert from "node:assert/strict";
import { readFrame } from "@vla-pruner/core";
import { toRgb } from "@vla-pruner/core/adapter";
import type { Pi0Vla } from "../src/pi0-vla.ts";
import { resizeWithPad } from "../src/processor.ts";
import { encodePrompt, promptParts, stateBin } from "../src/prompt.ts";
import { normalizeState, readStatistics, unnormalizeActions } from "../src/statistics.ts";
import { goldenPath, readGolden, sha256, unpack } from "./support/golden.ts";
import type { PackedArray } from "./support/golden.ts";

type Vector = readonly number[];

interface InputsGolden {
  readonly images: readonly {
    readonly file: string;
    readonly sha256: string;
    readonly indices: Vector;
    readonly values: Vector;
  }[];
  readonly prompts: readonly {
    readonly prompt: string;
    readonly state: Vector | null;
    readonly parts: readonly { readonly text: string; readonly bos: boolean }[];
  }[];
  readonly statistics: {
    readonly norm_stats: Readonly<Record<"mean" | "std" | "q01" | "q99", Vector>>;
    readonly state: Vector;
    readonly actions: PackedArray;
    readonly zscore: { readonly state: PackedArray; readonly actions: PackedArray };
    readonly quantiles: { readonly state: PackedArray; readonly actions: PackedArray };
  };
}

const golden = readGolden("inputs") as InputsGolden;

describe("inputs against openpi's NumPy side", () => {
  for (const { file, sha256: hash, indices, values } of golden.images) {
    it(`resizes and pads ${file} bit for bit`, async () => {
      const image = resizeWithPad(toRgb(await readFrame(goldenPath(file))), 224);
      assert.deepEqual(
        indices.map((index) => image.data[index]),
        values,
      );
      assert.equal(sha256(image.data), hash);
    });
  }

  for (const { prompt, state, parts } of golden.prompts) {
    it(`words the prompt ${JSON.stringify(prompt)} ${state === null ? "without" : `with ${state.length}`} state`, () => {
      const variant = state === null ? "pi0" : "pi05";
      assert.deepEqual(
        promptParts(prompt, state ?? [], { variant, convention: "openpi" }),
        parts.map(({ text }) => text),
      );
    });
  }

  for (const mode of ["zscore", "quantiles"] as const) {
    it(`normalises the state and un-normalises actions by ${mode}`, () => {
      const { norm_stats: stats, state, actions } = golden.statistics;
      const kind = mode === "zscore" ? "z-score" : "quantiles";
      const vla = {
        norm_stats: { own: { action: stats, state: stats } },
        normalization: { state: kind, action: kind },
        convention: "openpi",
      };
      const formulas = readStatistics(vla as unknown as Pi0Vla, undefined);
      const padded = new Float32Array(32);
      padded.set(normalizeState(state, formulas.state));
      // The dimension that never moves is divided by 1e-6: compare relative to its size.
      const wanted = unpack(golden.statistics[mode].state);
      for (const [index, value] of wanted.entries()) {
        assert.ok(
          Math.abs((padded[index] ?? 0) - value) <= 1e-6 * Math.max(1, Math.abs(value)),
          `state ${index}`,
        );
      }
      const robot = unnormalizeActions(unpack(actions), 32, formulas.action).map((row) => row.slice(0, 7));
      const expected = unpack(golden.statistics[mode].actions);
      const cut = robot.flatMap((_, row) => [...expected.subarray(row * 32, row * 32 + 7)]);
      assert.ok(robot.flat().every((value, index) => Math.abs(value - (cut[index] ?? 0)) < 1e-6));
    });
  }
});

describe("prompt", () => {
  const tokenizer = {
    encode: (text: string): number[] => [2, ...Array.from(text, (letter) => letter.codePointAt(0) ?? 0)],
  };

  it("puts one BOS first, however often the tokenizer is asked", () => {
    assert.deepEqual(encodePrompt(tokenizer, ["ab", "\n"], 48), [2, 97, 98, 10]);
  });

  it("adds a BOS where the tokenizer does not", () => {
    const bare = { encode: (text: string): number[] => tokenizer.encode(text).slice(1) };
    assert.deepEqual(encodePrompt(bare, ["ab", "\n"], 48), [2, 97, 98, 10]);
  });

  it("cuts long prompts as openpi does", () => {
    assert.equal(encodePrompt(tokenizer, ["a".repeat(60), "\n"], 48).length, 48);
  });

  it("warns where it cuts a prompt, and only there", () => {
    const codes: string[] = [];
    for (const length of [46, 47])
      encodePrompt(tokenizer, ["a".repeat(length), "\n"], 48, (code) => codes.push(code));
    assert.deepEqual(codes, ["prompt-cut"]);
  });

  it("leaves lerobot's π0 prompts as they are, with a new line", () => {
    const lerobot = { variant: "pi0", convention: "lerobot" } as const;
    assert.deepEqual(promptParts(" pick_up ", [], lerobot), [" pick_up \n"]);
    assert.deepEqual(promptParts("pick\n", [], lerobot), ["pick\n"]);
  });

  it("bins numbers as NumPy's digitize does, edges included", () => {
    assert.deepEqual([-1.5, -1, -1e-17, 0, 0.9999, 1, 7].map(stateBin), [-1, 0, 127, 128, 255, 255, 255]);
  });
});
