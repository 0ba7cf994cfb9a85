import assert from "node:assert/strict";
import { createPolicy, keepAll, minRedundancy, recommended, topK, vlaPruner } from "@vla-pruner/core";
import type { StepResult } from "@vla-pruner/core";
import { FakeAdapter, hasCode, prunerContract, randomContext } from "@vla-pruner/core/testing";
import { checkPruner, evaluatedPruner, runEpisode } from "../../src/index.ts";
import type { ShownTokens } from "../../src/index.ts";
import {
  actionDiverse,
  actionOnly,
  noDiversity,
  semanticDiverse,
  semanticOnly,
} from "../../src/oracles/ablations.ts";
import { fillGrid } from "../../src/oracles/fill-grid.ts";
import { FakeSimulator, TASK } from "../support/fake-simulator.ts";

const policy = createPolicy({ adapter: new FakeAdapter(), pruner: keepAll() });

const NOTHING: ShownTokens = {
  object: new Float32Array(16),
  target: new Float32Array(16),
  gripper: new Float32Array(16),
};

describe("ablations", () => {
  for (const make of [actionOnly, semanticOnly, noDiversity, actionDiverse, semanticDiverse]) {
    for (const [name, check] of Object.entries(prunerContract)) {
      it(`${make({ retention: 0.5 }).name} ${name}`, () => check(make));
    }
  }

  it("choose from the same scores as VLA-Pruner", () => {
    const context = randomContext({ seed: 3, views: [16, 16] });
    const options = { retention: 0.25 };
    const kept = (make: typeof actionOnly): number[] =>
      [...make(options).select(context).keep].filter((t) => t < 16);
    assert.deepEqual(kept(actionOnly), first(context.forecast ?? new Float32Array(0)));
    assert.deepEqual(kept(semanticOnly), first(context.semantic.scores.last ?? new Float32Array(0)));
    const candidates = new Set([...kept(actionOnly), ...kept(semanticOnly)]);
    assert.ok(kept(noDiversity).every((token) => candidates.has(token)));
    const diverse = minRedundancy(
      Int32Array.from(candidates).toSorted(),
      context.similarity,
      context.vision,
      4,
    );
    assert.deepEqual(
      [...vlaPruner(options).select(context).keep].filter((t) => t < 16),
      [...diverse],
    );
  });
});

describe("ablations with candidates of one level", () => {
  const context = randomContext({ seed: 4, views: [64] });
  const retention = 0.125;
  const semantic = context.semantic.scores.last ?? new Float32Array(0);
  const forecast = context.forecast ?? new Float32Array(0);

  for (const [make, scores] of [
    [semanticDiverse, semantic],
    [actionDiverse, forecast],
  ] as const) {
    it(`${make({ retention }).name} thins the quarter that its level names`, () => {
      const thinned = minRedundancy(topK(scores, 16), context.similarity, context.vision, 8);
      assert.deepEqual(make({ retention }).select(context).keep, thinned);
    });

    it(`${make({ retention }).name} does without a forecast what recommended does`, () => {
      const early = { ...context, forecast: null };
      const options = { retention, warmup: "semantic" } as const;
      assert.deepEqual(make(options).select(early), recommended(options).select(early));
    });
  }
});

describe("fillGrid", () => {
  it("keeps what is chosen and adds what is farthest from it", () => {
    assert.deepEqual([...fillGrid([0], 4, 2)], [0, 15]);
    assert.deepEqual([...fillGrid([5, 6], 4, 2)], [5, 6]);
    assert.deepEqual([...fillGrid([], 4, 1)], [10]);
    assert.deepEqual(
      [...fillGrid([3], 4, 16)],
      Array.from({ length: 16 }, (_, token) => token),
    );
  });
});

describe("the oracle", () => {
  it("keeps object, target and gripper, then spreads the rest", async () => {
    const kept = await select({ object: showing(4), target: showing(9), gripper: showing(2) }, 0.25);
    assert.equal(kept.length, 4);
    for (const token of [2, 4, 9]) assert.ok(kept.includes(token), String(kept));
  });

  it("refuses an observation that no simulator has segmented", async () => {
    const { pruner } = await evaluatedPruner("oracle", policy, { retention: 0.25 }, "semantic");
    assert.throws(() => pruner.select(randomContext({ seed: 1 })), hasCode("observation-invalid"));
  });

  it("keeps the best of the object where the budget is too small for all", async () => {
    assert.deepEqual(await select({ object: showing(1, 5, 7), gripper: showing(2) }, 0.125), [1, 5]);
  });
});

describe("the pruner that knows the action map of this call", () => {
  it("reads the map of a dense pass of the same observation, from the first call on", async () => {
    const seen: StepResult[] = [];
    const informed = await evaluatedPruner("action-now-only", policy, { retention: 0.25 }, "semantic");
    const options = { task: TASK, seed: 1, horizon: 2 };
    await runEpisode(policy, new FakeSimulator(), {
      ...options,
      ...informed,
      onCall: ({ result }) => seen.push(result),
    });
    const dense: StepResult[] = [];
    const replay = policy.startEpisode({ pruner: keepAll() });
    await runEpisode(policy, new FakeSimulator(), {
      ...options,
      pruner: keepAll(),
      middleware: [
        {
          async prepare({ observation }, next) {
            dense.push(await replay.act(observation));
            return next();
          },
        },
      ],
    });
    assert.deepEqual(
      seen.map(({ keep }) => [...keep]),
      dense.map(({ actionAttention }) => [...topK(actionAttention, 4)]),
    );
  });
});

describe("evaluatedPruner", () => {
  it("gives every method the same warm-up", async () => {
    for (const name of ["fastv", "random", "oracle", "vla-pruner", "no-diversity"]) {
      const decisionOf = async (warmup: "dense" | "semantic", step: number): Promise<string> => {
        const { pruner } = await evaluatedPruner(name, policy, { retention: 0.25 }, warmup);
        const observation = { extras: { shown: NOTHING } };
        return pruner.select({ ...randomContext({ seed: 1, step }), observation }).decision;
      };
      assert.deepEqual(await Promise.all([0, 2, 3].map((step) => decisionOf("dense", step))), [
        "dense",
        "dense",
        "pruned",
      ]);
      assert.equal(await decisionOf("semantic", 0), "pruned");
    }
  });

  it("refuses unknown names, and variants with options that make no sense", async () => {
    await assert.rejects(checkPruner("magic", {}), hasCode("invalid-option"));
    await assert.rejects(checkPruner("toString", {}), hasCode("invalid-option"));
    const variants = {
      mine: { pruner: "vla-pruner", options: { decay: 7 } },
      other: { pruner: "magic", options: {} },
    };
    for (const name of ["mine", "other"])
      await assert.rejects(checkPruner(name, variants), hasCode("invalid-option"));
    await checkPruner("mine", { mine: { pruner: "action-now", options: { actionLayers: [3] } } });
  });
});

/** The four best of the first view. */
function first(scores: Float32Array): number[] {
  return [...topK(scores.subarray(0, 16), 4)];
}

async function select(shown: Partial<ShownTokens>, retention: number): Promise<number[]> {
  const { pruner } = await evaluatedPruner("oracle", policy, { retention }, "semantic");
  const observation = { extras: { shown: { ...NOTHING, ...shown } } };
  return [...pruner.select({ ...randomContext({ seed: 1 }), observation }).keep];
}

/** The lower the token, the more of it shows the thing. */
function showing(...tokens: number[]): Float32Array {
  const shares = new Float32Array(16);
  for (const token of tokens) shares[token] = 1 - token / 100;
  return shares;
}
