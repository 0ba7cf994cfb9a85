import { VlaPrunerError } from "@vla-pruner/format";
import type { CancellableCall } from "./remote-episode.ts";

/**
 * A call's answer, or an error at once when it is cancelled or late, whatever the other side is at.
 *
 * @param onGivenUp tells the other side
 * @throws `cancelled`, `deadline-exceeded`
 */
export function inTime<Result>(
  call: CancellableCall<Result>,
  limits: { readonly signal: AbortSignal | undefined; readonly deadline: number | undefined },
  onGivenUp: () => void,
): Promise<Result> {
  const { signal, deadline } = limits;
  return new Promise((resolve, reject) => {
    const giveUp = (error: VlaPrunerError): void => {
      end();
      call.giveUp();
      onGivenUp();
      reject(error);
    };
    const cancel = (): void => giveUp(cancelled());
    const timer = deadline === undefined ? undefined : setTimeout(() => giveUp(late(deadline)), deadline);
    const end = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", cancel);
    };
    signal?.addEventListener("abort", cancel, { once: true });
    call.then(resolve, reject).finally(end);
    if (signal?.aborted === true) cancel();
  });
}

function cancelled(): VlaPrunerError {
  return new VlaPrunerError("cancelled", {
    expected: "a control step that runs to its end",
    found: "an aborted signal",
    fix: "call again with another signal",
  });
}

function late(deadline: number): VlaPrunerError {
  return new VlaPrunerError("deadline-exceeded", {
    expected: `an action within ${deadline} ms`,
    found: "none yet",
    fix: "keep the robot still and look again; or allow more time",
  });
}
