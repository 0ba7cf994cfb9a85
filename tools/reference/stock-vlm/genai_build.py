"""onnxruntime-genai's builder, in a process of its own: its versions want different versions of transformers.

    python genai_build.py CHECKPOINT OUT PRECISION separate|fused
"""

import inspect
import sys
import tempfile

from onnxruntime_genai.models import builder

checkpoint, out, precision, rotary = sys.argv[1:]
if rotary == "separate":  # what the builder does for DirectML, and what files of onnx-community hold
    base = next(kind for kind in builder.LlamaModel.__mro__ if kind.__name__ == "Model")
    base.is_fused_rope_supported = base.is_packed_matmul_supported = lambda self: False
# The builder has every sixth layer see all rows, whatever the configuration says: a tiny model has no sixth one.
gemma = getattr(builder, "Gemma3Model", None)
if gemma:
    gemma.is_local = lambda self, layer: layer % 2 == 0
provider = "cuda" if precision == "fp16" else "cpu"
given = ["exclude_embeds=true"] + (["int4_block_size=16"] if precision == "int4" else [])
with tempfile.TemporaryDirectory() as cache:
    where = (None, checkpoint, out, precision, provider, cache)
    newer = len(inspect.signature(builder.parse_extra_options).parameters) > 2
    options = builder.parse_extra_options(*where, given) if newer else builder.parse_extra_options(given, provider)
    builder.create_model(*where, **options)
