import type { Pruning } from "./pruning.ts";
import { DECODER, EMBED, factsOf } from "./stock/stock-model.ts";
import type { Feeds, StockParts } from "./stock/stock-model.ts";

/**
 * Puts sessions in the place of two of a model's: the embedding notes which ids made which tensor, since the decoder is
 * handed that very tensor; the decoder runs in two parts.
 */
export function replaceSessions({ sessions, embed, decoderFacts }: StockParts, pruning: Pruning): void {
  const idsOf = new WeakMap<object, ArrayLike<bigint>>();
  sessions[EMBED] = {
    ...factsOf(embed),
    async run(feeds: Feeds) {
      const outputs = await embed.run(feeds);
      const ids = feeds["input_ids"]?.data as BigInt64Array | undefined;
      if (ids !== undefined) for (const tensor of Object.values(outputs)) idsOf.set(tensor, ids);
      return outputs;
    },
    release: () => embed.release(),
  };
  sessions[DECODER] = {
    ...decoderFacts,
    run: (feeds: Feeds) => pruning.run(feeds, idsOf.get(feeds["inputs_embeds"] as object)),
    release: () => pruning.dispose(),
  };
}
