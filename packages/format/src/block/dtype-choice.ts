import { VlaPrunerError } from "../errors/vla-pruner-error.ts";
import { dtypeOf } from "./dtypes.ts";
import type { SessionEntry, VlaBlock } from "./vla-block.ts";

/**
 * One dtype for all sessions, or as in transformers.js one for each by its name: `{ vision_encoder: "fp16", act: "q4" }`.
 * The key `*` stands for those that are not named.
 */
export type DtypeChoice = string | Readonly<Record<string, string>>;

/** The choice for a session; undefined where it makes none. */
export function chosenDtype(choice: DtypeChoice, session: string): string | undefined {
  if (typeof choice === "string") return choice;
  return Object.hasOwn(choice, session) ? choice[session] : choice["*"];
}

/**
 * A model with its sessions in the dtypes that are chosen; those that are not named stay in the model's own.
 *
 * @throws `invalid-option` for a session that the model does not have, or a dtype that it does not have it in
 */
export function inDtypes(vla: VlaBlock, choice: DtypeChoice): VlaBlock {
  const unknown = Object.keys(typeof choice === "string" ? {} : choice).find(
    (name) => name !== "*" && !Object.hasOwn(vla.sessions, name),
  );
  if (unknown !== undefined)
    throw refused(`a session of this model: ${Object.keys(vla.sessions).join(", ")}`, unknown);
  const sessions = Object.entries(vla.sessions).map(([name, entry]): [string, SessionEntry] => {
    const own = dtypeOf(vla, entry);
    const dtype = chosenDtype(choice, name) ?? own;
    if (dtype === own) return [name, entry];
    const { variants = {}, ...rest } = entry;
    const bytes = Object.hasOwn(variants, dtype) ? variants[dtype] : undefined;
    if (bytes === undefined)
      throw refused(`${name} in a dtype that is there: ${[own, ...Object.keys(variants)].join(", ")}`, dtype);
    return [name, { ...rest, bytes, dtype }];
  });
  return { ...vla, sessions: Object.fromEntries(sessions) };
}

function refused(expected: string, found: string): VlaPrunerError {
  return new VlaPrunerError("invalid-option", {
    expected: `dtype: ${expected}`,
    found,
    fix: "choose one of these, or convert the checkpoint with that --dtype, too",
  });
}
