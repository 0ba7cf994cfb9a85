import assert from "node:assert/strict";
import { hasCode } from "@vla-pruner/core/testing";
import { encodePrompt, openvlaPrompt } from "@vla-pruner/prismatic";
import { readGolden } from "./support/golden.ts";

interface PromptGolden {
  readonly prompts: readonly {
    readonly instruction: string;
    readonly prompt: string;
    readonly ids: readonly number[];
  }[];
}

const EMPTY = 29871;

describe("openvla prompt", () => {
  it("is the template that the model was trained with, in lower case", () => {
    for (const { instruction, prompt } of (readGolden("prompts") as PromptGolden).prompts) {
      assert.equal(openvlaPrompt(instruction), prompt);
    }
  });

  it("ends with the empty token, which is appended", () => {
    const asked: string[] = [];
    const tokenizer = { encode: (text: string) => (asked.push(text), [1, 512, 29901]) };
    assert.deepEqual(encodePrompt(tokenizer, "Out:"), [1, 512, 29901, EMPTY]);
    assert.deepEqual(asked, ["Out:"]);
  });

  it("does not repeat an empty token that is there already", () => {
    assert.deepEqual(encodePrompt({ encode: () => [1, 512, EMPTY] }, "Out: "), [1, 512, EMPTY]);
  });

  it("ends with the empty token of the model, where that has a vocabulary of its own", () => {
    assert.deepEqual(encodePrompt({ encode: () => [1, 512] }, "Out:", 703), [1, 512, 703]);
    assert.deepEqual(encodePrompt({ encode: () => [1, 512, 703] }, "Out: ", 703), [1, 512, 703]);
  });

  it("needs a tokenizer", () => {
    assert.throws(() => encodePrompt(null, "Out:"), hasCode("tokenizer-missing"));
  });
});
