import type { Answer, Report } from "../messages.ts";
import { element } from "./elements.ts";

const ACTION = ["x", "y", "z", "turn x", "turn y", "turn z", "gripper"];

/** What a policy would do: the first action of its chunk, dense beside pruned. */
export function policyAnswer({ call, denseActions }: Extract<Report, { type: "looked" }>): HTMLElement[] {
  const vision = call.views.reduce((sum, { count }) => sum + count, 0);
  const rows = ACTION.map((name, index) => [
    name,
    firstOf(denseActions, index),
    firstOf(call.actions, index),
  ]);
  const pruned = `${Math.round(call.milliseconds)} ms`;
  const times =
    call.dense === null
      ? pruned
      : `${Math.round(call.dense)} ms dense, ${pruned} with ${call.keep.length} of ${vision} patches`;
  return [element("h2", {}, "First action of the chunk"), timesLine(times), table(rows)];
}

/** What a vision-language model says, dense beside pruned. */
export function vlmAnswer({
  seen,
  vision,
  dense,
  pruned,
}: Extract<Report, { type: "answered" }>): HTMLElement[] {
  const times = (["prefill", "whole"] as const).map((which) => [
    which === "prefill" ? "prompt, in the decoder" : "whole answer",
    ...[dense, pruned].map((answer) => `${Math.round(answer[which])} ms`),
  ]);
  const kept = `${seen.keep.length} of ${vision} patches`;
  return [
    element("h2", {}, "Answer"),
    timesLine(`${Math.round(dense.prefill)} ms dense, ${Math.round(pruned.prefill)} ms with ${kept}`),
    said(dense, "With all patches", "dense"),
    said(pruned, `With ${kept}`, "pruned"),
    table(times),
  ];
}

function firstOf([action = []]: readonly (readonly number[])[], index: number): string {
  return (action[index] ?? Number.NaN).toFixed(3);
}

function said({ text }: Answer, title: string, kind: string): HTMLElement {
  return element(
    "figure",
    { class: `said is-${kind}` },
    element("figcaption", {}, title),
    element("blockquote", { id: `look-${kind}` }, text === "" ? "(nothing)" : text),
  );
}

function timesLine(text: string): HTMLElement {
  return element("p", { class: "quiet numbers", id: "look-times" }, text);
}

/** Rows of a name, a dense value and a pruned one. */
function table(rows: readonly (readonly string[])[]): HTMLElement {
  const head = ["", "dense", "pruned"].map((words) => element("th", { scope: "col" }, words));
  const body = rows.map(([name = "", ...values]) =>
    element(
      "tr",
      {},
      element("th", { scope: "row" }, name),
      ...values.map((value) => element("td", {}, value)),
    ),
  );
  return element(
    "table",
    {},
    element("thead", {}, element("tr", {}, ...head)),
    element("tbody", {}, ...body),
  );
}
