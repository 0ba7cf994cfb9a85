import assert from "node:assert/strict";
import { stepMacs } from "@vla-pruner/core";
import type { StepMacs } from "@vla-pruner/core";
import { oftLayout } from "../src/oft-layout.ts";
import type { HeadKind, OftVla } from "../src/oft-vla.ts";

const DECODER = { layers: 32, hidden: 4096, intermediate: 11_008, vocabulary: 32_064 };
const SEQUENCE = 2 * 256 + 35 + 56 + 2;

/** Cost of a step of the 7 B model in LIBERO's set-up, a quarter of the visual tokens kept. */
function costOf(head: HeadKind, steps: number): StepMacs {
  const sizes = { views: 2, vision_tokens_per_view: 256, chunk: 8, action_size: 7, towers: [] };
  const vla = {
    ...sizes,
    action_head: head,
    prune_layer: 3,
    tapped_layers: [2],
    decoder: DECODER,
  } as unknown as OftVla;
  return stepMacs(oftLayout(vla, steps).cost, 3, SEQUENCE, SEQUENCE - 384);
}

describe("cost of an OpenVLA-OFT step", () => {
  it("has the L1 head's weights once an action of the chunk, and nothing after the prefill", () => {
    const { decode, head } = costOf("l1", 0);
    assert.equal(decode, 0);
    assert.equal(head, 8 * (28_672 * 4096 + 2 * 4096 ** 2 + 4096 * 7));
  });

  it("has the vocabulary once a placeholder with a discrete head", () => {
    assert.equal(costOf("discrete", 0).head, 56 * 4096 * 32_064);
  });

  it("has a whole pass for every denoising step of a diffusion head", () => {
    const [once, often] = [costOf("l1", 0), costOf("diffusion", 50)];
    assert.equal(often.prefill, once.prefill);
    assert.equal(often.decode, 49 * once.prefill);
    assert.equal(often.head, 50 * once.head);
  });
});
