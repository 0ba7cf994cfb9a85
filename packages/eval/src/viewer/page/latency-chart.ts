import type { StageName } from "@vla-pruner/core";
import { callMilliseconds } from "../../closed-loop/call-milliseconds.ts";
import { medianOf, sumOf } from "../../statistics.ts";
import { escapeHtml } from "../html.ts";
import type { EpisodeTrace } from "../types.ts";

/** All stages as the page shows them, those that take no time to speak of as one. */
const STAGE_GROUPS: readonly { readonly label: string; readonly stages: readonly StageName[] }[] = [
  { label: "vision encoder", stages: ["encodeVision"] },
  { label: "language layers before the cut", stages: ["prefillHead"] },
  { label: "selection", stages: ["select"] },
  { label: "layers after the cut and action", stages: ["act"] },
  { label: "everything else", stages: ["prepare", "observe", "toAction"] },
];

interface Row {
  readonly label: string;
  /** Median milliseconds of each group of stages. */
  readonly parts: readonly number[];
  readonly total: number;
}

/** Milliseconds below which a percentage would say nothing. */
const SMALL = 0.1;

/** Where a call's time goes: a bar an episode and the same numbers as a table. Medians over all calls. */
export function latencyChart(traces: readonly EpisodeTrace[]): string {
  const rows = traces.map(rowOf);
  const longest = Math.max(...rows.map(({ parts }) => sumOf(parts)), Number.MIN_VALUE);
  return `<section class="latency" aria-labelledby="latency"><h2 id="latency">Latency of a call</h2>
<p class="quiet">Milliseconds, median over all calls of the episode.</p>
<div class="stack" aria-hidden="true">${rows.map((row) => bar(row, longest)).join("")}</div>
<div class="scroll">${table(rows)}</div></section>`;
}

function rowOf({ label, calls }: EpisodeTrace): Row {
  const parts = STAGE_GROUPS.map(({ stages }) =>
    medianOf(calls.map(({ timings }) => sumOf(stages.map((stage) => timings[stage] ?? 0)))),
  );
  return { label, parts, total: medianOf(calls.map(callMilliseconds)) };
}

function bar({ label, parts, total }: Row, longest: number): string {
  const pieces = parts.map((part, index) => {
    const width = ((100 * part) / longest).toFixed(2);
    return `<i class="stage-${index}" style="width:${width}%"></i>`;
  });
  return `<span>${escapeHtml(label)}</span><span class="track">${pieces.join("")}</span><span class="numbers">${total.toFixed(1)} ms</span>`;
}

function table(rows: readonly Row[]): string {
  const [first, second] = rows;
  const pair = rows.length === 2 && first !== undefined && second !== undefined;
  const line = (label: string, values: readonly number[], swatch = ""): string => {
    const cells = values.map((value) => `<td>${value.toFixed(2)}</td>`).join("");
    const change = pair ? `<td>${changeOf(values[0] ?? 0, values[1] ?? 0)}</td>` : "";
    return `<tr><th scope="row">${swatch}${label}</th>${cells}${change}</tr>`;
  };
  const heads = rows.map(({ label }) => `<th scope="col">${escapeHtml(label)}</th>`).join("");
  const body = STAGE_GROUPS.map(({ label }, index) =>
    line(
      label,
      rows.map(({ parts }) => parts[index] ?? 0),
      swatchOf(index),
    ),
  );
  const total = line(
    "whole call",
    rows.map((row) => row.total),
  );
  return `<table><thead><tr><th scope="col">stage</th>${heads}${pair ? '<th scope="col">change</th>' : ""}</tr></thead>
<tbody>${body.join("")}</tbody><tfoot>${total}</tfoot></table>`;
}

function swatchOf(index: number): string {
  return `<span class="swatch stage-${index}"></span> `;
}

function changeOf(before: number, after: number): string {
  if (before < SMALL) return "–";
  const percent = Math.round((100 * (after - before)) / before);
  return `${percent > 0 ? "+" : percent < 0 ? "−" : "±"}${Math.abs(percent)} %`;
}
