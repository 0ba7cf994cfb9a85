/** Rows of Markdown. */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const lines = [header, header.map(() => "---"), ...rows];
  return lines.map((words) => `| ${words.join(" | ")} |`);
}

/** A share in per cent; nothing for `null`. */
export function percent(share: number | null): string {
  return share === null ? "" : (100 * share).toFixed(1);
}
