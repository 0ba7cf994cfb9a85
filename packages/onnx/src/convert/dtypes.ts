import { VlaPrunerError } from "@vla-pruner/format";
import type { FloatType } from "../graph/value-types.ts";
import type { WeightFormat } from "../weights/weight-plan.ts";

/** What a graph of a dtype computes in, and how its matrices are stored. */
export interface DtypeForm {
  readonly floatType: FloatType;
  /** The float type itself where absent. */
  readonly weights?: WeightFormat["kind"];
}

/** The dtypes that are written, under the names of transformers.js. */
const WRITTEN: Readonly<Record<string, DtypeForm>> = {
  fp32: { floatType: "float32" },
  fp16: { floatType: "float16" },
  q8: { floatType: "float32", weights: "int8" },
  q4: { floatType: "float32", weights: "int4" },
  q4f16: { floatType: "float16", weights: "int4" },
};

/**
 * One dtype for all sessions, or as in transformers.js one for each by its name: `{ vision_encoder: "fp16", act: "q4" }`.
 * The key `*` stands for the others, `fp32` where it is absent.
 */
export type DtypeChoice = string | Readonly<Record<string, string>>;

/** The choice for the sessions that are not named. */
export function commonDtype(choice: DtypeChoice): string {
  return typeof choice === "string" ? choice : (choice["*"] ?? "fp32");
}

/**
 * The dtype of every session.
 *
 * @throws `invalid-option` for a dtype that is not written, or a session that the model does not have
 */
export function dtypesOf(choice: DtypeChoice, sessions: readonly string[]): ReadonlyMap<string, string> {
  const own = typeof choice === "string" ? {} : choice;
  const unknown = Object.keys(own).find((name) => name !== "*" && !sessions.includes(name));
  if (unknown !== undefined) {
    throw new VlaPrunerError("invalid-option", {
      expected: `--dtype for a session of this model: ${sessions.join(", ")}`,
      found: unknown,
      fix: "name one of these, or give one dtype for all",
    });
  }
  return new Map(
    sessions.map((name) => [name, Object.hasOwn(own, name) ? (own[name] ?? "") : commonDtype(choice)]),
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

/** @throws `invalid-option` where any of the dtypes is not written */
export function checkDtypes(choice: DtypeChoice): void {
  for (const dtype of typeof choice === "string" ? [choice] : Object.values(choice)) formOf(dtype);
}
