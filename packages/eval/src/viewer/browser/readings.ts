/** Writes what a call says in words and numbers. */
import type { ViewerCall } from "../page-data.ts";

const ACTION_NAMES = ["x", "y", "z", "roll", "pitch", "yaw", "grip"];

/** @param over whether the episode ended with this call, earlier than the call that is shown beside it */
export function describe(call: ViewerCall, over: boolean): string {
  const parts = [
    `${over ? "episode over; last call at step " : "step "}${call.step}`,
    `${call.decision} (${call.reason})`,
    `${call.kept} of ${call.vision} tokens`,
    `${call.milliseconds.toFixed(1)} ms`,
  ];
  if (call.objectKept !== null) parts.push(`object’s tokens kept ${percent(call.objectKept)}`);
  if (call.overlap !== null) parts.push(`overlap with the call before ${percent(call.overlap)}`);
  return parts.join(" · ");
}

/** Puts a bar a number of the action into its place; `largest` fills half of a track. */
export function showAction(place: HTMLElement, action: readonly number[], largest: number): void {
  const cells = action.map((value, index) => {
    const cell = document.createElement("div");
    const track = document.createElement("div");
    const bar = document.createElement("i");
    const share = (50 * Math.min(1, Math.abs(value) / largest)).toFixed(1);
    track.className = "track";
    bar.style.width = `${share}%`;
    bar.style.left = value < 0 ? `${50 - Number(share)}%` : "50%";
    track.append(bar);
    const name = action.length === ACTION_NAMES.length ? ACTION_NAMES[index] : `a${index}`;
    cell.append(`${name} ${signed(value)}`, track);
    return cell;
  });
  place.replaceChildren(...cells);
}

function percent(share: number): string {
  return `${Math.round(100 * share)} %`;
}

/** Two digits, a real minus sign, and none before zero. */
function signed(value: number): string {
  const text = value.toFixed(2);
  return text === "-0.00" ? "0.00" : text.replace("-", "−");
}
