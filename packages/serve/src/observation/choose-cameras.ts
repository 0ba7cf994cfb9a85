import { refused } from "../codec/refused.ts";
import { roleOf } from "./camera-roles.ts";

/**
 * Which of a client's pictures feeds which view of the model: the one that the user chose; else the one of the same
 * name; else the one whose name says that it sees the same; else, where there is one of each, that one.
 *
 * @param given names of the pictures, without folders
 * @param chosen the model's view → the client's name (`--camera`)
 * @returns view → name of the picture; a view that no picture feeds is left out, and the model says whether it can do without
 * @throws `observation-invalid` where a picture might feed a view, and its name does not tell
 */
export function chooseCameras(
  views: readonly string[],
  given: readonly string[],
  chosen: Readonly<Record<string, string>>,
): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const view of views) {
    const role = roleOf(view);
    const name = Object.hasOwn(chosen, view)
      ? chosen[view]
      : (given.find((candidate) => candidate === view) ??
        given.find((candidate) => role !== undefined && roleOf(candidate) === role));
    if (name !== undefined && given.includes(name)) found.set(view, name);
  }
  const used = new Set(found.values());
  const missing = views.filter((view) => !found.has(view));
  // A name of another role is no candidate: a wrist must not pass for a table.
  const strangers = given.filter((name) => !used.has(name) && roleOf(name) === undefined);
  const [view, name] = [missing[0], strangers[0]];
  if (view === undefined || name === undefined) return found;
  if (views.length === 1 && given.length === 1 && !Object.hasOwn(chosen, view)) return found.set(view, name);
  throw refused(
    `a picture for ${view}, under a name that tells`,
    strangers.join(", ").slice(0, 200),
    `start the server with --camera ${view}=${name.slice(0, 60)}`,
  );
}
