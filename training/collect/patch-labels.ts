import type { RenderedFrame, Role } from "@vla-pruner/sim";

/** Pixels of a patch (of 49) that a part must cover to name it. */
const COVER = 7;
const ROLES: readonly Role[] = ["object", "target", "gripper"];

/** What the patches of one picture show. */
export interface PatchLabels {
  /** uint8 `[patches]`: class of the part that covers most of each; 0 for the room. */
  readonly classes: Uint8Array;
  /** uint8 `[patches]`: 1 object, 2 target, 3 gripper, 0 none of them. */
  readonly roles: Uint8Array;
}

/**
 * Labels of all patches, row by row.
 *
 * @param classOf class of each part's id, 1 … 255
 */
export function labelPatches(
  { ids, width, height }: RenderedFrame,
  patch: number,
  classOf: ReadonlyMap<number, number>,
  roles: Readonly<Record<Role, readonly number[]>>,
): PatchLabels {
  const [columns, rows] = [width / patch, height / patch];
  const classes = new Uint8Array(columns * rows);
  const played = new Uint8Array(columns * rows);
  const counts = new Uint16Array(256);
  for (let index = 0; index < classes.length; index += 1) {
    counts.fill(0);
    const top = Math.floor(index / columns) * patch;
    const left = (index % columns) * patch;
    let id = 0;
    for (let y = top; y < top + patch; y += 1)
      for (let x = left; x < left + patch; x += 1) {
        const seen = ids[y * width + x] ?? 0;
        if (seen === 0) continue; // the room never names a patch
        counts[seen] = (counts[seen] ?? 0) + 1;
        if ((counts[seen] ?? 0) > (counts[id] ?? 0)) id = seen;
      }
    if ((counts[id] ?? 0) < COVER) continue;
    classes[index] = classOf.get(id) ?? 0;
    played[index] = ROLES.findIndex((role) => roles[role].includes(id)) + 1;
  }
  return { classes, roles: played };
}
