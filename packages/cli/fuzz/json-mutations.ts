import type { Draw } from "./draw.ts";

/** A mutated text, and what was done to it. */
export interface Mutation {
  readonly what: string;
  readonly text: string;
}

type Json = unknown;
type Holder = Record<string, Json> | Json[];

interface Place {
  readonly holder: Holder;
  readonly key: string;
  readonly path: string;
}

/** It bounds the length of a prompt, and no more: another bound acts the same. */
const HARMLESS = /max_position_embeddings/u;

/**
 * One mistake in a JSON file: of the kind that hands and scripts make, so that no other model is meant by it. Another
 * number in the place of a good one is left out: it says something else, and nothing in the file could tell.
 */
export function mutateJson(text: string, draw: Draw): Mutation {
  if (draw.chance(0.06)) return mutateText(text, draw);
  const root = JSON.parse(text) as Holder;
  const place = draw.one(placesOf(root, "").filter((one) => !HARMLESS.test(one.path)));
  const { holder, key, path } = place;
  const value = (holder as Record<string, Json>)[key];
  const what = change(place, value, draw);
  return { what: `${path}: ${what}`, text: JSON.stringify(root) };
}

function change({ holder, key, path }: Place, value: Json, draw: Draw): string {
  const named = !Array.isArray(holder);
  const put = (changed: Json): void => void ((holder as Record<string, Json>)[key] = changed);
  const kinds: (() => string)[] = [
    () => (put(null), "null"),
    () => (put({}), "an empty object"),
    () => (put([]), "an empty array"),
    () => (put("seven"), "a word"),
    () => (put([value]), "within an array"),
    () => (put({ value }), "within an object"),
    () => (named ? drop(holder, key) : (holder.splice(Number(key), 1), "left out")),
  ];
  if (named) {
    kinds.push(() => rename(holder, key, draw));
    kinds.push(() => ((holder[`${key}_2`] = value), "beside it an unknown key"));
  } else {
    kinds.push(() => (holder.push(value), "one more of it"));
  }
  if (typeof value === "number") kinds.push(() => (put(String(value)), "as text"));
  if (typeof value === "number" && (named || /\/stds?\//u.test(path))) {
    kinds.push(() => (put(value > 0 ? -value : value - 1.5), "negative"));
    if (named && Number.isInteger(value)) kinds.push(() => (put(value + 0.5), "a fraction"));
  }
  if (typeof value === "string") kinds.push(() => (put(`${value}x`), "misspelt"));
  if (typeof value === "boolean") kinds.push(() => (put(String(value)), "as text"));
  return draw.one(kinds)();
}

function drop(holder: Record<string, Json>, key: string): string {
  delete holder[key];
  return "left out";
}

function rename(holder: Record<string, Json>, key: string, draw: Draw): string {
  const at = draw.below(key.length);
  const name = draw.chance(0.5)
    ? key.slice(0, at) + key.slice(at + 1)
    : `${key.slice(0, at)}_${key.slice(at)}`;
  if (Object.hasOwn(holder, name)) return drop(holder, key);
  holder[name] = holder[key];
  delete holder[key];
  return `renamed ${name}`;
}

function mutateText(text: string, draw: Draw): Mutation {
  const at = draw.below(text.length);
  return draw.one<() => Mutation>([
    () => ({ what: `cut at ${at}`, text: text.slice(0, at) }),
    () => ({ what: "a byte-order mark", text: `\uFEFF${text}` }),
    () => ({
      what: "a Git LFS pointer",
      text: "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n",
    }),
    () => ({ what: "NaN", text: text.replace(/-?\d+\.\d+/u, "NaN") }),
    () => ({ what: "an array", text: `[${text}]` }),
    () => ({ what: "nothing", text: "" }),
  ])();
}

/** Every key below the root. */
function placesOf(holder: Holder, path: string): Place[] {
  return Object.entries(holder).flatMap(([key, value]) => {
    const here = { holder, key, path: `${path}/${key}` };
    const below = typeof value === "object" && value !== null ? placesOf(value as Holder, here.path) : [];
    return [here, ...below];
  });
}
