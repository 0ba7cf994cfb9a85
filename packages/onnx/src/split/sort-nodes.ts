import type { NodeProto } from "../proto/edit-model.ts";
import { nodeName, readsOf } from "./decoder-graph.ts";
import { refuse } from "./refuse.ts";

/**
 * Nodes in an order in which each comes after what it reads; as given where that is so already.
 *
 * @throws `graph-invalid` for a circle
 */
export function sortNodes(nodes: readonly NodeProto[]): NodeProto[] {
  const maker = new Map(nodes.flatMap((node) => node.output.map((name) => [name, node] as const)));
  const state = new Map<NodeProto, "open" | "done">();
  const sorted: NodeProto[] = [];
  for (const start of nodes) {
    const stack = [start];
    for (let node = stack.at(-1); node !== undefined; node = stack.at(-1)) {
      if (state.get(node) === "done") {
        stack.pop();
        continue;
      }
      const waiting = readsOf(node)
        .map((name) => maker.get(name))
        .filter((other) => other !== undefined && state.get(other) !== "done");
      if (waiting.length === 0) {
        state.set(node, "done");
        sorted.push(node);
        stack.pop();
        continue;
      }
      if (state.get(node) === "open")
        throw refuse("lengths that are known before they are used", `a circle through ${nodeName(node)}`);
      state.set(node, "open");
      for (const other of waiting) if (other !== undefined) stack.push(other);
    }
  }
  return sorted;
}
