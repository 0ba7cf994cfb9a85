"""Tiny random stock decoders in the layouts of the exporters, their PyTorch reference, and the two small graphs that all
of them share. Writes what `packages/transformers/test/fixtures` holds.

    python make_fixtures.py --out FOLDER --genai18 PACKAGES [--only LAYOUT]
"""

import argparse
import copy
import gzip
import json
import shutil
import tempfile
from pathlib import Path

import onnx
import onnxslim
import torch
from onnx import TensorProto, helper, numpy_helper

import exporters
from reference import reference_of
from tiny import HIDDEN, IMAGE, VOCABULARY, VISION_END, VISION_START, TILE, TILES, embedding_table, model_of, projection

SUFFIX = {"fp32": "", "fp16": "_fp16", "q8": "_quantized", "q4": "_q4", "q4f16": "_q4f16"}

# layout: text model, class, exporter and its arguments, dtypes, how the reference differs
LAYOUTS = {
    "smolvlm": ("llama", "idefics3", "Idefics3ForConditionalGeneration", "genai18-separate", "fp32 fp16 q4", {}),
    "smolvlm-fused": ("llama", "smolvlm", "SmolVLMForConditionalGeneration", "genai18-fused", "fp32 q4", {}),
    "qwen3": ("qwen3", "llava_onevision", "LlavaOnevisionForConditionalGeneration", "genai18-separate", "fp32", {}),
    "llava-onevision": ("qwen2", "llava_onevision", "LlavaOnevisionForConditionalGeneration", "optimum", "fp32", {}),
    "llava-slimmed": ("qwen2", "llava", "LlavaForConditionalGeneration", "optimum-slim", "fp32 q8 q4", {}),
    "counted-positions": ("llama", "llava", "LlavaForConditionalGeneration", "torch-counted", "fp32", {}),
    "qwen2-vl": ("qwen2_vl", "qwen2_vl", "Qwen2VLForConditionalGeneration", "torch-mrope", "fp32", {}),
    "paligemma": ("gemma", "paligemma", "PaliGemmaForConditionalGeneration", "torch-paligemma", "fp32",
                  dict(first_position=1, bidirectional=True)),
    "paligemma2": ("gemma2", "paligemma", "PaliGemmaForConditionalGeneration", "torch-paligemma", "fp32",
                   dict(first_position=1, bidirectional=True)),
    "gemma3": ("gemma3", "gemma3", "Gemma3ForConditionalGeneration", "genai12-fused", "fp32", {}),
    "lfm2-vl": ("lfm2", "lfm2_vl", "Lfm2VlForConditionalGeneration", "genai18-fused", "fp32", {}),
    "dynamo-18": ("llama", "llava", "LlavaForConditionalGeneration", "dynamo-18", "fp32", {}),
    "dynamo-23": ("llama", "llava", "LlavaForConditionalGeneration", "dynamo-23", "fp32", {}),
    "dynamo-attention": ("llama", "llava", "LlavaForConditionalGeneration", "dynamo-23-sdpa", "fp32", {}),
}


def decoder_of(exporter: str, model, folder: Path, precision: str, genai18: str) -> onnx.ModelProto:
    kind, _, variant = exporter.partition("-")
    if kind.startswith("genai"):
        checkpoint = exporters.save_checkpoint(model, folder)
        return exporters.genai(checkpoint, precision, variant, genai18 if kind == "genai18" else None)
    if kind == "optimum":
        graph = exporters.optimum(exporters.save_checkpoint(model, folder))
        return onnxslim.slim(graph) if variant == "slim" else graph
    if kind == "dynamo":
        opset, _, attention = variant.partition("-")
        return exporters.dynamo(model, int(opset), attention or "eager")
    return exporters.torchscript(model, variant)


def converted(graph: onnx.ModelProto, dtype: str) -> onnx.ModelProto:
    """The steps of transformers.js' own conversion scripts."""
    graph = copy.deepcopy(graph)
    if dtype == "q8":
        from onnxruntime.quantization import QuantType, quantize_dynamic
        with tempfile.TemporaryDirectory() as folder:
            onnx.save(graph, f"{folder}/in.onnx")
            quantize_dynamic(f"{folder}/in.onnx", f"{folder}/out.onnx", weight_type=QuantType.QInt8,
                             extra_options=dict(EnableSubgraph=True, MatMulConstBOnly=True))
            return onnx.load(f"{folder}/out.onnx")
    if dtype.startswith("q4"):
        from onnxruntime.quantization.matmul_nbits_quantizer import MatMulNBitsQuantizer
        quantizer = MatMulNBitsQuantizer(graph, block_size=16, is_symmetric=True, accuracy_level=None)
        quantizer.process()
        graph = quantizer.model.model
    if dtype.endswith("f16") or dtype == "fp16":
        from onnxconverter_common import float16
        graph = float16.convert_float_to_float16(graph, keep_io_types=True, disable_shape_infer=True)
    del graph.graph.value_info[:]
    return graph


def write_shared(out: Path) -> None:
    """embed_tokens and two stand-ins for vision towers: pixels of a patch times a matrix."""
    folder = out / "shared"
    folder.mkdir(parents=True, exist_ok=True)
    ids = helper.make_tensor_value_info("input_ids", TensorProto.INT64, ["batch_size", "sequence_length"])
    embeds = helper.make_tensor_value_info("inputs_embeds", TensorProto.FLOAT, ["batch_size", "sequence_length", HIDDEN])
    table = numpy_helper.from_array(embedding_table().numpy(), "table")
    save("embed_tokens", [helper.make_node("Gather", ["table", "input_ids"], ["inputs_embeds"])], [ids], [embeds], [table], folder)
    patch = 2 * 3 * 8 * 8 // (TILE * TILES)
    features = helper.make_tensor_value_info("image_features", TensorProto.FLOAT, ["tokens", HIDDEN])
    weights = [numpy_helper.from_array(projection(patch).numpy(), "matrix"),
               numpy_helper.from_array(torch.tensor([-1, patch]).numpy(), "patches")]
    nodes = [helper.make_node("Reshape", ["pixel_values", "patches"], ["rows"]),
             helper.make_node("MatMul", ["rows", "matrix"], ["image_features"])]
    pixels = helper.make_tensor_value_info("pixel_values", TensorProto.FLOAT, ["batch_size", "images", 3, 8, 8])
    save("vision_encoder", nodes, [pixels], [features], weights, folder)
    flat = helper.make_tensor_value_info("pixel_values", TensorProto.FLOAT, ["patches", "pixels"])
    sizes = helper.make_tensor_value_info("grid_thw", TensorProto.INT64, ["images", 3])
    save("vision_encoder_grid", nodes, [flat, sizes], [features], weights, folder)


def save(name, nodes, inputs, outputs, weights, folder: Path) -> None:
    graph = helper.make_graph(nodes, name, inputs, outputs, weights)
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9), folder / f"{name}.onnx")


def write_decoder(graph: onnx.ModelProto, folder: Path, dtype: str, external: bool) -> None:
    name = f"decoder_model_merged{SUFFIX[dtype]}.onnx"
    path = folder / name
    for node in graph.graph.node:
        node.doc_string = ""
        del node.metadata_props[:]
    for value in [*graph.graph.input, *graph.graph.output, *graph.graph.value_info, *graph.graph.initializer]:
        value.doc_string = ""
        del value.metadata_props[:]
    for tensor in graph.graph.initializer:
        tensor.ClearField("external_data")
        tensor.data_location = TensorProto.DEFAULT
    if external:
        (folder / f"{name}_data").unlink(missing_ok=True)
        onnx.save(graph, path, save_as_external_data=True, all_tensors_to_one_file=True, location=f"{name}_data", size_threshold=256)
    else:
        onnx.save(graph, path)


def write_config(layout: str, model, folder: Path) -> None:
    family, model_type, architecture, _, _, _ = LAYOUTS[layout]
    text = model.config.text_config.to_dict() if family == "qwen2_vl" else model.config.to_dict()
    keep = ("model_type", "hidden_size", "num_hidden_layers", "num_attention_heads", "num_key_value_heads", "head_dim",
            "layer_types", "vocab_size", "conv_L_cache")
    config = dict(model_type=model_type, architectures=[architecture], image_token_id=IMAGE, image_token_index=IMAGE,
                  text_config={name: text[name] for name in keep if text.get(name) is not None}, vision_config={}, pad_token_id=1)
    if family == "qwen2_vl":
        config |= dict(vision_start_token_id=VISION_START, vision_end_token_id=VISION_END, video_token_id=76,
                       vision_config=dict(spatial_merge_size=2)) | config["text_config"] | dict(model_type=model_type)
    if layout == "smolvlm":
        config["transformers.js_config"] = dict(use_external_data_format={"decoder_model_merged.onnx": 1})
    (folder / "config.json").write_text(json.dumps(config, indent=1) + "\n")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--genai18", required=True, help="folder with onnxruntime-genai 0.18 and its transformers")
    parser.add_argument("--only")
    arguments = parser.parse_args()
    write_shared(arguments.out)
    for layout, (family, _, _, exporter, dtypes, how) in LAYOUTS.items():
        if arguments.only and layout != arguments.only:
            continue
        model = model_of(family)
        folder = arguments.out / layout
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        with tempfile.TemporaryDirectory() as checkpoint:
            plain = None
            for dtype in dtypes.split():
                own = exporter.startswith("genai")
                precision = {"fp32": "fp32", "fp16": "fp16", "q4": "int4"}.get(dtype, "fp32") if own else "fp32"
                graph = decoder_of(exporter, model, Path(checkpoint) / "m", precision, arguments.genai18) if own or plain is None else plain
                plain = plain or graph
                graph = graph if own or dtype == "fp32" else converted(graph, dtype)
                write_decoder(graph, folder, dtype, external=layout == "smolvlm" and dtype == "fp32")
                print(layout, dtype, sum(f.stat().st_size for f in folder.iterdir()))
        for file in list(folder.iterdir()):
            (folder / f"{file.name}.gz").write_bytes(gzip.compress(file.read_bytes(), 9, mtime=0))
            file.unlink()
        write_config(layout, model, folder)
        (folder / "reference.json").write_text(json.dumps(reference_of(family, model, **how)) + "\n")


if __name__ == "__main__":
    main()
