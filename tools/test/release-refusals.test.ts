import assert from "node:assert/strict";
import { refusalsOf, type ReleaseFacts } from "../publish/release-refusals.ts";

const READY: ReleaseFacts = {
  node: "22.11.0",
  pending: [],
  provenance: true,
  canAttest: true,
  packages: [{ name: "a", repository: "here" }],
};

describe("a release", () => {
  it("starts where nothing stands against it", () => {
    assert.deepEqual(refusalsOf(READY), []);
    assert.deepEqual(refusalsOf({ ...READY, node: "24.0.0" }), []);
  });

  it("wants a Node that changesets runs on", () => {
    for (const node of ["20.20.2", "22.10.9"])
      assert.deepEqual(refusalsOf({ ...READY, node }), [
        `A release wants Node 22.11 or later; this is ${node}.`,
      ]);
  });

  it("wants every changeset in a version", () => {
    const [refusal = "", ...others] = refusalsOf({ ...READY, pending: ["new.md"] });
    assert.deepEqual(others, []);
    assert.match(refusal, /new\.md.*release:version/);
  });

  it("attests provenance only from CI, of packages that say where they live", () => {
    const packages = [{ name: "a", repository: "here" }, { name: "b" }];
    const refusals = refusalsOf({ ...READY, canAttest: false, packages });
    assert.equal(refusals.length, 2);
    assert.match(refusals[0] ?? "", /--without-provenance/);
    assert.match(refusals[1] ?? "", /absent in b\.$/);
    assert.deepEqual(refusalsOf({ ...READY, canAttest: false, packages, provenance: false }), []);
  });
});
