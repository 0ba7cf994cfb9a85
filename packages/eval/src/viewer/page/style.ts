/** Colours by role, light and dark; every text pair has a contrast of 4.5 or more. */
const COLOURS = `
:root {
  color-scheme: light dark;
  --page: #f6f7f9; --card: #ffffff; --line: #d5dae1; --text: #16191d; --quiet: #525b67;
  --accent: #1d5fd0; --good: #11713a; --bad: #b3261e; --on-badge: #ffffff;
  --semantic: #ff9d00; --forecast: #ff4fd8; --action: #19e0ff;
  --stage-0: #1d5fd0; --stage-1: #0e8f83; --stage-2: #8a5bd6; --stage-3: #d9701a; --stage-4: #79828e;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #101317; --card: #191e24; --line: #343c46; --text: #eceff3; --quiet: #a6b0bc;
    --accent: #7fb0ff; --good: #6fdc9c; --bad: #ff9d94; --on-badge: #101317;
    --stage-0: #6ea3ff; --stage-1: #35c4b5; --stage-2: #b795f5; --stage-3: #f59a4b; --stage-4: #8e98a4;
  }
}`;

const LAYOUT = `
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--text); font: 15px/1.45 system-ui, sans-serif; }
main, header { max-width: 1500px; margin: 0 auto; padding: 16px 20px; }
header { padding-bottom: 0; }
h1 { font-size: 1.6rem; line-height: 1.2; margin: 0 0 4px; }
h2 { font-size: 1.1rem; margin: 0; }
p { margin: 0; }
.quiet { color: var(--quiet); }
.numbers { font-variant-numeric: tabular-nums; }
section { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 16px; }
.episodes { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 440px), 1fr)); gap: 16px; }
.episodes[data-count="1"] section { max-width: 980px; width: 100%; margin: 0 auto; }
.title { display: flex; flex-wrap: wrap; align-items: center; gap: 6px 10px; margin-bottom: 10px; }
.badge { border-radius: 99px; padding: 2px 12px; font-weight: 600; color: var(--on-badge); background: var(--bad); }
.badge.success { background: var(--good); }
dl { display: flex; flex-wrap: wrap; gap: 4px 20px; margin: 0; }
header dl { margin-top: 8px; }
dl div { display: flex; gap: 6px; }
dt { color: var(--quiet); }
dd { margin: 0; font-variant-numeric: tabular-nums; overflow-wrap: anywhere; }
@media (max-width: 600px) { main, header { padding-inline: 12px; } section { padding: 12px; } }
`;

const CONTROLS = `
.controls { position: sticky; top: 0; z-index: 2; display: flex; flex-wrap: wrap; align-items: center; gap: 10px 20px; margin-bottom: 16px; padding: 10px 16px; }
.controls button { font: inherit; min-width: 5.5em; padding: 6px 14px; border-radius: 8px; border: 1px solid var(--accent); background: var(--accent); color: var(--card); cursor: pointer; }
.controls input[type="range"] { flex: 1 1 220px; accent-color: var(--accent); }
.maps { display: flex; flex-wrap: wrap; gap: 6px; }
.controls button.map { display: inline-flex; align-items: center; gap: 6px; background: transparent; color: var(--text); border-color: var(--line); padding: 4px 10px; }
.controls button.map[aria-pressed="true"] { border-color: var(--accent); box-shadow: inset 0 0 0 1px var(--accent); font-weight: 600; }
.controls button:disabled { color: var(--quiet); cursor: not-allowed; opacity: 0.6; }
.controls label { display: inline-flex; align-items: center; gap: 5px; cursor: pointer; }
.swatch { display: inline-block; width: 12px; height: 12px; border-radius: 3px; border: 1px solid var(--line); }
.map .swatch { width: 26px; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
#position { min-width: 7.5em; }
`;

const CAMERAS = `
.cameras { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 150px), 1fr)); gap: 12px; margin: 12px 0; }
figure { margin: 0 auto; width: 100%; max-width: 480px; }
.picture { position: relative; background: #000; border-radius: 6px; overflow: hidden; }
.picture canvas { position: absolute; inset: 0; width: 100%; height: 100%; image-rendering: pixelated; }
.picture.grey canvas.frame { filter: grayscale(0.85) brightness(0.75); }
.over .picture { opacity: 0.55; }
figcaption { margin-top: 4px; min-height: 2.9em; font-size: 0.88rem; font-variant-numeric: tabular-nums; }
.call { min-height: 3em; font-variant-numeric: tabular-nums; }
.timeline { display: block; width: 100%; height: 56px; margin-top: 10px; }
.timeline .bar { fill: var(--quiet); opacity: 0.45; }
.timeline .bar.pruned { fill: var(--accent); opacity: 0.8; }
.timeline .mark { fill: var(--stage-3); }
.timeline .cursor { fill: none; stroke: var(--text); stroke-width: 1.5px; vector-effect: non-scaling-stroke; }
.actions { display: grid; grid-template-columns: repeat(auto-fit, minmax(64px, 1fr)); gap: 8px; margin-top: 10px; font-size: 0.85rem; }
.actions .track { position: relative; height: 8px; border-radius: 4px; background: var(--line); overflow: hidden; }
.actions .track i { position: absolute; top: 0; bottom: 0; background: var(--accent); }
`;

const LATENCY = `
.latency { margin-top: 16px; }
.latency h2 { margin-bottom: 8px; }
.stack { display: grid; grid-template-columns: minmax(90px, max-content) 1fr max-content; gap: 8px 12px; align-items: center; margin: 10px 0 14px; }
.stack .track { display: flex; height: 22px; }
.stack .track i { display: block; border-right: 1px solid var(--card); }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { text-align: right; padding: 3px 14px 3px 0; border-bottom: 1px solid var(--line); font-weight: 400; }
th:first-child { text-align: left; }
thead th { color: var(--quiet); }
tfoot th, tfoot td { font-weight: 600; border-bottom: 0; }
.scroll { overflow-x: auto; }
footer { max-width: 1500px; margin: 0 auto; padding: 0 20px 24px; font-size: 0.88rem; }
kbd { border: 1px solid var(--line); border-radius: 4px; padding: 0 5px; background: var(--card); font: inherit; }
`;

export const STYLE: string = [COLOURS, LAYOUT, CONTROLS, CAMERAS, LATENCY].join("");
