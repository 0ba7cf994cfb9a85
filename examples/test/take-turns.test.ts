import assert from "node:assert/strict";
import { takeTurns } from "../support/take-turns.ts";
import type { Pause } from "../support/take-turns.ts";

describe("players that take turns", () => {
  const moves: string[] = [];
  beforeEach(() => void moves.splice(0));

  /** Each move takes a while, as a model call does. */
  const player =
    (name: string, count: number) =>
    async (pause: Pause): Promise<string> => {
      for (let move = 0; move < count; move += 1) {
        await pause();
        moves.push(`${name}${move} begins`);
        await new Promise((resolve) => setTimeout(resolve, 1));
        moves.push(`${name}${move} ends`);
      }
      return name;
    };

  it("moves one at a time, the first one first, and lets the longer game end alone", async () => {
    assert.deepEqual(await takeTurns(player("a", 4), player("b", 2)), ["a", "b"]);
    assert.deepEqual(moves, whole("a0", "b0", "a1", "b1", "a2", "a3"));
    moves.splice(0);
    await takeTurns(player("a", 1), player("b", 3));
    assert.deepEqual(moves, whole("a0", "b0", "b1", "b2"));
  });

  it("does not leave the other waiting when one fails", async () => {
    let ended: Promise<string> | undefined;
    await assert.rejects(
      takeTurns(failing, (pause) => (ended = player("b", 2)(pause))),
      /lost/u,
    );
    assert.equal(await ended, "b");
  });
});

function whole(...moves: readonly string[]): string[] {
  return moves.flatMap((move) => [`${move} begins`, `${move} ends`]);
}

async function failing(pause: Pause): Promise<never> {
  await pause();
  throw new Error("lost");
}
