import { parentPort } from "node:worker_threads";
import { quantizePiece } from "./quantize-piece.ts";
import type { MatrixPiece } from "./quantize-piece.ts";

// A thread of PieceWorkers: a piece in, what became of it out.
parentPort?.on("message", (piece: MatrixPiece) => {
  const made = quantizePiece(piece);
  parentPort?.postMessage(made, [made.packed.buffer, made.scales.buffer]);
});
