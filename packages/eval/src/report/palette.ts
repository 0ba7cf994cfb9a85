/** Colours of lines and bars, told apart by colour-blind readers too (Okabe and Ito), the method's own first. */
const PALETTE = [
  "#0072b2",
  "#d55e00",
  "#009e73",
  "#cc79a7",
  "#e69f00",
  "#56b4e9",
  "#7f7f7f",
  "#8c564b",
  "#4b0082",
  "#bcbd22",
  "#ad1457",
  "#004d40",
];

/** A colour for each name, in their order; `keep-all` is black. */
export function coloursOf(names: readonly string[]): ReadonlyMap<string, string> {
  const coloured = names.filter((name) => name !== "keep-all");
  return new Map([
    ["keep-all", "#111111"],
    ...coloured.map((name, index) => [name, PALETTE[index % PALETTE.length] ?? "#000000"] as const),
  ]);
}
