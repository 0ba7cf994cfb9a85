"""π0 in PyTorch, to stand beside `bench`. Its vision tower: three pictures through SigLIP So400m and the projector. Its
language part: a prefix of 3 · 256 picture tokens and 48 words through Gemma 2B, then ten Euler steps of 51 rows through the
expert, which reads the prefix's keys and values. bf16, layers share weights, no scoring and no selection. Eager, in one CUDA
graph, and in one CUDA graph of compiled layers.

    python3 peer_pi0.py OUT.json
"""
import torch
import torch.nn.functional as F

from peer_times import add

LAYERS, HEADS, SIZE, CUT, STEPS, ROWS, WORDS = 18, 8, 256, 3, 10, 51, 48
WIDTHS = {"prefix": (2048, 16384), "expert": (1024, 4096)}
DEVICE, DTYPE = "cuda", torch.bfloat16


def matrix(rows, columns):
    return torch.randn(rows, columns, device=DEVICE, dtype=DTYPE) * columns**-0.5


def weights_of(hidden, inner):
    return {
        "qkv": matrix((HEADS + 2) * SIZE, hidden),
        "out": matrix(hidden, HEADS * SIZE),
        "inner": matrix(2 * inner, hidden),
        "outer": matrix(hidden, inner),
        "norm": torch.zeros(hidden, device=DEVICE, dtype=DTYPE),
    }


weights = {name: weights_of(*sizes) for name, sizes in WIDTHS.items()}
action_in, action_out = matrix(1024, 32), matrix(32, 1024)
time_in, time_out = matrix(1024, 2048), matrix(1024, 1024)
angles = torch.arange(2048, device=DEVICE)[:, None] / 10000 ** (torch.arange(0, SIZE, 2, device=DEVICE) / SIZE)
cosine, sine = (torch.cat([f(angles)] * 2, -1).to(DTYPE) for f in (torch.cos, torch.sin))


def norm(x, part):
    wide = x.float()
    return (wide * torch.rsqrt(wide.pow(2).mean(-1, keepdim=True) + 1e-6)).to(DTYPE) * (1 + weights[part]["norm"])


def rotate(x, cos, sin):
    half = torch.cat([-x[..., SIZE // 2 :], x[..., : SIZE // 2]], -1)
    return x * cos[:, None] + half * sin[:, None]


def before_attention(x, cos, sin, part):
    q, k, v = (norm(x, part) @ weights[part]["qkv"].t()).view(-1, HEADS + 2, SIZE).split([HEADS, 1, 1], 1)
    return tuple(rows.transpose(0, 1)[None] for rows in (rotate(q, cos, sin), rotate(k, cos, sin), v))


def after_attention(x, attended, part):
    w = weights[part]
    x = x + attended @ w["out"].t()
    gate, up = (norm(x, part) @ w["inner"].t()).chunk(2, -1)
    return x + (F.gelu(gate, approximate="tanh") * up) @ w["outer"].t()


class Policy:
    def __init__(self, compiled):
        wrap = torch.compile if compiled else (lambda f, **_: f)
        self.before = {part: wrap(before_attention, dynamic=False) for part in WIDTHS}
        self.after = {part: wrap(after_attention, dynamic=False) for part in WIDTHS}

    def layer(self, x, positions, part, past):
        q, k, v = self.before[part](x, cosine[positions], sine[positions], part)
        if past is not None:
            k, v = torch.cat([past[0], k], 2), torch.cat([past[1], v], 2)
        attended = F.scaled_dot_product_attention(q, k, v, enable_gqa=True)
        return self.after[part](x, attended[0].transpose(0, 1).reshape(-1, HEADS * SIZE), part), (k, v)

    def call(self, prompt, keep, state, noise):
        positions = torch.arange(prompt.shape[0], device=DEVICE)
        x, caches = prompt, []
        for index in range(LAYERS):
            if index == CUT and keep is not None:
                x, positions = x[keep], positions[keep]
            x, cache = self.layer(x, positions, "prefix", None)
            caches.append(cache)
        rows = torch.arange(prompt.shape[0], prompt.shape[0] + ROWS, device=DEVICE)
        for _ in range(STEPS):
            actions = torch.cat([noise @ action_in.t(), torch.ones_like(state).expand(ROWS - 1, -1)], -1)
            y = torch.cat([state, F.silu(actions @ time_in.t()) @ time_out.t()])
            for cache in caches:
                y, _ = self.layer(y, rows, "expert", cache)
            noise = noise - 0.1 * (norm(y[1:], "expert") @ action_out.t())
        return noise


VIEWS, SIDE, PATCH, TOWER, TOWER_HEADS, TOWER_INNER, TOWER_LAYERS = 3, 224, 14, 1152, 16, 4304, 27
patches, projector = matrix(TOWER, 3 * PATCH * PATCH), matrix(2048, TOWER)
places = matrix(VIEWS, (SIDE // PATCH) ** 2 * TOWER)[0].view(-1, TOWER)
tower = {
    "qkv": matrix(3 * TOWER, TOWER),
    "out": matrix(TOWER, TOWER),
    "inner": matrix(TOWER_INNER, TOWER),
    "outer": matrix(TOWER, TOWER_INNER),
}
bias = {name: torch.zeros(rows.shape[0], device=DEVICE, dtype=DTYPE) for name, rows in tower.items()}
one, zero = torch.ones(TOWER, device=DEVICE, dtype=DTYPE), torch.zeros(TOWER, device=DEVICE, dtype=DTYPE)


def tower_layer(x):
    linear = lambda rows, name: F.linear(rows, tower[name], bias[name])
    packed = linear(F.layer_norm(x, (TOWER,), one, zero, 1e-6), "qkv")
    q, k, v = packed.view(*x.shape[:2], 3, TOWER_HEADS, -1).permute(2, 0, 3, 1, 4)
    x = x + linear(F.scaled_dot_product_attention(q, k, v).transpose(1, 2).reshape(x.shape), "out")
    inner = linear(F.layer_norm(x, (TOWER,), one, zero, 1e-6), "inner")
    return x + linear(F.gelu(inner, approximate="tanh"), "outer")


def see(pictures, layer):
    cut = F.unfold(pictures, PATCH, stride=PATCH).transpose(1, 2)
    x = cut @ patches.t() + places
    for _ in range(TOWER_LAYERS):
        x = layer(x)
    return F.layer_norm(x, (TOWER,), one, zero, 1e-6) @ projector.t()


prompt_rows = 3 * 256 + WORDS
results = {}
with torch.no_grad():
    pictures = torch.randn(VIEWS, 3, SIDE, SIDE, device=DEVICE, dtype=DTYPE)
    for compiled in (False, True):
        layer = torch.compile(tower_layer, dynamic=False) if compiled else tower_layer
        add(results, results, "pi0, vision tower", compiled, lambda: see(pictures, layer))
        for name, kept in (("pi0, dense", None), ("pi0, 25 %", 3 * 64 + WORDS)):
            policy = Policy(compiled)
            prompt = torch.randn(prompt_rows, 2048, device=DEVICE, dtype=DTYPE)
            keep = None if kept is None else torch.arange(prompt_rows - kept, prompt_rows, device=DEVICE)
            state = torch.randn(1, 1024, device=DEVICE, dtype=DTYPE)
            noise = torch.randn(ROWS - 1, 32, device=DEVICE, dtype=DTYPE)
            add(results, results, name, compiled, lambda: policy.call(prompt, keep, state, noise))
