/** Tokens as a draft of which so many, the first ones, are right. */
export function spoiledDraft(tokens: readonly number[], right: number): readonly number[] {
  return tokens.map((token, index) => (index === right ? (token === 0 ? 1 : token - 1) : token));
}
