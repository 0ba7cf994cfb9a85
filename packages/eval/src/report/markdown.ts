import { callMilliseconds } from "../closed-loop/call-milliseconds.ts";
import { comparisonTable, policyTable, pooledTable } from "./comparison-table.ts";
import { percent, table } from "./markdown-table.ts";
import type { CellReport, ComparisonReport, EvaluationReport } from "./types.ts";

export interface MarkdownOptions {
  readonly title: string;
  /** Paths of charts to show, relative to the page. */
  readonly charts: readonly string[];
}

/** The report as a page. */
export function reportMarkdown(report: EvaluationReport, { title, charts }: MarkdownOptions): string {
  const { info, cells, totals, comparisons, pooled, policies: compared = [] } = report;
  const policies = [...new Set(totals.map(({ policy }) => policy))];
  return [
    `# ${title}`,
    "",
    ...charts.map((path) => `![${path.replace(/\.\w+$/u, "").replaceAll("-", " ")}](${path})`),
    "",
    "Success in closed loop on held-out seeds. Every pruner plays the same episodes; intervals are Wilson's, 95 %.",
    "`relative` is success over the dense model's on the same episodes, `object` the mean share of the tokens of the goal's",
    "object that are kept, `overlap` the share of kept tokens that were kept at the call before, `dense` the share of",
    "calls that keep everything, `prefill` the multiply-accumulates of the prefill over the dense model's (cost model).",
    "",
    ...notesOn(report),
    ...policies.flatMap((policy) => policySection(policy, cells, totals, comparisons)),
    ...policyTable(compared),
    ...pooledTable(pooled),
    "## How it was made",
    "",
    `- Machine: ${info.machine}; one ONNX Runtime thread a worker process, one worker a core unless \`--jobs\` says otherwise, so times are those of a busy machine`,
    `- Commit: ${info.commit}`,
    ...settingsOf(report),
    ...info.commands.map((command) => `- \`${command}\``),
    "",
  ].join("\n");
}

function policySection(
  policy: string,
  cells: readonly CellReport[],
  totals: readonly CellReport[],
  comparisons: readonly ComparisonReport[],
): string[] {
  const own = totals.filter((cell) => cell.policy === policy);
  const suites = [...new Set(cells.filter((cell) => cell.policy === policy).map(({ suite }) => suite))];
  const header = [
    "pruner",
    "kept",
    "warm-up",
    ...suites,
    "all",
    "95 %",
    "relative",
    "episodes",
    "steps",
    "object",
    "overlap",
    "dense",
    "prefill",
    ...(own.some(({ drafts }) => drafts) ? ["draft"] : []),
    ...(own.some(({ drafts }) => drafts?.passes) ? ["passes"] : []),
    "ms a call",
  ];
  const rows = own.map((total) => {
    const bySuite = suites.map((suite) => {
      const cell = cells.find((one) => one.suite === suite && isSameMethod(one, total));
      return cell === undefined ? "" : percent(cell.success);
    });
    const [low, high] = total.interval;
    return [
      total.pruner,
      `${100 * total.retention} %`,
      total.warmup ?? "",
      ...bySuite,
      `**${percent(total.success)}**`,
      `${percent(low)} – ${percent(high)}`,
      total.relative === null ? "" : `${percent(total.relative)} %`,
      String(total.episodes),
      total.steps?.toFixed(0) ?? "",
      percent(total.objectKept),
      percent(total.overlap),
      percent(total.denseShare),
      `${percent(total.flops.prefillRatio)} %`,
      ...(header.includes("draft")
        ? [total.drafts === undefined ? "" : `${percent(total.drafts.acceptance)} %`]
        : []),
      ...(header.includes("passes") ? [total.drafts?.passes?.toFixed(2) ?? ""] : []),
      callMilliseconds(total).toFixed(1),
    ];
  });
  const versus = comparisons.filter((one) => one.policy === policy);
  return [`## ${policy}`, "", ...table(header, rows), "", ...comparisonTable(versus), ...latencyTable(own)];
}

function latencyTable(totals: readonly CellReport[]): string[] {
  const stages = [...new Set(totals.flatMap(({ timings }) => Object.keys(timings)))];
  const rows = totals.map((cell) => [
    cell.pruner,
    `${100 * cell.retention} %`,
    cell.warmup ?? "",
    ...stages.map((stage) => (cell.timings[stage] ?? 0).toFixed(2)),
    callMilliseconds(cell).toFixed(2),
    ((cell.flops.vision + cell.flops.prefill + cell.flops.decode + cell.flops.head) / 1e9).toFixed(3),
  ]);
  return [
    "Milliseconds a call, median, and multiply-accumulates of the whole step:",
    "",
    ...table(["pruner", "kept", "warm-up", ...stages, "all", "GMAC"], rows),
    "",
  ];
}

/** What is no method of its own, in a line each. */
const NOTES: Readonly<Record<string, string>> = {
  "current-action":
    "VLA-Pruner with the action placeholders' attention below the cut, of the same call, as the newest entry of its history (ours, not the paper's)",
  oracle:
    "keeps what the simulator knows to be object, target and gripper, the rest spread evenly; no robot can know it",
  "action-now":
    "VLA-Pruner with the true action map of the same call from a dense pass before it, whose cost is not counted; no robot has it in time",
  "action-now-only":
    "the top tokens by the true action map of the same call alone, from a dense pass before it; no robot has it in time",
  "action-now-no-diversity": "`no-diversity` with the true action map of the same call",
  "action-only": "VLA-Pruner's forecast alone, top tokens, no diversity filter",
  "semantic-only": "the model's own semantic rows alone, top tokens, no diversity filter",
  "action-diverse": "`recommended` with candidates by the forecast alone",
  "semantic-diverse": "`recommended` with candidates by the semantic rows alone",
  "no-diversity": "VLA-Pruner's candidates, thinned by the sum of both scores in place of diversity",
};

function notesOn({ totals }: EvaluationReport): string[] {
  const found = new Set(totals.map(({ pruner }) => pruner));
  const notes = Object.entries(NOTES).filter(([pruner]) => found.has(pruner));
  return notes.length === 0 ? [] : [...notes.map(([pruner, note]) => `- \`${pruner}\`: ${note}.`), ""];
}

function settingsOf({ info: { settings } }: EvaluationReport): string[] {
  const { variants, execute, horizon, disturbances, device, dtype, draft } = settings;
  return [
    `- Actions of a chunk executed before the next call: ${execute ?? "half of it, at least one"}`,
    ...(device === undefined
      ? []
      : [`- Device: ${device}; times are those of ${device}, shared by all workers`]),
    ...(dtype === undefined ? [] : [`- Dtypes: \`${JSON.stringify(dtype)}\``]),
    ...(draft === undefined
      ? []
      : [
          "- Drafts: the action of the call before; `draft` is the share of its tokens that was right, `passes` how many a call takes behind its first token",
        ]),
    ...(horizon === undefined ? [] : [`- Control steps an episode: ${horizon}`]),
    ...(disturbances === undefined ? [] : [`- Disturbances: \`${JSON.stringify(disturbances)}\``]),
    ...Object.entries(variants).map(
      ([name, { pruner, options }]) => `- Variant \`${name}\`: ${pruner} with \`${JSON.stringify(options)}\``,
    ),
  ];
}

function isSameMethod(one: CellReport, other: CellReport): boolean {
  const { policy, pruner, retention, warmup } = other;
  return (
    one.policy === policy && one.pruner === pruner && one.retention === retention && one.warmup === warmup
  );
}
