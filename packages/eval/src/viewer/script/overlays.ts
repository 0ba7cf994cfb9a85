/**
 * What lies over a picture, as pixels of the patch grid: one pixel a patch, which the page enlarges. Token
 * `i` is pixel `i`, so an overlay cannot shift against its patches. Under a heat map, where shades mean scores,
 * kept patches have an outline instead.
 */
export const OVERLAYS: string = String.raw`
const CELL = 14;
const MAP_COLOURS = { semantic: [255, 157, 0], forecast: [255, 79, 216], action: [25, 224, 255] };

function bytesOf(base64) {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}

/** RGBA of the patches: dropped ones get dark, kept ones stay as they are. */
function dimPixels(kept) {
  const pixels = new Uint8ClampedArray(kept.length * 4);
  kept.forEach((flag, token) => { pixels[token * 4 + 3] = flag === 1 ? 0 : 185; });
  return pixels;
}

/** RGBA of the patches: the higher the score, the more of the map's colour. */
function heatPixels(scores, map) {
  const pixels = new Uint8ClampedArray(scores.length * 4);
  scores.forEach((score, token) => pixels.set([...MAP_COLOURS[map], Math.round(score * 0.88)], token * 4));
  return pixels;
}

/** Where kept patches border on dropped ones: [left, top, width, height], CELL pixels a patch. */
function keptEdges(kept, { columns, rows }) {
  const isKept = (x, y) => x >= 0 && y >= 0 && x < columns && y < rows && kept[y * columns + x] === 1;
  const edges = [];
  for (let y = 0; y < rows; y += 1) {
    for (let x = 0; x < columns; x += 1) {
      if (!isKept(x, y)) continue;
      const [left, top] = [x * CELL, y * CELL];
      if (!isKept(x - 1, y)) edges.push([left, top, 1, CELL]);
      if (!isKept(x + 1, y)) edges.push([left + CELL - 1, top, 1, CELL]);
      if (!isKept(x, y - 1)) edges.push([left, top, CELL, 1]);
      if (!isKept(x, y + 1)) edges.push([left, top + CELL - 1, CELL, 1]);
    }
  }
  return edges;
}
`;
