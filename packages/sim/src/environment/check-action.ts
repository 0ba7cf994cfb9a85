import { VlaPrunerError } from "@vla-pruner/format";

const PARTS = 7;

/** @throws `action-invalid` unless it is seven finite numbers */
export function checkAction(action: ArrayLike<number>): void {
  const length = action?.length;
  if (length !== PARTS)
    throw new VlaPrunerError("action-invalid", {
      expected: "an action of 7 numbers: position, rotation vector, gripper",
      found: length === undefined ? (JSON.stringify(action) ?? "nothing") : `${String(length)} numbers`,
      fix: "pass one action, not a chunk of them",
    });
  for (let index = 0; index < PARTS; index += 1) {
    const value: unknown = action[index];
    if (typeof value === "number" && Number.isFinite(value)) continue;
    throw new VlaPrunerError("action-invalid", {
      expected: "an action of finite numbers",
      found: `${String(value)} at index ${String(index)}`,
      fix: "check what the policy returned",
    });
  }
}
