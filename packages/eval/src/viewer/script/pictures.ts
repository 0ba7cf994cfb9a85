/** Draws one camera at one call: the frame out of the sprite, then its two overlays. */
export const PICTURES: string = String.raw`
function paint(canvas, width, height, pixels) {
  canvas.width = width;
  canvas.height = height;
  if (pixels !== null) canvas.getContext("2d").putImageData(new ImageData(pixels, width, height), 0, 0);
}

function drawFrame(canvas, camera, index) {
  const { width, height, columns, picture } = camera;
  if (canvas.width !== width) canvas.width = width;
  if (canvas.height !== height) canvas.height = height;
  const left = (index % columns) * width;
  const top = Math.floor(index / columns) * height;
  canvas.getContext("2d").drawImage(picture, left, top, width, height, 0, 0, width, height);
}

function outline(canvas, grid, kept) {
  canvas.width = grid.columns * CELL;
  canvas.height = grid.rows * CELL;
  const context = canvas.getContext("2d");
  context.fillStyle = "#fff";
  keptEdges(kept, grid).forEach((edge) => context.fillRect(...edge));
}

function drawCamera(figure, camera, call, place, index, choice) {
  const view = call.views[place];
  const [frame, heat, marks] = figure.querySelectorAll("canvas");
  drawFrame(frame, camera, index);
  const grid = view === null ? null : view.grid;
  const { columns, rows } = grid ?? { columns: 1, rows: 1 };
  const map = view === null || choice.map === "" ? null : view.scores[choice.map];
  const shown = grid !== null && map !== null;
  const kept = grid === null || !choice.mark || call.decision === "dense" ? null : bytesOf(view.kept);
  paint(heat, columns, rows, shown ? heatPixels(bytesOf(map.bytes), choice.map) : null);
  if (kept !== null && shown) outline(marks, grid, kept);
  else paint(marks, columns, rows, kept === null ? null : dimPixels(kept));
  figure.querySelector(".picture").classList.toggle("grey", shown);
  figure.querySelector("figcaption span").textContent = captionOf(view, map, choice.map);
}

function captionOf(view, map, name) {
  if (view === null) return " · not seen by the policy";
  const kept = bytesOf(view.kept);
  const counts = " · " + kept.reduce((sum, flag) => sum + flag, 0) + " of " + kept.length + " patches kept";
  if (view.grid === null) return counts + ", not a grid: no overlay";
  if (name === "") return counts;
  if (map === null) return counts + " · no " + name + " map at this call";
  return counts + " · largest " + map.peak.toPrecision(3);
}
`;
