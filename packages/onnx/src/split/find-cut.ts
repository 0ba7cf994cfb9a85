import type { Caches } from "./caches.ts";
import { pastLayer, presentLayer } from "./caches.ts";
import { EMBEDS, nodeName } from "./decoder-graph.ts";
import type { DecoderGraph } from "./decoder-graph.ts";
import { refuse } from "./refuse.ts";

/** `boundary`: between two layers. `early`: right after the attention of the lower one, which spares its MLP rows too. */
export type CutPlace = "boundary" | "early";

/** The node at which a decoder is cut: all that flows on to the layers above was made by it. */
export interface Cut {
  readonly node: number;
  /** `[batch, sequence, hidden]` each: the hidden states, and their norm where one node makes both. */
  readonly values: readonly string[];
  /** Values of the lower side whose content follows from the prompt. */
  readonly below: ReadonlySet<string>;
}

/**
 * Finds the articulation node between the last mixer below the cut and the first one above.
 *
 * @throws `graph-invalid` where more than one node's values cross
 */
export function findCut(graph: DecoderGraph, caches: Caches, layer: number, place: CutPlace): Cut {
  const hidden = graph.contentFrom([EMBEDS]);
  const outputs = tailOutputs(graph, layer);
  const useful = graph.needed(outputs);
  const onPath = graph.nodes.map(
    ({ output }, index) => useful.has(index) && output.some((name) => hidden.has(name)),
  );
  const after = mixedBy(graph, caches.below, (made) => made === caches.lastBelow);
  const past = mixedBy(graph, caches.above, (made) => made >= layer);
  const lastUse = lastUses(graph, onPath, hidden, outputs);

  const open = new Set([EMBEDS]);
  let crossing: string[] = [];
  let found: Pick<Cut, "node" | "values"> | null = null;
  for (const [index, node] of graph.nodes.entries()) {
    if (!onPath[index]) continue;
    for (const name of node.output) if (hidden.has(name) && (lastUse.get(name) ?? -1) > index) open.add(name);
    for (const name of open) if ((lastUse.get(name) ?? -1) <= index) open.delete(name);
    const values = [...open];
    if (values.length === 0) continue;
    const fits = values.every((name) => after.has(name) && !past.has(name));
    const between = values.some((name) => after.has(name)) && values.every((name) => !past.has(name));
    if (between && (crossing.length === 0 || values.length <= crossing.length)) crossing = values;
    if (!fits || values.some((name) => graph.producer.get(name) !== index)) continue;
    if (found === null || place === "boundary") found = { node: index, values };
  }
  if (found === null)
    throw refuse(
      `one node between layers ${layer - 1} and ${layer} that makes all that flows on`,
      describe(graph, crossing),
    );
  const flat = found.values.find((name) => !graph.isHiddenShape(name));
  if (flat !== undefined) {
    const maker = graph.makerOf(flat);
    throw refuse(
      `hidden states [batch, sequence, hidden] at the cut`,
      `${flat} of ${maker ? nodeName(maker) : "nowhere"}, whose shape is not known`,
    );
  }
  const { node } = found;
  const below = [...hidden].filter(
    (name) => (graph.producer.get(name) ?? -1) <= node && (name === EMBEDS || graph.producer.has(name)),
  );
  return { ...found, below: new Set(below) };
}

/** All outputs but the caches of layers below the cut. */
export function tailOutputs(graph: DecoderGraph, layer: number): string[] {
  return [...graph.outputs.keys()].filter((name) => !(presentLayer(name) < layer));
}

/** What follows from some layers' caches: from those that come in, or from what makes those that go out. */
function mixedBy(
  graph: DecoderGraph,
  outputs: readonly string[],
  wanted: (layer: number) => boolean,
): ReadonlySet<string> {
  const made = outputs.filter((name) => wanted(presentLayer(name)));
  const beside = made.flatMap((name) => graph.makerOf(name)?.output.filter((other) => other !== "") ?? []);
  return graph.contentFrom([
    ...made,
    ...beside,
    ...[...graph.inputs.keys()].filter((name) => wanted(pastLayer(name))),
  ]);
}

function lastUses(
  graph: DecoderGraph,
  onPath: readonly boolean[],
  hidden: ReadonlySet<string>,
  outputs: readonly string[],
): Map<string, number> {
  const last = new Map<string, number>();
  for (const [index, read] of graph.reads.entries()) {
    if (!onPath[index]) continue;
    for (const name of read) if (hidden.has(name)) last.set(name, index);
  }
  for (const name of outputs) last.set(name, graph.nodes.length);
  return last;
}

function describe(graph: DecoderGraph, crossing: readonly string[]): string {
  if (crossing.length === 0)
    return "none: the layers are not told apart (branches for a cache, or shared caches)";
  const named = crossing.slice(0, 4).map((name) => {
    const maker = graph.makerOf(name);
    return maker === undefined ? `input ${name}` : `${name} (${nodeName(maker)})`;
  });
  return `${crossing.length} values that cross: ${named.join(", ")}${crossing.length > 4 ? " …" : ""}`;
}
