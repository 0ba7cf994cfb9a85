import { VlaPrunerError } from "@vla-pruner/format";

/** Dtypes by session; `*` stands for those that are not named. */
type DtypesByName = Readonly<Record<string, readonly string[]>>;

/**
 * Dtypes of all sessions, of some, or both: `q4`, `vision_encoder=fp16,act=q4`, `q8,q4,vision_encoder=fp16`.
 *
 * @throws `invalid-option`
 */
export function parseDtypes(text: string): DtypesByName {
  const dtypes: Record<string, string[]> = {};
  for (const word of text.split(",")) {
    const [, session = "*", dtype] = /^(?:([^=]+)=)?([^=]+)$/u.exec(word.trim()) ?? [];
    if (dtype === undefined) throw wrong(text, "with commas between");
    dtypes[session] = [...(Object.hasOwn(dtypes, session) ? (dtypes[session] ?? []) : []), dtype];
  }
  return dtypes;
}

/**
 * The same with one dtype a session, for a model that is loaded.
 *
 * @throws `invalid-option`
 */
export function parseDtypeChoice(text: string): Readonly<Record<string, string>> {
  const choices = Object.entries(parseDtypes(text)).map(([session, [dtype = "", second]]) => {
    if (second !== undefined) throw wrong(text, "one a session");
    return [session, dtype] as const;
  });
  return Object.fromEntries(choices);
}

function wrong(text: string, how: string): VlaPrunerError {
  return new VlaPrunerError("invalid-option", {
    expected: `--dtype: DTYPE or SESSION=DTYPE, ${how}`,
    found: JSON.stringify(text),
    fix: "write for example --dtype q4, or --dtype q4,vision_encoder=fp16",
  });
}
