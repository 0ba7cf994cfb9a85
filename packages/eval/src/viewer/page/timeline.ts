import { keptShare } from "../call-numbers.ts";
import type { TracedCall } from "../types.ts";

/** The episode at a glance: a bar a call for the share of tokens kept, a mark for the share of the object's. */
export function timeline(calls: readonly TracedCall[]): string {
  const bars = calls.map((call, index) => {
    const height = 50 * keptShare(call);
    return `<rect class="bar ${call.decision}" x="${10 * index + 1}" y="${(53 - height).toFixed(1)}" width="8" height="${height.toFixed(1)}"/>`;
  });
  const marks = calls.map(({ objectKept }, index) =>
    objectKept === null
      ? ""
      : `<rect class="mark" x="${10 * index + 1}" y="${(51.5 - 50 * objectKept).toFixed(1)}" width="8" height="3"/>`,
  );
  const object = marks.some((mark) => mark !== "");
  const label = `Share of visual tokens kept at each of ${calls.length} calls${object ? ", marks: of the tokens on the goal's object" : ""}`;
  return `<svg class="timeline" viewBox="0 0 ${10 * calls.length} 56" preserveAspectRatio="none" role="img" aria-label="${label}">
<title>${label}</title>${bars.join("")}${marks.join("")}<rect class="cursor" x="0" y="1" width="10" height="54"/></svg>
<p class="quiet">Bars: share of tokens kept, a bar a call.${object ? " Marks: share of the object’s tokens kept." : ""}</p>`;
}
