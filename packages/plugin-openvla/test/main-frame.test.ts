import assert from "node:assert/strict";
import { hasCode } from "@vla-pruner/core/testing";
import { mainFrame } from "../src/openvla-adapter.ts";

const FRAME = { data: new Uint8Array(3), width: 1, height: 1, channels: 3 };

describe("openvla observation", () => {
  it("shows the camera named image, full_image or base, or the only one", () => {
    for (const name of ["image", "full_image", "base", "front"])
      assert.equal(mainFrame({ [name]: FRAME }), FRAME);
  });

  it("is refused with a camera that the model does not see, or a wrist's alone", () => {
    for (const images of [
      { image: FRAME, wrist_image: FRAME },
      { image: FRAME, full_image: FRAME },
      { wrist_image: FRAME },
    ])
      assert.throws(() => mainFrame(images), hasCode("observation-invalid"));
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
