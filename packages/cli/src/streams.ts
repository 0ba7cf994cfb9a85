/** Where the command line writes. `process` has both; tests pass their own. */
export interface Streams {
  readonly stdout: NodeJS.WritableStream;
  readonly stderr: NodeJS.WritableStream & { readonly isTTY?: boolean };
}

/** Says in a line on stderr what went wrong without stopping the command. */
export function warn({ stderr }: Pick<Streams, "stderr">, message: string): void {
  stderr.write(`vla-pruner: ${message.replaceAll(/\s+/g, " ")}\n`);
}
