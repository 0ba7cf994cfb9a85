"""The same language-model work in PyTorch, to stand beside `bench`: a LLaMA of 7B (layers share weights, as there),
bf16, prompt and kept rows given. Eager, in a CUDA graph, and in a CUDA graph of compiled layers.

    python3 peer.py OUT.json
"""
import torch
import torch.nn.functional as F

from peer_times import add

LAYERS, HIDDEN, HEADS, INNER, WORDS, CUT = 32, 4096, 32, 11008, 32064, 3
SIZE = HIDDEN // HEADS
DEVICE, DTYPE = "cuda", torch.bfloat16


def matrix(rows, columns):
    return torch.randn(rows, columns, device=DEVICE, dtype=DTYPE) * columns**-0.5


weights = {
    "qkv": matrix(3 * HIDDEN, HIDDEN),
    "out": matrix(HIDDEN, HIDDEN),
    "inner": matrix(2 * INNER, HIDDEN),
    "outer": matrix(HIDDEN, INNER),
    "norm": torch.ones(HIDDEN, device=DEVICE, dtype=DTYPE),
}
words = matrix(WORDS, HIDDEN)
head = matrix(WORDS, HIDDEN)
angles = torch.arange(1024, device=DEVICE)[:, None] / 10000 ** (torch.arange(0, SIZE, 2, device=DEVICE) / SIZE)
cosine, sine = (torch.cat([f(angles)] * 2, -1).to(DTYPE) for f in (torch.cos, torch.sin))


def norm(x):
    wide = x.float()
    return (wide * torch.rsqrt(wide.pow(2).mean(-1, keepdim=True) + 1e-5)).to(DTYPE) * weights["norm"]


def rotate(x, cos, sin):
    half = torch.cat([-x[..., SIZE // 2 :], x[..., : SIZE // 2]], -1)
    return x * cos[:, None] + half * sin[:, None]


def before_attention(x, cos, sin):
    q, k, v = (norm(x) @ weights["qkv"].t()).view(-1, 3, HEADS, SIZE).unbind(1)
    return tuple(rows.transpose(0, 1)[None] for rows in (rotate(q, cos, sin), rotate(k, cos, sin), v))


def after_attention(x, attended):
    x = x + attended @ weights["out"].t()
    gate, up = (norm(x) @ weights["inner"].t()).chunk(2, -1)
    return x + (F.silu(gate) * up) @ weights["outer"].t()


class Decoder:
    def __init__(self, compiled, causal):
        wrap = torch.compile if compiled else (lambda f, **_: f)
        self.before = wrap(before_attention, dynamic=False)
        self.after = wrap(after_attention, dynamic=False)
        self.causal = causal
        self.keys = torch.zeros(LAYERS, 1, HEADS, 704, SIZE, device=DEVICE, dtype=DTYPE)
        self.values = torch.zeros_like(self.keys)

    def run(self, x, start, positions, keep, answers):
        for layer in range(LAYERS):
            if layer == CUT and keep is not None:
                x, positions = x[keep], positions[keep]
            q, k, v = self.before(x, cosine[positions], sine[positions])
            at, rows = start[layer], x.shape[0]
            self.keys[layer][:, :, at : at + rows].copy_(k)
            self.values[layer][:, :, at : at + rows].copy_(v)
            k, v = self.keys[layer][:, :, : at + rows], self.values[layer][:, :, : at + rows]
            attended = F.scaled_dot_product_attention(q, k, v, is_causal=self.causal and rows > 1)
            start[layer] = at + rows
            attended = attended[0].transpose(0, 1).reshape(-1, HIDDEN)
            if layer == LAYERS - 1:
                attended, x = attended[-answers:], x[-answers:]
            x = self.after(x, attended)
        return norm(x)

    def decode(self, prompt, keep, actions, answers):
        """Prompt and then one token after the other; with several answers, one pass alone."""
        start = [0] * LAYERS
        positions = torch.arange(prompt.shape[0], device=DEVICE)
        x = self.run(prompt, start, positions, keep, answers)
        tokens = []
        for action in range(actions):
            token = (x @ head.t()).argmax(-1)
            tokens.append(token)
            if action < actions - 1:
                place = torch.full((1,), prompt.shape[0] + action, device=DEVICE)
                x = self.run(words[token], start, place, None, 1)
        return torch.cat(tokens)


# name, rows of the prompt, rows kept, action tokens, answering rows of the first pass, causal
CASES = [
    ("openvla, dense", 291, 291, 7, 1, True),
    ("openvla, 25 %", 291, 99, 7, 1, True),
    ("openvla, dense, draft accepted", 297, 297, 1, 7, True),
    ("openvla, 25 %, draft accepted", 297, 105, 1, 7, True),
    ("oft, dense", 604, 604, 1, 57, False),
    ("oft, 25 %", 604, 220, 1, 57, False),
]

report = {"card": torch.cuda.get_device_name(), "torch": torch.__version__, "results": {}}
with torch.no_grad():
    for compiled in (False, True):
        for name, rows, kept, actions, answers, causal in CASES:
            decoder = Decoder(compiled, causal)
            prompt = torch.randn(rows, HIDDEN, device=DEVICE, dtype=DTYPE)
            keep = None if kept == rows else torch.arange(rows - kept, rows, device=DEVICE)
            run = lambda: decoder.decode(prompt, keep, actions, answers)
            add(report, report["results"], name, compiled, run)
