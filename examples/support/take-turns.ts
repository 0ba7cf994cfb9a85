/** Stands still until it is this player's turn again. */
export type Pause = () => Promise<void>;

/**
 * Runs two players of which only one moves at a time: each goes on until it pauses, then the other does. When one has
 * finished, the other goes on alone.
 */
export async function takeTurns<First, Second>(
  first: (pause: Pause) => Promise<First>,
  second: (pause: Pause) => Promise<Second>,
): Promise<[First, Second]> {
  let wake: (() => void) | null = null;
  let alone = false;
  const pause: Pause = () =>
    alone
      ? Promise.resolve()
      : new Promise((resolve) => {
          wake?.();
          wake = resolve;
        });
  const leave = (): void => {
    alone = true;
    wake?.();
  };
  return Promise.all([first(pause).finally(leave), second(pause).finally(leave)]);
}
