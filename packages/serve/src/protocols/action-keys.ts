import { VlaPrunerError } from "@vla-pruner/format";

/** Names and sizes of an action's parts, in their order. */
export type ActionKeys = readonly (readonly [name: string, count: number])[];

/** XPolicyLab's parts of an action of so many numbers: one arm and its gripper, or two. */
function usualKeys(size: number): ActionKeys {
  const arms = size === 14 || size === 16 ? ["left_", "right_"] : [""];
  const joints = size / arms.length - 1;
  return arms.flatMap((arm) => [
    [`${arm}arm_joint_state`, joints] as const,
    [`${arm}ee_joint_state`, 1] as const,
  ]);
}

/**
 * An action as XPolicyLab's clients take it: a list of numbers a part.
 *
 * @throws `invalid-option` where the parts do not make up the action
 */
export function namedAction(
  action: readonly number[],
  keys: ActionKeys = usualKeys(action.length),
): Readonly<Record<string, readonly number[]>> {
  const size = keys.reduce((sum, [, count]) => sum + count, 0);
  if (size !== action.length)
    throw new VlaPrunerError("invalid-option", {
      expected: `parts of an action of ${action.length} numbers`,
      found: `${keys.map(([name, count]) => `${name}:${count}`).join(",")}, ${size} numbers`,
      fix: "start the server with --action-keys NAME:COUNT,…",
    });
  let start = 0;
  return Object.fromEntries(
    keys.map(([name, count]) => {
      start += count;
      return [name, action.slice(start - count, start)];
    }),
  );
}
