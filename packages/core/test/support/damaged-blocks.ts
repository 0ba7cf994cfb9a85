import assert from "node:assert/strict";
import { checkVlaBlock, VlaPrunerError } from "@vla-pruner/format";
import type { VlaBlock } from "@vla-pruner/format";
import type { VlaAdapter, VlaModelParts, VlaPlugin } from "../../src/index.ts";

/** What may stand in place of anything in a damaged file; `undefined` stands for a key that is gone. */
const JUNK: readonly unknown[] = [undefined, null, "x", -1, 1.5, [], {}, [null], { x: null }];

type Path = readonly (string | number)[];

/**
 * Every block that differs from a good one in a single place.
 *
 * @param except keys that are left as they are: sessions have checks of their own
 */
function* damagedBlocks(
  block: VlaBlock,
  except: readonly string[] = ["sessions"],
): Generator<readonly [what: string, block: Record<string, unknown>]> {
  for (const path of pathsOf(block)) {
    if (except.includes(String(path[0]))) continue;
    for (const junk of JUNK) {
      const damaged = structuredClone(block) as Record<string, unknown>;
      put(damaged, path, junk);
      yield [`${path.join(".")} = ${JSON.stringify(junk) ?? "gone"}`, damaged];
    }
  }
}

/**
 * Fails unless a plugin refuses every damaged block with an error of ours, before a frame is seen, or gets along with
 * it: prepares an example, or says what is wrong.
 */
export async function assertRefusesDamage(plugin: VlaPlugin, model: VlaModelParts): Promise<void> {
  let refused = 0;
  for (const [what, vla] of damagedBlocks(model.vla)) {
    const fine = await usable(what, () =>
      plugin.createAdapter({ ...model, vla: checkVlaBlock({ vla }, "here") }),
    );
    if (!fine) refused += 1;
  }
  assert.ok(refused > 100, `${refused} damaged blocks were refused`);
}

async function usable(what: string, create: () => VlaAdapter): Promise<boolean> {
  try {
    const adapter = create();
    await adapter.prepare(adapter.exampleObservation(1), { episode: "damaged" });
    return true;
  } catch (error) {
    assert.ok(VlaPrunerError.is(error), `${what}: ${String(error)}`);
    return false;
  }
}

/** Paths of all values; of an array, that of its first item. */
function pathsOf(value: unknown, path: Path = []): Path[] {
  if (typeof value !== "object" || value === null) return path.length === 0 ? [] : [path];
  const inner = Array.isArray(value) ? [...value.keys()].slice(0, 1) : Object.keys(value);
  const below = inner.flatMap((key) => pathsOf((value as Record<string, unknown>)[key], [...path, key]));
  return path.length === 0 ? below : [path, ...below];
}

function put(block: object, path: Path, value: unknown): void {
  const parent = path
    .slice(0, -1)
    .reduce<unknown>((part, key) => (part as Record<string, unknown>)[key], block);
  const last = path.at(-1) ?? "";
  if (value === undefined && Array.isArray(parent)) parent.splice(Number(last), 1);
  else if (value === undefined) delete (parent as Record<string, unknown>)[last];
  else (parent as Record<string, unknown>)[last] = value;
}
