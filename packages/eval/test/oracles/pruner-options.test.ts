import assert from "node:assert/strict";
import { hasCode } from "@vla-pruner/core/testing";
import { checkPruner, EVALUATED_PRUNERS } from "../../src/index.ts";

function check(pruner: string, options: Readonly<Record<string, unknown>>): Promise<void> {
  return checkPruner("mine", { mine: { pruner, options } });
}

describe("options of a variant", () => {
  const unread: readonly (readonly [string, string, unknown])[] = [
    ["vla-pruner", "dekay", 0.1],
    ["vla-pruner", "candidate", 4],
    ["vla-pruner", "toString", 1],
    ["vla-pruner", "retention", 0.5],
    ["fastv", "candidates", 4],
    ["fastv", "semanticRows", "text"],
    ["keep-all", "budget", "joint"],
    ["oracle", "decay", 0.5],
    ["action-now-only", "candidates", 2],
  ];
  for (const [pruner, option, value] of unread) {
    it(`are refused where the pruner does not read them: ${option} of ${pruner}`, async () => {
      await assert.rejects(
        check(pruner, { [option]: value }),
        (error: Error) => hasCode("invalid-option")(error) && error.message.includes(`found ${option}`),
      );
    });
  }

  const mistyped: Readonly<Record<string, unknown>> = {
    budget: "jiont",
    visibleRows: "false",
    semanticRows: "txt",
    actionLayers: "15",
    candidates: "4",
    window: null,
    unseen: "forget",
    legacyWeightOrder: 1,
  };
  for (const [option, value] of Object.entries(mistyped)) {
    it(`are refused where they are of the wrong kind: ${option} ${JSON.stringify(value)}`, async () => {
      await assert.rejects(
        check("recommended", { [option]: value }),
        (error: Error) => hasCode("invalid-option")(error) && error.message.includes(`${option}: `),
      );
    });
  }

  it("are refused out of range, whatever the pruner", async () => {
    await assert.rejects(check("fastv", { decay: 7 }), hasCode("invalid-option"));
  });

  it("are taken where the pruner reads them", async () => {
    for (const pruner of EVALUATED_PRUNERS) await check(pruner, { window: 2 });
    for (const pruner of ["vla-pruner", "recommended", "no-diversity", "current-action", "action-now"])
      await check(pruner, {
        semanticRows: "text",
        visibleRows: true,
        candidates: 3,
        budget: "joint",
        decay: 0.5,
      });
    await check("fastv", {
      budget: "joint",
      unseen: "carry",
      legacyWeightOrder: false,
      actionLayers: [3, 4],
    });
    await check("oracle", { budget: "joint" });
  });
});
