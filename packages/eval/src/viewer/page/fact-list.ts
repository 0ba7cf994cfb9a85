import { escapeHtml } from "../escape.ts";

/** Names and values as a description list. */
export function factList(facts: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(facts).map(
    ([name, value]) => `<div><dt>${escapeHtml(name)}</dt><dd>${escapeHtml(value)}</dd></div>`,
  );
  return `<dl>${pairs.join("")}</dl>`;
}
