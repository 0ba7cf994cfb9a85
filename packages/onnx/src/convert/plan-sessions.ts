import type { VlaPrunerError } from "@vla-pruner/format";
import type { GraphNode, PlannedGraph } from "../graph/graph-model.ts";
import type { FloatType } from "../graph/value-types.ts";
import { quantizeGraph } from "../quantize/quantize-graph.ts";
import type { TensorSource } from "../weights/tensor-source.ts";
import { checkDtypes, commonDtype, dtypesOf, formOf } from "./dtypes.ts";
import type { ConvertedDtypes, DtypeForm } from "./dtypes.ts";
import type { ConversionPlan, ModelRecipe, RecipeRequest } from "./model-recipe.ts";
import { invalidOption } from "./recipe-errors.ts";
import { widenBorders } from "./widen-borders.ts";

/** A session's graph in a dtype. */
export interface TypedSession {
  readonly session: string;
  readonly dtype: string;
  readonly graph: PlannedGraph;
  readonly deviceOutputs: readonly string[];
  readonly source: TensorSource;
}

export interface TypedPlan extends Pick<ConversionPlan, "vla" | "unneeded" | "warnings"> {
  readonly sessions: readonly TypedSession[];
}

/**
 * A recipe's plan with every session in its dtypes, the one that it is loaded in otherwise first. Recipes know float types only: each is asked for the graphs that
 * compute in it. What goes from session to session is float16 where all of them compute so, else float32.
 *
 * @throws `invalid-option`, also where a dtype keeps matrices for one row apart and no pass of a session is over one; and what the recipe throws
 */
export function planSessions(
  recipe: ModelRecipe,
  request: Omit<RecipeRequest, "floatType">,
  choice: ConvertedDtypes,
  block: number,
): TypedPlan {
  checkDtypes(choice);
  const plans = new Map<FloatType, ConversionPlan>();
  const planIn = (floatType: FloatType): ConversionPlan => {
    const plan = plans.get(floatType) ?? recipe.plan({ ...request, floatType });
    plans.set(floatType, plan);
    return plan;
  };
  const names = Object.keys(planIn(formOf(commonDtype(choice)).floatType).sessions);
  const dtypes = dtypesOf(choice, names);
  const forms = [...dtypes.values()].flat().map(formOf);
  const border: FloatType = forms.every(({ floatType }) => floatType === "float16") ? "float16" : "float32";
  const wanted = [...dtypes].flatMap(([session, several]) =>
    several.map((dtype) => [session, dtype] as const),
  );
  const sessions = wanted.flatMap(([session, dtype]): TypedSession[] => {
    const form = formOf(dtype);
    const plan = planIn(form.floatType);
    const own = plan.sessions[session];
    if (own === undefined) return [];
    if (form.oneRow === true && !own.graph.nodes.some(worksOnOneRow)) throw noSuchRows(session, dtype);
    const typed = quantized(own.graph, form, block);
    return [
      {
        session,
        dtype,
        graph: form.floatType === border ? typed : widenBorders(typed),
        deviceOutputs: own.deviceOutputs ?? [],
        source: plan.weights ?? request.checkpoint,
      },
    ];
  });
  const { vla, unneeded = [], warnings = [] } = planIn(border);
  return { vla, unneeded, warnings, sessions };
}

function quantized(graph: PlannedGraph, { weights, oneRow }: DtypeForm, block: number): PlannedGraph {
  if (weights === undefined) return graph;
  const format = weights === "int4" ? ({ kind: "int4", block } as const) : ({ kind: "int8" } as const);
  return quantizeGraph(graph, format, oneRow === true ? "one" : "all");
}

function worksOnOneRow({ oneRow = false, attributes }: GraphNode): boolean {
  const inside = Object.values(attributes).flatMap((value) => ("graph" in value ? value.graph.nodes : []));
  return oneRow || inside.some(worksOnOneRow);
}

function noSuchRows(session: string, dtype: string): VlaPrunerError {
  return invalidOption(
    `--dtype ${dtype} for a session that decodes token after token inside one run`,
    `${session}, which does not`,
    "name the session that does, --target cuda --dtype fp16,act=fp16_q4f16 for example; not every architecture has one, and no other --target",
  );
}
