import { DEFAULT_DEVICE, HUB_ID, useThreads } from "#local-models";
import { openSession, requireDevice, throwIfDown } from "#open-session";
import { AutoConfig, AutoTokenizer, PretrainedConfig, PreTrainedModel } from "@huggingface/transformers";
import {
  checkOptions,
  checkVlaBlock,
  dtypeOf,
  graphFile,
  heardByTransformers,
  inDtypes,
  VlaPrunerError,
} from "@vla-pruner/format";
import type { VlaBlock } from "@vla-pruner/format";
import type { GraphSession } from "../runtime/graph-session.ts";
import { sessionOptions } from "../runtime/session-options.ts";
import { wrapSession } from "../runtime/wrap-session.ts";
import type { RawSession } from "../runtime/wrap-session.ts";
import type { Tokenizer, VlaModelParts } from "../vla-model-parts.ts";
import { refuseDtypesOn } from "./dtypes-on-device.ts";
import { resolveModel } from "./resolve-model.ts";
import { PRETRAINED_OPTIONS } from "./pretrained-options.ts";
import type { PretrainedOptions } from "./pretrained-options.ts";
import { checkSessionFiles, fileExists } from "./session-files.ts";

/** A converted VLA model: its configuration, tokenizer and ONNX sessions. */
export class VlaModel implements VlaModelParts {
  readonly vla: VlaBlock;
  readonly config: Readonly<Record<string, unknown>>;
  readonly sessions: Readonly<Record<string, GraphSession>>;
  readonly tokenizer: Tokenizer | null;

  private constructor(parts: VlaModelParts) {
    this.vla = parts.vla;
    this.config = parts.config;
    this.sessions = parts.sessions;
    this.tokenizer = parts.tokenizer;
  }

  /**
   * Loads a model directory from a local path, or from the Hugging Face Hub through the download, cache
   * and progress machinery of transformers.js.
   *
   * @throws `model-missing`, `model-invalid`, `device-unavailable`, `invalid-option`
   */
  static async from_pretrained(modelIdOrPath: string, options: PretrainedOptions = {}): Promise<VlaModel> {
    checkOptions("from_pretrained", options, PRETRAINED_OPTIONS);
    const { threads, keepBuffers, dtype = {}, ...rest } = options;
    const device = options.device ?? DEFAULT_DEVICE;
    sessionOptions(device, [], threads, keepBuffers); // A bad option is told before a large model is looked up.
    const { model, ...pretrained } = await resolveModel(modelIdOrPath, rest);
    if (device === "cuda-graphs" && HUB_ID.test(model)) throw notOnTheHub(model);
    requireDevice(device);
    useThreads(threads);
    const config = await readConfig(model, pretrained);
    const vla = inDtypes(checkVlaBlock(config, model), dtype);
    refuseDtypesOn(device, vla);
    for (const entry of Object.values(vla.sessions)) await checkSessionFiles(model, vla, entry, pretrained);
    const sessions: Record<string, GraphSession> = {};
    try {
      const tokenizer = await readTokenizer(model, pretrained);
      for (const [name, entry] of Object.entries(vla.sessions)) {
        const { bytes, device_outputs } = entry;
        if (device === "cuda-graphs") {
          const path = `${model}/${graphFile(vla, entry)}`;
          sessions[name] = await openSession(path, device, device_outputs, { name, threads });
          continue;
        }
        const heard = heardByTransformers(entry.file, dtypeOf(vla, entry));
        const loaded = await PreTrainedModel.from_pretrained(model, {
          ...pretrained,
          config: singleGraphConfig(config, bytes.data.length),
          model_file_name: heard.file,
          dtype: heard.dtype as "fp32",
          device: device === "tensorrt" ? "cuda" : device, // Its name is unknown there; the session options have it.
          use_external_data_format: bytes.data.length,
          session_options: sessionOptions(device, device_outputs, threads, keepBuffers),
        });
        sessions[name] = wrapSession(name, (loaded.sessions as { model: RawSession }).model);
      }
      return new VlaModel({ vla, config, sessions, tokenizer });
    } catch (cause) {
      await releaseAll(sessions);
      await throwIfDown(device);
      throw unloadable(model, cause);
    }
  }

  /** Frees all sessions. */
  async dispose(): Promise<void> {
    await releaseAll(this.sessions);
  }
}

async function releaseAll(sessions: Readonly<Record<string, GraphSession>>): Promise<void> {
  for (const session of Object.values(sessions)) await session.release();
}

async function readConfig(model: string, options: PretrainedOptions): Promise<Record<string, unknown>> {
  try {
    if (!(await fileExists(model, "config.json", options))) throw new Error("no config.json");
    return (await AutoConfig.from_pretrained(model, { ...options })) as unknown as Record<string, unknown>;
  } catch (cause) {
    const found = cause instanceof Error ? cause.message : String(cause);
    const local = options.local_files_only === true;
    throw new VlaPrunerError("model-missing", {
      expected: `a model directory or Hub id with a readable config.json: ${model}`,
      found: local ? found : `no such directory here, and from the Hub: ${found}`,
      fix: "check the path, or make the model with `vla-pruner convert`",
      cause,
    });
  }
}

/**
 * Stands in for the model's own config, whose type transformers.js does not know: any single-graph
 * architecture will do, it only keeps the loader and its progress totals quiet.
 */
function singleGraphConfig(config: Readonly<Record<string, unknown>>, dataFiles: number): PretrainedConfig {
  const own = config["transformers.js_config"];
  return new PretrainedConfig({
    model_type: "custom",
    architectures: ["ViTModel"],
    "transformers.js_config": {
      ...(typeof own === "object" ? own : {}),
      use_external_data_format: dataFiles,
    },
  });
}

async function readTokenizer(model: string, options: PretrainedOptions): Promise<Tokenizer | null> {
  for (const file of ["tokenizer.json", "tokenizer_config.json"]) {
    if (!(await fileExists(model, file, options))) return null;
  }
  const tokenizer = await AutoTokenizer.from_pretrained(model, { ...options });
  return { encode: (text) => tokenizer.encode(text) };
}

/** Its sessions are opened by path, past the cache of transformers.js. */
function notOnTheHub(model: string): VlaPrunerError {
  return new VlaPrunerError("invalid-option", {
    expected: "a directory, which is what cuda-graphs loads from",
    found: `${model}, a Hub id`,
    fix: `download it (\`hf download ${model} --local-dir DIR\`) and load DIR, or take device cuda`,
  });
}

function unloadable(model: string, cause: unknown): VlaPrunerError {
  return new VlaPrunerError("model-invalid", {
    expected: `a tokenizer and sessions in ${model} that can be loaded`,
    found: cause instanceof Error ? cause.message : String(cause),
    fix: "convert the checkpoint again with this version of vla-pruner",
    cause,
  });
}
