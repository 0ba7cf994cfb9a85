import { VlaPrunerError } from "@vla-pruner/format";

/** Turns an option's text into its value; made for one option, whose name stands in the error. */
type Parse<Value> = (text: string) => Value;

/** A number; whether it is a sensible one, its reader says. */
export function parseNumber(option: string): Parse<number> {
  return (text) => {
    const value = text.trim() === "" ? Number.NaN : Number(text);
    if (!Number.isNaN(value) || text === "NaN") return value;
    throw invalid(option, "a number", text);
  };
}

/** A whole number. */
export function parseInteger(option: string): Parse<number> {
  return (text) => {
    const value = text.trim() === "" ? Number.NaN : Number(text);
    if (Number.isSafeInteger(value)) return value;
    throw invalid(option, "a whole number", text);
  };
}

/** A whole number of at least 1. */
export function parseCount(option: string): Parse<number> {
  return (text) => {
    const value = parseInteger(option)(text);
    if (value >= 1) return value;
    throw invalid(option, "a whole number of at least 1", text);
  };
}

/** Numbers with commas between them. */
export function parseNumbers(option: string): Parse<number[]> {
  return (text) => text.split(",").map(parseNumber(option));
}

/** Words with commas between them. */
export function parseWords(text: string): string[] {
  return text.split(",").map((word) => word.trim());
}

/** Layer numbers with commas between them, or the words `latter-half`. */
export function parseLayers(option: string): Parse<number[] | "latter-half"> {
  return (text) => (text === "latter-half" ? text : text.split(",").map(parseInteger(option)));
}

/** One of some words. */
export function parseChoice<Word extends string>(option: string, ...words: readonly Word[]): Parse<Word> {
  return (text) => {
    const word = words.find((candidate) => candidate === text);
    if (word !== undefined) return word;
    throw invalid(option, `one of ${words.join(", ")}`, text);
  };
}

/** Some words of a choice, with commas between them. */
export function parseChoices<Word extends string>(option: string, ...words: readonly Word[]): Parse<Word[]> {
  return (text) => parseWords(text).map(parseChoice(option, ...words));
}

/** A picture's size, `1280x720`. */
export function parseFrame(option: string): Parse<{ readonly width: number; readonly height: number }> {
  return (text) => {
    const [, width, height] = /^([1-9]\d{0,4})x([1-9]\d{0,4})$/u.exec(text) ?? [];
    if (width !== undefined && height !== undefined) return { width: Number(width), height: Number(height) };
    throw invalid(option, "WIDTHxHEIGHT in pixels", text);
  };
}

/** `i/n`, whole numbers: part i of n, from 1 on. */
export function parseShard(text: string): { part: number; of: number } {
  const [, part, of] = /^(\d{1,6})\/(\d{1,6})$/u.exec(text.trim()) ?? [];
  if (part !== undefined && of !== undefined) return { part: Number(part), of: Number(of) };
  throw invalid("--shard", "i/n, as 1/4 for the first of four", text);
}

function invalid(option: string, expected: string, found: string): VlaPrunerError {
  return new VlaPrunerError("invalid-option", {
    expected: `${option}: ${expected}`,
    found: JSON.stringify(found),
    fix: "see --help of this command",
  });
}
