import { Command } from "commander";
import { PRUNERS } from "@vla-pruner/core";
import { prunerNamed } from "@vla-pruner/core/modules";
import { benchCells } from "../bench/bench-report.ts";
import { benchTable } from "../bench/bench-table.ts";
import { controlLoop } from "../bench/control-loop.ts";
import { interleave } from "../bench/interleave.ts";
import { loopText, soakText } from "../bench/long-runs-text.ts";
import type { FrameSize } from "../bench/observations.ts";
import { soak } from "../bench/soak.ts";
import { contestantsOf, loadSubject } from "../bench/subjects.ts";
import type { Contestant, Subject } from "../bench/subjects.ts";
import { DRAFT_MODES } from "../bench/timed-step.ts";
import type { DraftMode } from "../bench/timed-step.ts";
import { workerOptions } from "../bench/worker-options.ts";
import { aheadOption } from "../options/ahead-option.ts";
import { addModelOptions } from "../options/model-options.ts";
import type { ModelOptions } from "../options/model-options.ts";
import {
  parseChoice,
  parseChoices,
  parseCount,
  parseFrame,
  parseNumber,
  parseNumbers,
} from "../options/parse.ts";
import { prunerOption } from "../options/pruner-option.ts";
import { seedOption } from "../options/seed-option.ts";
import { CountProgress } from "../report/progress-bar.ts";
import type { Streams } from "../streams.ts";

export interface BenchOptions extends ModelOptions {
  readonly pruner: string;
  readonly retention: readonly number[];
  readonly runs: number;
  readonly warmUp?: number;
  readonly draft: readonly DraftMode[];
  readonly ahead?: boolean;
  readonly frame?: FrameSize;
  readonly prompt?: number;
  readonly threads?: number;
  readonly soak?: number;
  readonly loop?: number;
  readonly isolation: "thread" | "process";
  readonly seed: number;
  readonly json?: boolean;
}

/** Runs before the first that counts: the forecast's window is three calls, and an idle GPU takes 20 to wake up. */
const WARM_UP = { cpu: 4, others: 20 };

export function benchCommand(streams: Streams): Command {
  const command = new Command("bench")
    .description("Measure dense against pruned, stage by stage, on made-up observations.")
    .argument("<model-dir...>", "several are measured in turn: dtypes, targets")
    .addOption(prunerOption(Object.keys(PRUNERS)))
    .option(
      "--retention <ratios>",
      "shares of the visual tokens to keep",
      parseNumbers("--retention"),
      [1, 0.5, 0.25, 0.125],
    )
    .option("--runs <N>", "measured runs of each ratio; ticks of a loop", parseCount("--runs"), 10)
    .option("--warm-up <N>", "runs before them (cpu: 4, else 20)", parseCount("--warm-up"))
    .option(
      "--draft <modes>",
      "none, accepted (each step is given its own action), refused; several with commas",
      parseChoices("--draft", ...DRAFT_MODES),
      ["none"],
    )
    .addOption(aheadOption())
    .option(
      "--frame <WxH>",
      "size of the cameras' pictures, 1280x720 (the model's own)",
      parseFrame("--frame"),
    )
    .option("--prompt <N>", "tokens of the instruction (the example's own)", parseCount("--prompt"))
    .option("--threads <N>", "threads of a session (all cores)", parseCount("--threads"))
    .option(
      "--soak <N>",
      "run the first ratio for N steps, and watch memory and stragglers",
      parseCount("--soak"),
    )
    .option(
      "--loop <hertz>",
      "play a control loop beside the model, and say how late it ticks",
      parseNumber("--loop"),
    )
    .option(
      "--isolation <kind>",
      "of --loop: thread or process",
      parseChoice("--isolation", "thread", "process"),
      "thread",
    )
    .addOption(seedOption("seed of random choices and of drawn noise"))
    .option("--json", "a JSON line a ratio on stdout")
    .action((folders: readonly string[], options: BenchOptions) => runBench(folders, options, streams));
  return addModelOptions(command, "the one of the observations");
}

async function runBench(folders: readonly string[], options: BenchOptions, streams: Streams): Promise<void> {
  const { json = false } = options;
  const print = <Line>(lines: readonly Line[], text: (lines: readonly Line[]) => string): void => {
    streams.stdout.write(json ? lines.map((line) => `${JSON.stringify(line)}\n`).join("") : text(lines));
  };
  if (options.loop === undefined) return measure(folders, options, streams, print);
  const reports = [];
  for (const folder of folders) {
    const progress = new CountProgress(streams.stderr, options.runs, 0, "ticks");
    const given = await workerOptions(folder, options);
    reports.push(
      await controlLoop(folder, { ...given, hertz: options.loop, ticks: options.runs }, progress).finally(
        () => progress.stop(),
      ),
    );
  }
  print(reports, loopText);
}

type Print = <Line>(lines: readonly Line[], text: (lines: readonly Line[]) => string) => void;

async function measure(
  folders: readonly string[],
  options: BenchOptions,
  { stderr }: Streams,
  print: Print,
): Promise<void> {
  const { device, retention, draft, runs, seed, frame, prompt } = options;
  const chosen = await prunerNamed(options.pruner, PRUNERS);
  for (const share of retention) chosen.make({ retention: share, seed }); // A bad one is told before a model loads.
  const warmUp = options.warmUp ?? (device === "cpu" ? WARM_UP.cpu : WARM_UP.others);
  const sizes = { ...(frame && { frame }), ...(prompt !== undefined && { prompt }) };
  const subjects: Subject[] = [];
  const contestants: Contestant[] = [];
  try {
    for (const folder of folders) {
      const drafts = draft.some((mode) => mode !== "none");
      const subject = await loadSubject(folder, { ...options, drafts });
      subjects.push(subject);
      contestants.push(...contestantsOf(subject, chosen, retention, draft, seed));
    }
    const [first] = contestants;
    if (options.soak !== undefined && first !== undefined) {
      const progress = new CountProgress(stderr, warmUp + options.soak, 0, "steps");
      const report = await soak(first, sizes, { warmUp, steps: options.soak, device }, progress).finally(() =>
        progress.stop(),
      );
      print([report], soakText);
      return;
    }
    const progress = new CountProgress(stderr, (warmUp + runs) * contestants.length, 0, "runs");
    const results = await interleave(contestants, sizes, { warmUp, runs }, progress).finally(() =>
      progress.stop(),
    );
    print(benchCells(contestants, results, device), benchTable);
  } finally {
    for (const subject of subjects) await subject.dispose();
  }
}
