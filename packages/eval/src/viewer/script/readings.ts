/** Writes what a call says in words and numbers. */
export const READINGS: string = String.raw`
const ACTION_NAMES = ["x", "y", "z", "roll", "pitch", "yaw", "grip"];

function percent(share) {
  return Math.round(100 * share) + " %";
}

/** Two digits, a real minus sign, and none before zero. */
function signed(value) {
  const text = value.toFixed(2);
  return text === "-0.00" ? "0.00" : text.replace("-", "−");
}

function describe(call, over) {
  const parts = [
    (over ? "episode over; last call at step " : "step ") + call.step,
    call.decision + " (" + call.reason + ")",
    call.kept + " of " + call.vision + " tokens",
    call.milliseconds.toFixed(1) + " ms",
  ];
  if (call.objectKept !== null) parts.push("object’s tokens kept " + percent(call.objectKept));
  if (call.overlap !== null) parts.push("overlap with the call before " + percent(call.overlap));
  return parts.join(" · ");
}

function showAction(place, action, largest) {
  const cells = action.map((value, index) => {
    const cell = document.createElement("div");
    const track = document.createElement("div");
    const bar = document.createElement("i");
    const share = (50 * Math.min(1, Math.abs(value) / largest)).toFixed(1);
    track.className = "track";
    bar.style.width = share + "%";
    bar.style.left = value < 0 ? 50 - share + "%" : "50%";
    track.append(bar);
    const name = action.length === ACTION_NAMES.length ? ACTION_NAMES[index] : "a" + index;
    cell.append(name + " " + signed(value), track);
    return cell;
  });
  place.replaceChildren(...cells);
}
`;
