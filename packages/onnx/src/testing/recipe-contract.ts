import assert from "node:assert/strict";
import { VlaPrunerError } from "@vla-pruner/format";
import type { ErrorCode } from "@vla-pruner/format";
import type { CheckpointConfig, ModelRecipe } from "../convert/model-recipe.ts";
import { planConversion } from "../convert/plan-conversion.ts";
import type { CheckedPlan } from "../convert/plan-conversion.ts";
import { tensorsRead } from "../convert/strict-tensors.ts";
import { SyntheticSource } from "../synthetic/synthetic-source.ts";
import type { TensorSource } from "../weights/tensor-source.ts";
import { EditedSource } from "./edited-source.ts";

/** A recipe, and a small config of its architecture whose checkpoint is made up. */
export interface RecipeSubject {
  readonly recipe: ModelRecipe;
  readonly config: CheckpointConfig;
  /** The JSON and vector files that go with it. */
  readonly files?: Readonly<Record<string, unknown>>;
}

/** Passes, or rejects with what is wrong. */
export type RecipeCheck = (subject: RecipeSubject) => Promise<void>;

/** Nothing is quantised here. */
const INT4_BLOCK = 32;

/** Tensors that are taken out or bent, of each checkpoint, at most. */
const SAMPLES = 12;

/** What every recipe keeps to, so that no checkpoint is converted that means something else. */
export const recipeContract: Readonly<Record<string, RecipeCheck>> = {
  "reads every tensor of its own checkpoints, or says why not": async (subject) => {
    const { warnings } = await planned(subject, checkpointOf(subject));
    assert.deepEqual(warnings, []);
  },

  "refuses a tensor that it does not know, by name": async (subject) => {
    const [first = ""] = checkpointOf(subject).names;
    for (const name of ["another_head.weight", `${first}.extra`]) {
      const more = edited(subject, (own) => (own === first ? [own, name] : [own]));
      await refused(planned(subject, more), "tensor-unexpected", name);
    }
  },

  "refuses a checkpoint without a tensor that it reads": async (subject) => {
    for (const name of await readNames(subject)) {
      const fewer = edited(subject, (own) => (own === name ? [] : [own]));
      await refused(planned(subject, fewer), undefined, `without ${name}`);
    }
  },

  "refuses a tensor of another shape": async (subject) => {
    for (const name of await readNames(subject)) {
      const dims = checkpointOf(subject).info(name)?.dims ?? [];
      const bent = edited(subject, (own) => [own], {
        [name]: [...dims.slice(0, -1), (dims.at(-1) ?? 0) + 1],
      });
      await refused(planned(subject, bent), undefined, `${name} of another shape`);
    }
  },

  "reads a checkpoint under the wrappers of training": async (subject) => {
    const plain = weightsOf(await planned(subject, checkpointOf(subject)));
    for (const wrapper of ["module.", "base_model.model.", "_orig_mod.module."]) {
      const wrapped = edited(subject, (own) => [`${wrapper}${own}`]);
      assert.deepEqual(weightsOf(await planned(subject, wrapped)), plain, wrapper);
    }
  },

  "refuses two tensors that mean one": async (subject) => {
    const [first = ""] = checkpointOf(subject).names;
    const twice = edited(subject, (own) => (own === first ? [own, `module.${own}`] : [own]));
    await refused(planned(subject, twice), "checkpoint-invalid", first);
  },

  "refuses an adapter that is not merged": async (subject) => {
    const first = (await readNames(subject)).at(0) ?? "";
    const stem = first.replace(/\.weight$/u, "");
    const adapted = edited(subject, (own) =>
      own === first ? [own, `${stem}.lora_A.weight`, `${stem}.lora_B.weight`] : [own],
    );
    await refused(planned(subject, adapted), "checkpoint-invalid", "lora");
  },

  "refuses weights that are quantised": async (subject) => {
    const first = (await readNames(subject)).at(0) ?? "";
    const quantised = edited(subject, (own) => (own === first ? [own, `${own}.quant_state`] : [own]));
    await refused(planned(subject, quantised), "checkpoint-invalid", "quant");
  },

  "warns of a field of the config that it does not know, by name": async (subject) => {
    const config = { ...subject.config, a_field_of_tomorrow: 1 };
    const { warnings } = await planned({ ...subject, config }, checkpointOf(subject));
    assert.equal(warnings.length, 1);
    assert.match(warnings[0] ?? "", /a_field_of_tomorrow/u);
  },

  "gives a name once and for all": async ({ recipe, config }) => {
    const names = [...recipe.tensors(config).keys()];
    for (const name of names) {
      const once = recipe.sanitize?.(name, names) ?? name;
      assert.equal(recipe.sanitize?.(once, names) ?? once, once, name);
    }
  },
};

function checkpointOf({ recipe, config }: RecipeSubject): TensorSource {
  return new SyntheticSource(recipe.tensors(config));
}

function edited(
  subject: RecipeSubject,
  rename: (name: string) => readonly string[],
  reshaped?: Readonly<Record<string, readonly number[]>>,
): TensorSource {
  return new EditedSource(checkpointOf(subject), rename, reshaped);
}

async function planned(
  { recipe, config, files = {} }: RecipeSubject,
  checkpoint: TensorSource,
): Promise<CheckedPlan> {
  return planConversion(recipe, { config, files, checkpoint, options: {} }, "fp32", INT4_BLOCK);
}

/** Some of the tensors that graphs read, spread over the checkpoint. */
async function readNames(subject: RecipeSubject): Promise<string[]> {
  const { sessions } = await planned(subject, checkpointOf(subject));
  const read = tensorsRead(sessions.map(({ graph }) => graph));
  const names = checkpointOf(subject).names.filter((name) => read.has(name));
  const step = Math.max(1, Math.floor(names.length / SAMPLES));
  return names.filter((_, index) => index % step === 0).slice(0, SAMPLES);
}

/** What makes the weights, session by session. */
function weightsOf({ sessions }: CheckedPlan): unknown {
  return sessions.map(({ session, graph }) => [
    session,
    graph.weights.map(({ name, plan: weight }) => [name, "tensors" in weight ? weight.tensors : null]),
  ]);
}

/** Sees that a conversion is refused, with a code of ours, and that the error names what it is about. */
async function refused(planning: Promise<unknown>, code: ErrorCode | undefined, what: string): Promise<void> {
  const error: unknown = await planning.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  assert.ok(error !== undefined, `${what}: converted in silence`);
  assert.ok(
    VlaPrunerError.is(error, code),
    `${what}: ${error instanceof Error ? error.message : "no error"}`,
  );
  if (code !== undefined) assert.ok(error.message.includes(what), `${what} is not named: ${error.message}`);
}
