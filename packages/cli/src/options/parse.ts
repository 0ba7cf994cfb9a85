import { VlaPrunerError } from "@vla-pruner/errors";

/** An option that is a number; whether it is a sensible one, its reader says. */
export function parseNumber(text: string): number {
  const value = text.trim() === "" ? Number.NaN : Number(text);
  if (!Number.isNaN(value) || text === "NaN") return value;
  throw invalid("a number", text);
}

/** An option that is a whole number. */
export function parseInteger(text: string): number {
  const value = parseNumber(text);
  if (Number.isSafeInteger(value)) return value;
  throw invalid("a whole number", text);
}

/** Numbers with commas between them. */
export function parseNumbers(text: string): number[] {
  return text.split(",").map(parseNumber);
}

/** Layer numbers with commas between them, or the words `latter-half`. */
export function parseLayers(text: string): number[] | "latter-half" {
  return text === "latter-half" ? text : text.split(",").map(parseInteger);
}

/** One of some words. */
export function parseChoice<Word extends string>(...words: readonly Word[]): (text: string) => Word {
  return (text) => {
    const word = words.find((candidate) => candidate === text);
    if (word !== undefined) return word;
    throw invalid(`one of: ${words.join(", ")}`, text);
  };
}

function invalid(expected: string, found: string): VlaPrunerError {
  return new VlaPrunerError("invalid-option", { expected, found: JSON.stringify(found), fix: "see --help of this command" });
}
