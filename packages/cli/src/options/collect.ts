/** For an option that may be given several times. */
export function collect(word: string, before: readonly string[] = []): string[] {
  return [...before, word];
}
