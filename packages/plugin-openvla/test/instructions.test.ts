import assert from "node:assert/strict";
import { hasCode } from "@vla-pruner/core/testing";
import { openvlaPrompt, prismaticIds } from "@vla-pruner/prismatic";

const asked: string[] = [];
const model = {
  tokenizer: { encode: (text: string) => (asked.push(text), [1, 5, 9]) },
  vla: { decoder: { vocabulary: 100 }, empty_token_id: 7 },
};

function promptOf(instruction: unknown): string {
  prismaticIds({ instruction: instruction as string }, model, {}, 50);
  return asked.at(-1) ?? "";
}

describe("openvla instructions", () => {
  it("are put into the template in lower case, without stray white space", () => {
    const wanted = openvlaPrompt("pick up the red cup");
    for (const words of [
      "Pick up the RED cup",
      "  pick up the red cup\n",
      "pick up\nthe  red\tcup",
      "\uFEFFpick up the red cup",
    ])
      assert.equal(promptOf(words), wanted, JSON.stringify(words));
  });

  it("are refused within a template, of either version, and where they are no words", () => {
    for (const words of [
      openvlaPrompt("pick up the cup"),
      "In: pick up the cup\nOut:",
      "What action should the robot take to pick up the cup?",
      "A chat between a curious user and an assistant. USER: What action should the robot take to wave? ASSISTANT:",
      "",
      " \n",
      5,
      ["pick up"],
      null,
    ])
      assert.throws(() => promptOf(words), hasCode("observation-invalid"), JSON.stringify(words));
  });

  it("are let be where they only sound like one", () => {
    for (const words of ["put the cup in: the box", "take the cup out", "state your name: wave"])
      promptOf(words);
  });
});
