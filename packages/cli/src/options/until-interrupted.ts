const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Runs something that Ctrl-C should stop cleanly: the signal fires on SIGINT or SIGTERM, and where the terminal is closed. */
export async function untilInterrupted<Result>(
  run: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const controller = new AbortController();
  const stop = (): void => controller.abort();
  for (const signal of SIGNALS) process.on(signal, stop);
  try {
    return await run(controller.signal);
  } finally {
    for (const signal of SIGNALS) process.off(signal, stop);
  }
}
