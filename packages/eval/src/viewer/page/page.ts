import { escapeHtml, factList, jsonForScript } from "../html.ts";
import type { ViewerEpisode } from "../page-data.ts";
import type { EpisodeTrace, ReportMeta } from "../types.ts";
import { controls } from "./controls.ts";
import { episodeSection } from "./episode-section.ts";
import { latencyChart } from "./latency-chart.ts";
import { SCRIPT, STYLE } from "./made-from-browser.ts";

/** Nothing may come from outside the file, whatever a text in it says. */
const POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'unsafe-inline'";

/** The whole document. */
export function page(
  traces: readonly [EpisodeTrace, ...EpisodeTrace[]],
  data: readonly ViewerEpisode[],
  { model, facts = {} }: ReportMeta,
): string {
  const { instruction, task, seed } = traces[0].outcome;
  const sections = traces.map((trace, index) =>
    episodeSection(trace, data[index] ?? { cameras: [], calls: [] }, index),
  );
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<title>${escapeHtml(`${instruction} – ${model}`)}</title>
<style>${STYLE}</style>
</head>
<body>
<header>
<p class="quiet">Episode report</p>
<h1>“${escapeHtml(instruction)}”</h1>
${factList({ model, task, seed: String(seed), ...facts })}
</header>
<main>
<noscript><p>The pictures and the slider need JavaScript; the outcome and the latency below do not.</p></noscript>
${controls(traces)}
<div class="episodes" data-count="${traces.length}">
${sections.join("\n")}
</div>
${latencyChart(traces)}
</main>
<footer class="quiet"><p>Keys: <kbd>←</kbd> <kbd>→</kbd> one call, <kbd>Home</kbd> <kbd>End</kbd> first and last, <kbd>Space</kbd> play. Heat maps: a square-root scale up to the largest score of the picture, which stands under it.</p></footer>
<script type="application/json" id="data">${jsonForScript(data)}</script>
<script>${SCRIPT}</script>
</body>
</html>
`;
}
