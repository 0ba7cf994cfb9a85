import { VlaPrunerError } from "@vla-pruner/format";
import type { openSession as openInNode } from "./open-session.ts";

/** Stands in for Node's where there are no files. */
export const openSession: typeof openInNode = (path) =>
  Promise.reject(
    new VlaPrunerError("usage", {
      expected: "Node, where a graph is opened by its path",
      found: `a browser, and ${path}`,
      fix: "load a model directory with VlaModel.from_pretrained",
    }),
  );
