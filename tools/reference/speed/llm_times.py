"""Times of the language model alone in PyTorch, on random weights of the presets' sizes: what `bench` is compared with.

    python3 -m venv venv && venv/bin/pip install torch==2.9.1 transformers==4.57.3 --extra-index-url https://download.pytorch.org/whl/cpu
    venv/bin/python tools/reference/speed/llm_times.py [--threads 2] [--runs 5] [--shape 0.5b|7b]

A line of JSON each for: OpenVLA (prompt of 291 tokens, then 7 action tokens, greedy, with a cache) and OpenVLA-OFT (604
tokens in one pass that see each other), dense, in float32 and bfloat16, taken in turn.
"""

import argparse
import json
import platform
import statistics
import time

import torch
from transformers import LlamaConfig, LlamaForCausalLM

SHAPES = {
    "0.5b": dict(hidden_size=1024, intermediate_size=2752, num_hidden_layers=32, num_attention_heads=16),
    "7b": dict(hidden_size=4096, intermediate_size=11008, num_hidden_layers=32, num_attention_heads=32),
}
PROMPT, ACTIONS, ONE_PASS = 291, 7, 604


def build(shape, dtype):
    torch.manual_seed(0)
    torch.set_default_dtype(dtype)
    config = LlamaConfig(vocab_size=32064, max_position_embeddings=2048, **SHAPES[shape])
    config._attn_implementation = "sdpa"
    return LlamaForCausalLM(config).eval()


def openvla(model, rows):
    made = model(inputs_embeds=rows[:, :PROMPT], use_cache=True, logits_to_keep=1)
    for _ in range(ACTIONS - 1):
        token = made.logits[:, -1:].argmax(-1)
        made = model(input_ids=token, past_key_values=made.past_key_values, use_cache=True)


def oft(model, rows):
    seen = torch.zeros(1, 1, ONE_PASS, ONE_PASS, dtype=rows.dtype)
    model.model(inputs_embeds=rows, attention_mask=seen, use_cache=False)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--shape", choices=SHAPES, default="0.5b")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    models = {name: build(options.shape, getattr(torch, name)) for name in ("float32", "bfloat16")}
    hidden = SHAPES[options.shape]["hidden_size"]
    times = {}
    with torch.inference_mode():
        for run in range(-1, options.runs):  # The first is not counted.
            for name, model in models.items():
                rows = torch.randn(1, ONE_PASS, hidden, dtype=getattr(torch, name))
                for what in (openvla, oft):
                    started = time.perf_counter()
                    what(model, rows)
                    if run >= 0:
                        times.setdefault((what.__name__, name), []).append(1000 * (time.perf_counter() - started))
    for (what, name), spent in times.items():
        spent.sort()
        line = {"model": what, "dtype": name, "runs": len(spent), "median_ms": round(statistics.median(spent), 1)}
        line |= {"fastest_ms": round(spent[0], 1), "slowest_ms": round(spent[-1], 1)}
        line |= {"shape": options.shape, "threads": options.threads, "torch": torch.__version__, "machine": platform.processor() or platform.machine()}
        print(json.dumps(line), flush=True)


if __name__ == "__main__":
    main()
