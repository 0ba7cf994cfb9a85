import { VlaPrunerError } from "@vla-pruner/format";
import type { FloatType } from "../graph/value-types.ts";
import type { WeightFormat } from "../weights/weight-plan.ts";

/** What a graph of a dtype computes in, and how its matrices are stored. */
export interface DtypeForm {
  readonly floatType: FloatType;
  /** The float type itself where absent. */
  readonly weights?: WeightFormat["kind"];
  /** Matrices are stored so for products of one row alone, and as floats beside it for all others. */
  readonly oneRow?: boolean;
}

/** The dtypes that are written, under the names of transformers.js; two are joined where a graph holds its matrices in both. */
const WRITTEN: Readonly<Record<string, DtypeForm>> = {
  fp32: { floatType: "float32" },
  fp16: { floatType: "float16" },
  q8: { floatType: "float32", weights: "int8" },
  q4: { floatType: "float32", weights: "int4" },
  q4f16: { floatType: "float16", weights: "int4" },
  fp32_q4: { floatType: "float32", weights: "int4", oneRow: true },
  fp16_q4f16: { floatType: "float16", weights: "int4", oneRow: true },
};

/** A dtype, or several to choose from when the model is loaded, the one that it is loaded in otherwise first. */
type OneOrSeveral = string | readonly string[];

/**
 * What to write all sessions in, or each by its name: `{ vision_encoder: "fp16", act: ["q8", "q4"] }`. The key `*` stands
 * for those that are not named, `fp32` where it is absent.
 */
export type ConvertedDtypes = OneOrSeveral | Readonly<Record<string, OneOrSeveral>>;

/** The dtype of the sessions that are not named. */
export function commonDtype(choice: ConvertedDtypes): string {
  return listOf(choice)[0] ?? "fp32";
}

/**
 * The dtypes of every session, its own first.
 *
 * @throws `invalid-option` for a session that the model does not have
 */
export function dtypesOf(
  choice: ConvertedDtypes,
  sessions: readonly string[],
): ReadonlyMap<string, readonly string[]> {
  const own = byName(choice);
  const unknown = Object.keys(own).find((name) => name !== "*" && !sessions.includes(name));
  if (unknown !== undefined) {
    throw new VlaPrunerError("invalid-option", {
      expected: `--dtype for a session of this model: ${sessions.join(", ")}`,
      found: unknown,
      fix: "name one of these, or give one dtype for all",
    });
  }
  return new Map(
    sessions.map((name) => [name, Object.hasOwn(own, name) ? listOf(own[name] ?? []) : listOf(choice)]),
  );
}

/** @throws `invalid-option` for a dtype that is not written */
export function formOf(dtype: string): DtypeForm {
  const form = Object.hasOwn(WRITTEN, dtype) ? WRITTEN[dtype] : undefined;
  if (form !== undefined) return form;
  throw new VlaPrunerError("invalid-option", {
    expected: `--dtype ${Object.keys(WRITTEN).join(", ")}`,
    found: dtype,
    fix: "choose one of these, or SESSION=DTYPE for a session alone",
  });
}

/** @throws `invalid-option` where any of the dtypes is not written, is there twice, or none is given */
export function checkDtypes(choice: ConvertedDtypes): void {
  for (const list of [listOf(choice), ...Object.values(byName(choice)).map(listOf)]) {
    if (list.length === 0) formOf("");
    for (const dtype of list) formOf(dtype);
    if (new Set(list).size === list.length) continue;
    throw new VlaPrunerError("invalid-option", {
      expected: "each dtype once",
      found: list.join(", "),
      fix: "leave out the second",
    });
  }
}

function byName(choice: ConvertedDtypes): Readonly<Record<string, OneOrSeveral>> {
  return typeof choice === "object" && !Array.isArray(choice)
    ? (choice as Readonly<Record<string, OneOrSeveral>>)
    : {};
}

function listOf(choice: ConvertedDtypes): readonly string[] {
  if (typeof choice === "string") return [choice];
  if (Array.isArray(choice)) return choice as readonly string[];
  return listOf(byName(choice)["*"] ?? "fp32");
}
