import assert from "node:assert/strict";
import { hasCode } from "@vla-pruner/core/testing";
import { mainFrame } from "../src/openvla-adapter.ts";

const FRAME = { data: new Uint8Array(3), width: 1, height: 1, channels: 3 };

describe("openvla observation", () => {
  it("shows the camera named image, else full_image, else the only one", () => {
    const other = { ...FRAME, width: 2 };
    assert.equal(mainFrame({ wrist_image: other, full_image: other, image: FRAME }), FRAME);
    assert.equal(mainFrame({ wrist_image: other, full_image: FRAME }), FRAME);
    assert.equal(mainFrame({ front: FRAME }), FRAME);
  });

  it("is refused with several cameras none of which is known to be the main one", () => {
    assert.throws(
      () => mainFrame({ wrist: FRAME, front: FRAME }),
      (error) => hasCode("observation-invalid")(error) && /wrist, front/u.test(String(error)),
    );
  });

  it("is refused without any picture", () => {
    assert.throws(() => mainFrame({}), hasCode("observation-invalid"));
    assert.throws(() => mainFrame(undefined), hasCode("observation-invalid"));
  });
});
