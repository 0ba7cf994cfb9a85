import assert from "node:assert/strict";
import { hasCode } from "../has-code.ts";

/** For `assert.rejects`; another error fails the check as its own assertions do. */
export function mustBeCancelled(error: unknown): boolean {
  assert.ok(hasCode("cancelled")(error), `what is cancelled ends with ${String(error)}`);
  return true;
}
