"""PyTorch reference of a pruned stock decoder: layers below K on all rows, the others on the kept rows with their
original positions and a shorter cache. Scores are taken from the attention map of the last attention layer below K.
"""

import torch
from transformers import DynamicCache

from tiny import IMAGE, LAYERS, NEW_TOKENS, Numbers, embedding_table, prompt, SEEDS

RETENTION = 0.25


class Decoder:
    def __init__(self, family: str, model, first_position: int = 0, bidirectional: bool = False):
        self.family, self.model, self.first, self.bidirectional = family, model, first_position, bidirectional
        self.base = model.model.language_model if family == "qwen2_vl" else model.model
        self.config = self.base.config
        self.layers = self.base.layers

    def mask(self, rows: int, total: int, layer: int):
        if self.bidirectional:
            return torch.zeros(1, 1, rows, total)
        row, column = torch.arange(total - rows, total)[:, None], torch.arange(total)[None]
        visible = column <= row
        kinds = getattr(self.config, "layer_types", None)
        if kinds and kinds[layer] == "sliding_attention" and self.family == "gemma3":
            visible &= column > row - self.config.sliding_window  # the window counts kept rows
        return torch.where(visible, 0.0, torch.finfo(torch.float32).min)[None, None]

    def rotation(self, x, positions):
        if self.family == "gemma3":
            return dict(position_embeddings_global=self.base.rotary_emb(x, positions),
                        position_embeddings_local=self.base.rotary_emb_local(x, positions))
        rotary = getattr(self.base, "pos_emb", None) or self.base.rotary_emb
        return dict(position_embeddings=rotary(x, positions))

    def is_attention(self, layer: int) -> bool:
        return self.family != "lfm2" or self.config.layer_types[layer] != "conv"

    @torch.no_grad()
    def run(self, x, positions, cache, lengths, cut, kept=None, choose=None):
        """Logits of the last row, attention map [heads, rows, columns] of the tapped layer, kept rows."""
        tapped = max((l for l in range(cut) if self.is_attention(l)), default=None)
        if self.family in ("gemma", "gemma2"):
            x = x * self.config.hidden_size**0.5
        around, seen = self.rotation(x, positions), {}
        for index, layer in enumerate(self.layers):
            if index == cut and (kept is not None or choose):
                kept = choose(seen["map"][0]) if kept is None else kept
                x, positions = x[:, kept], positions[..., kept]
                around = self.rotation(x, positions)
            rows, past = x.shape[1], lengths[index]
            lengths[index] = total = past + rows
            mask = self.mask(rows, total, index) if self.is_attention(index) else None
            hook = None
            if index == tapped:
                hook = layer.self_attn.register_forward_hook(lambda _m, _a, out: seen.__setitem__("map", out[1]))
            x = layer(x, attention_mask=mask, position_ids=positions if positions.ndim == 2 else positions[0],
                      past_key_values=cache, cache_position=torch.arange(past, total), output_attentions=True, **around)
            x = x[0] if isinstance(x, tuple) else x
            if hook:
                hook.remove()
        norm = getattr(self.base, "embedding_norm", None) or self.base.norm
        logits = self.model.lm_head(norm(x[:, -1:]))[0, -1]
        return logits, None if "map" not in seen else seen["map"][0], kept

    def cache(self):
        if self.family == "lfm2":
            from transformers.models.lfm2.modeling_lfm2 import Lfm2HybridConvCache
            return Lfm2HybridConvCache(self.config, 1, dtype=torch.float32)
        return DynamicCache()

    def positions(self, ids):
        if self.family != "qwen2_vl":
            return torch.arange(len(ids))[None] + self.first, 0
        ids = torch.tensor([ids])
        grids = torch.tensor([[1, 8, 8], [1, 8, 8]])
        return self.model.model.get_rope_index(ids, grids, None, torch.ones_like(ids))

    def generate(self, ids, features, cut, choose=None):
        """Greedy tokens, the map of the prompt, kept rows, and the smallest gap between the two best logits."""
        table = embedding_table()
        x = table[torch.tensor([ids])].clone()
        x[0, [i for i, t in enumerate(ids) if t == IMAGE]] = features
        positions, delta = self.positions(ids)
        cache, lengths = self.cache(), [0] * LAYERS
        logits, attention, kept = self.run(x, positions, cache, lengths, cut, choose=choose)
        tokens, gap = [], float("inf")
        for step in range(NEW_TOKENS):
            best = logits.topk(2)
            tokens.append(int(best.indices[0]))
            gap = min(gap, float(best.values[0] - best.values[1]))
            at = torch.full((1, 1), len(ids) + step + self.first) + (delta if self.family == "qwen2_vl" else 0)
            at = at.expand(3, 1, 1) if self.family == "qwen2_vl" else at
            logits, _, _ = self.run(table[torch.tensor([tokens[-1:]])], at, cache, lengths, cut)
        return tokens, attention, kept, gap


def fastv(ids):
    """Keeps every word and, of each picture, the quarter that the last row looks at most; ties go to the lower row."""
    def choose(attention):
        last, runs = attention[:, -1].mean(0), []
        for row, token in enumerate(ids):
            if token == IMAGE and (not runs or runs[-1][-1] != row - 1):
                runs.append([row])
            elif token == IMAGE:
                runs[-1].append(row)
        kept = [row for row, token in enumerate(ids) if token != IMAGE]
        for run in runs:
            kept += sorted(run, key=lambda row: (-float(last[row]), row))[: round(len(run) * RETENTION)]
        return sorted(kept)
    return choose


def scores(ids, attention, features):
    """Semantic scores of the visual tokens by the rows that are averaged."""
    mean, visual = attention.mean(0), [row for row, token in enumerate(ids) if token == IMAGE]
    text = [row for row in range(max(visual) + 1, len(ids))]
    columns = mean[:, visual]
    words = embedding_table()[torch.tensor([ids[row] for row in text])]
    relevance = torch.softmax(features @ words.T, dim=1).mean(0)
    raters = relevance >= relevance.mean()
    rows = dict(prefill=columns.mean(0), last=columns[-1], text=columns[text].mean(0), raters=columns[text][raters].mean(0))
    return {name: [round(value, 8) for value in row.tolist()] for name, row in rows.items()}


def reference_of(family: str, model, **how) -> dict:
    """By cut, for each seed: greedy tokens of the dense and the pruned model, kept rows; scores for the first seed."""
    decoder, result = Decoder(family, model, **how), {}
    for cut in range(1, LAYERS):
        if not any(decoder.is_attention(layer) for layer in range(cut)):
            continue
        entries = []
        for seed in SEEDS:
            ids, features = prompt(seed, family)
            dense, attention, _, dense_gap = decoder.generate(ids, features, cut)
            pruned, _, kept, gap = decoder.generate(ids, features, cut, fastv(ids))
            entry = dict(seed=seed, dense=dense, kept=kept, pruned=pruned, gap=round(min(gap, dense_gap), 5))
            entries.append(entry | (dict(scores=scores(ids, attention, features)) if seed == SEEDS[0] else {}))
        result[str(cut)] = entries
    return result
