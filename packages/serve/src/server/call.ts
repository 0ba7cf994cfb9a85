import { refused } from "../codec/refused.ts";
import type { Fields } from "../codec/unpack.ts";
import type { ServedEpisode } from "../episodes/served-episode.ts";
import type { ServedStep } from "../episodes/types.ts";
import { readFields } from "../observation/read-fields.ts";
import { codeOf } from "./error-line.ts";
import type { ServeContext } from "./types.ts";

export interface Call {
  readonly protocol: string;
  readonly session: ServedEpisode;
  readonly fields: Fields;
  readonly arrived: number;
  readonly signal: AbortSignal;
}

/**
 * One call of a client that speaks the field's words: what it observed, read, and acted upon.
 *
 * @throws what reading and the policy throw; `server-busy`
 */
export function serveCall(context: ServeContext, call: Call): Promise<ServedStep> {
  const { protocol, session, arrived, signal } = call;
  return counted(context, { protocol, session: session.name, arrived }, async () => {
    const { options, facts } = context;
    const { observation, prompt, unread } = await readFields(call.fields, facts, options.cameras ?? {});
    tellUnread(context, session, unread);
    return session.act({ observation, prompt, arrived, signal });
  });
}

/**
 * Serves a call unless too many wait, and counts and logs how it ended.
 *
 * @throws `server-busy`, what `serve` throws
 */
export async function counted(
  context: ServeContext,
  { protocol, session, arrived }: Pick<Call, "protocol" | "arrived"> & { readonly session: string },
  serve: () => Promise<ServedStep>,
): Promise<ServedStep> {
  try {
    context.checkQueue();
    const step = await serve();
    context.metrics.served(protocol, step, performance.now() - arrived);
    return step;
  } catch (error) {
    context.metrics.failed(protocol, codeOf(error));
    context.log({ kind: "failed", session, error });
    throw error;
  }
}

const told = new WeakMap<ServedEpisode, Set<string>>();

/** Says once a session what of its observations nobody reads. */
function tellUnread(context: ServeContext, session: ServedEpisode, unread: readonly string[]): void {
  const known = told.get(session) ?? new Set<string>();
  const names = unread.filter((name) => !known.has(name)).slice(0, 32);
  if (names.length === 0 || known.size > 256) return;
  for (const name of names) known.add(name);
  told.set(session, known);
  context.log({ kind: "unread", session: session.name, names });
}

/** @throws `observation-invalid` for a training set whose statistics are not the loaded ones */
export function checkUnnormKey(context: ServeContext, { unnorm_key: asked }: Fields): void {
  const { unnormKey } = context.facts;
  if (asked === undefined || asked === null || asked === unnormKey) return;
  throw refused(
    `unnorm_key: ${unnormKey ?? "none, the model's statistics have no name"}`,
    JSON.stringify(asked).slice(0, 60),
    "leave it out, or start the server with --unnorm-key",
  );
}
