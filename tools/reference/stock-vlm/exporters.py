"""Decoders as the exporters of stock models write them: onnxruntime-genai, optimum-onnx, torch.onnx (both exporters)."""

import contextlib
import importlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest.mock
from pathlib import Path

import onnx
import torch
from onnx import TensorProto, helper
from transformers import DynamicCache

from tiny import HIDDEN, LAYERS, VOCABULARY

OPSET = 18


def let_optimum_find(module: str) -> None:
    """torch 2.9 moved what optimum-onnx 0.1 imports."""
    own = importlib.import_module(f"torch.onnx._internal.torchscript_exporter.{module}")
    public = importlib.import_module(f"torch.onnx.{module}")
    for name in vars(own):
        if not hasattr(public, name):
            setattr(public, name, getattr(own, name))


let_optimum_find("symbolic_opset14")


def genai(checkpoint: Path, precision: str, rotary: str, packages: str | None) -> onnx.ModelProto:
    """`rotary`: "fused" into GroupQueryAttention, with packed projections, or "separate" RotaryEmbedding nodes.

    `packages`: a folder of pip's --target with another version of the builder, where it is not the environment's.
    """
    script = Path(__file__).with_name("genai_build.py")
    with tempfile.TemporaryDirectory() as out:
        environment = os.environ | ({"PYTHONPATH": packages} if packages else {})
        subprocess.run([sys.executable, script, checkpoint, out, precision, rotary], check=True, env=environment)
        return as_published(onnx.load(f"{out}/model.onnx"))


def as_published(model: onnx.ModelProto) -> onnx.ModelProto:
    """Half precision inside, float32 at the border; convolution caches under the names of transformers.js."""
    graph = model.graph
    for value in [*graph.input, *graph.output]:
        kind = value.type.tensor_type
        if value.name not in ("inputs_embeds", "logits") or kind.elem_type != TensorProto.FLOAT16:
            continue
        inner = f"{value.name}_half"
        kind.elem_type = TensorProto.FLOAT
        for node in graph.node:
            node.input[:] = [inner if name == value.name else name for name in node.input]
            node.output[:] = [inner if name == value.name else name for name in node.output]
        if value.name == "logits":
            graph.node.append(helper.make_node("Cast", [inner], ["logits"], name="logits_cast", to=TensorProto.FLOAT))
        else:
            graph.node.insert(0, helper.make_node("Cast", ["inputs_embeds"], [inner], name="cast", to=TensorProto.FLOAT16))
    rename = lambda name: re.sub(r"^(past|present)\.(\d+)\.conv$", r"\1_conv.\2", name)
    for node in graph.node:
        node.input[:], node.output[:] = map(rename, node.input), map(rename, node.output)
    for value in [*graph.input, *graph.output]:
        value.name = rename(value.name)
        for size in value.type.tensor_type.shape.dim:
            if size.dim_param == "kv_cache_dim":  # genai 0.18; transformers.js would take it for 0
                size.dim_value = 16
    del graph.value_info[:]
    return model


def optimum(checkpoint: Path) -> onnx.ModelProto:
    """optimum-onnx exports the text model; its embedding is cut off, so that inputs_embeds goes in."""
    from optimum.exporters.onnx import main_export
    export = torch.onnx.export
    with tempfile.TemporaryDirectory() as out, unittest.mock.patch.object(
            torch.onnx, "export", lambda *given, **options: export(*given, **{"dynamo": False, **options})):
        main_export(str(checkpoint), output=out, task="text-generation-with-past", do_validation=False)
        model = onnx.load(f"{out}/model.onnx")
    graph = model.graph
    embedding = next(node for node in graph.node if node.op_type == "Gather" and "embed_tokens" in node.name)
    names = {embedding.output[0]: "inputs_embeds", "input_ids": "inputs_embeds"}
    graph.node.remove(embedding)
    for node in graph.node:
        node.input[:] = [names.get(name, name) for name in node.input]
    graph.input.remove(next(value for value in graph.input if value.name == "input_ids"))
    sizes = ["batch_size", "sequence_length", HIDDEN]
    graph.input.insert(0, helper.make_tensor_value_info("inputs_embeds", TensorProto.FLOAT, sizes))
    del graph.value_info[:]
    used = {name for node in graph.node for name in node.input}
    for tensor in [tensor for tensor in graph.initializer if tensor.name not in used]:
        graph.initializer.remove(tensor)
    return model


@contextlib.contextmanager
def traceable_masks():
    """Optimum's patches: the mask code of transformers does not trace."""
    import optimum.exporters.onnx.model_patcher as patches
    from transformers.masking_utils import ALL_MASK_ATTENTION_FUNCTIONS as masks
    saved = {name: masks[name] for name in ("eager", "sdpa")}
    masks.register("eager", patches.eager_mask_without_vmap)
    masks.register("sdpa", patches.sdpa_mask_without_vmap)
    try:
        yield
    finally:
        for name, function in saved.items():
            masks.register(name, function)


class Wrapper(torch.nn.Module):
    """inputs_embeds, what the kind of graph takes, and a flat cache go in; logits and the grown cache come out."""

    def __init__(self, model, kind: str):
        super().__init__()
        self.model, self.kind = model, kind

    def forward(self, inputs_embeds, *rest):
        given = {"paligemma": 1, "counted": 1}.get(self.kind, 2)
        extra, flat = rest[:given], rest[given:]
        flat = flat[0] if self.kind == "dynamo" else [(flat[2 * i], flat[2 * i + 1]) for i in range(LAYERS)]
        text = self.model.model.language_model if self.kind == "mrope" else self.model.model
        cache = DynamicCache()
        for layer, (key, value) in enumerate(flat):
            cache.update(key, value, layer)
        if self.kind == "paligemma":  # no mask at all: every row sees every row
            total = flat[0][0].shape[2] + inputs_embeds.shape[1]
            zeros = torch.zeros(inputs_embeds.shape[0], 1, inputs_embeds.shape[1], total)
            kinds = self.model.config.model_type == "gemma2"
            mask = {"full_attention": zeros, "sliding_attention": zeros} if kinds else zeros
            given = dict(attention_mask=mask, position_ids=extra[0])
        elif self.kind == "counted":
            given = dict(attention_mask=extra[0])
        else:
            given = dict(attention_mask=extra[0], position_ids=extra[1])
        out = text(inputs_embeds=inputs_embeds, past_key_values=cache, use_cache=True, **given)
        caches = [tensor for layer in out.past_key_values.layers for tensor in (layer.keys, layer.values)]
        return (self.model.lm_head(out.last_hidden_state), *caches)


def torchscript(model, kind: str) -> onnx.ModelProto:
    """`kind`: paligemma (no attention_mask), counted (no position_ids), mrope (position_ids [3, batch, sequence])."""
    config = getattr(model.config, "text_config", model.config)
    heads, size = config.num_key_value_heads, getattr(config, "head_dim", None) or HIDDEN // config.num_attention_heads
    rows, past = 7, 5
    mask, positions = torch.ones(1, rows + past, dtype=torch.long), torch.arange(past, past + rows)[None]
    extra = {
        "paligemma": {"position_ids": positions + 1}, "counted": {"attention_mask": mask},
        "mrope": {"attention_mask": mask, "position_ids": positions.expand(3, 1, rows).contiguous()},
    }[kind]
    caches = [f"{layer}.{part}" for layer in range(LAYERS) for part in ("key", "value")]
    inputs = ["inputs_embeds", *extra, *(f"past_key_values.{name}" for name in caches)]
    outputs = ["logits", *(f"present.{name}" for name in caches)]
    axes = {"inputs_embeds": {0: "batch_size", 1: "sequence_length"}, "logits": {0: "batch_size", 1: "sequence_length"}}
    for name, value in extra.items():
        sequence = "total_sequence_length" if name == "attention_mask" else "sequence_length"
        axes[name] = {value.ndim - 2: "batch_size", value.ndim - 1: sequence}
    axes |= {f"past_key_values.{name}": {0: "batch_size", 2: "past_sequence_length"} for name in caches}
    axes |= {f"present.{name}": {0: "batch_size", 2: "total_sequence_length"} for name in caches}
    flat = [torch.randn(1, heads, past, size) for _ in caches]
    with traceable_masks(), tempfile.TemporaryDirectory() as out:
        torch.onnx.export(
            Wrapper(model, kind), (torch.randn(1, rows, HIDDEN), *extra.values(), *flat), f"{out}/m.onnx",
            input_names=inputs, output_names=outputs, dynamic_axes=axes, opset_version=OPSET, dynamo=False)
        return onnx.load(f"{out}/m.onnx")


def dynamo(model, opset: int, attention: str) -> onnx.ModelProto:
    """torch's newer exporter; from opset 23 on it writes Attention nodes where `attention` is "sdpa", not "eager"."""
    config = model.config
    config._attn_implementation = attention
    rows, past = 7, 5
    flat = [tuple(torch.randn(1, config.num_key_value_heads, past, config.head_dim) for _ in range(2)) for _ in range(LAYERS)]
    arguments = (torch.randn(1, rows, HIDDEN), torch.ones(1, rows + past, dtype=torch.long),
                 torch.arange(past, past + rows)[None], flat)
    automatic = torch.export.Dim.AUTO
    shapes = ({1: automatic}, {1: automatic}, {1: automatic}, [({2: automatic}, {2: automatic}) for _ in range(LAYERS)])
    caches = [f"{layer}.{part}" for layer in range(LAYERS) for part in ("key", "value")]
    with traceable_masks(), tempfile.TemporaryDirectory() as out:
        class Listed(Wrapper):
            def forward(self, inputs_embeds, attention_mask, position_ids, past):
                return super().forward(inputs_embeds, attention_mask, position_ids, past)
        program = torch.onnx.export(
            Listed(model, "dynamo"), arguments, dynamo=True, dynamic_shapes=shapes, opset_version=opset, optimize=True,
            input_names=["inputs_embeds", "attention_mask", "position_ids", *(f"past_key_values.{name}" for name in caches)],
            output_names=["logits", *(f"present.{name}" for name in caches)])
        program.save(f"{out}/m.onnx")
        config._attn_implementation = "eager"
        return onnx.load(f"{out}/m.onnx")


def save_checkpoint(model, folder: Path) -> Path:
    """A checkpoint as genai and optimum read it, with a tokenizer that neither needs."""
    from tokenizers import Tokenizer, models
    from transformers import PreTrainedTokenizerFast
    shutil.rmtree(folder, ignore_errors=True)
    model.save_pretrained(folder)
    words = Tokenizer(models.WordLevel({f"t{i}": i for i in range(VOCABULARY)}, unk_token="t0"))
    PreTrainedTokenizerFast(tokenizer_object=words, unk_token="t0", pad_token="t1", eos_token="t2", bos_token="t3").save_pretrained(folder)
    return folder
