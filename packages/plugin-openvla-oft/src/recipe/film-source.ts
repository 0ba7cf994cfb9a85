import { VlaPrunerError } from "@vla-pruner/format";
import type { TensorInfo, TensorSource } from "@vla-pruner/onnx/convert";

/** Tensors of a file `vision_backbone--*`: the component's name, and the file's own first word. */
const COMPONENT = "vision_backbone.";
const FILM = `${COMPONENT}vision_backbone.`;

/** Scale of the official low-rank adapters: `min(rank, 16) / rank`. */
const LARGEST_ALPHA = 16;

interface Matrix {
  /** Name of the matrix itself. */
  readonly base: string;
  /** Names of its low-rank update, `[rank, in]` and `[out, rank]`, where it has one. */
  readonly update: { readonly down: string; readonly up: string } | null;
}

/** Whether a checkpoint has a vision backbone of its own. */
export function hasFilm({ names }: TensorSource): boolean {
  return names.some((name) => name.startsWith(FILM));
}

/**
 * A checkpoint whose vision backbone comes from its FiLM component file: under the base model's names,
 * with low-rank updates added to the matrices as they are read.
 */
export class FilmSource implements TensorSource {
  readonly names: readonly string[];
  readonly #checkpoint: TensorSource;
  readonly #matrices: ReadonlyMap<string, Matrix>;

  /**
   * @param adapter `lora_adapter/adapter_config.json`, where it is there
   * @throws `checkpoint-invalid` where an update is not whole, or scaled otherwise than by the official code
   */
  constructor(checkpoint: TensorSource, adapter?: unknown) {
    this.#checkpoint = checkpoint;
    this.#matrices = matricesOf(checkpoint);
    if (adapter !== undefined) checkAdapter(adapter as Readonly<Record<string, unknown>>);
    const others = checkpoint.names.filter((name) => !name.startsWith(COMPONENT));
    this.names = [...others, ...this.#matrices.keys()];
  }

  info(name: string): TensorInfo | undefined {
    if (!name.startsWith(COMPONENT)) return this.#checkpoint.info(name);
    const matrix = this.#matrices.get(name);
    return matrix && this.#checkpoint.info(matrix.base);
  }

  async read(name: string, start: number, count: number): Promise<Float32Array> {
    const { base, update } = this.#matrices.get(name) ?? { base: name, update: null };
    const values = await this.#checkpoint.read(base, start, count);
    if (update === null) return values;
    const [rank = 0, ...inputs] = this.#checkpoint.info(update.down)?.dims ?? [];
    const width = inputs.reduce((product, dim) => product * dim, 1);
    const firstRow = Math.floor(start / width);
    const rows = Math.ceil((start + count) / width) - firstRow;
    const down = await this.#checkpoint.read(update.down, 0, rank * width);
    const up = await this.#checkpoint.read(update.up, firstRow * rank, rows * rank);
    const share = Math.min(rank, LARGEST_ALPHA) / rank;
    return values.map((value, index) => {
      const place = start + index - firstRow * width;
      const row = Math.floor(place / width);
      let sum = 0;
      for (let part = 0; part < rank; part += 1) {
        sum += (up[row * rank + part] ?? 0) * (down[part * width + (place % width)] ?? 0);
      }
      return value + share * sum;
    });
  }

  async close(): Promise<void> {
    await this.#checkpoint.close();
  }
}

/** Low-rank updates are added as the official training code scales them, and in no other way. */
function checkAdapter({
  r,
  lora_alpha: alpha,
  use_dora: dora,
  use_rslora: stable,
  bias,
}: Readonly<Record<string, unknown>>): void {
  const usual =
    (typeof r !== "number" || alpha === undefined || alpha === Math.min(r, LARGEST_ALPHA)) &&
    dora !== true &&
    stable !== true &&
    (bias ?? "none") === "none";
  if (!usual) {
    throw otherAdapter(
      `lora_adapter/adapter_config.json with lora_alpha min(r, ${LARGEST_ALPHA}), without DoRA, rank-stabilised scale or biases`,
      JSON.stringify({ r, lora_alpha: alpha, use_dora: dora, use_rslora: stable, bias }),
    );
  }
}

function otherAdapter(expected: string, found: string): VlaPrunerError {
  return new VlaPrunerError("checkpoint-invalid", {
    expected,
    found,
    fix: "merge the adapter into the vision backbone and save it again",
  });
}

/** The file's matrices under the names that the base model has for them. */
function matricesOf({ names }: TensorSource): ReadonlyMap<string, Matrix> {
  const matrices = new Map<string, Matrix>();
  const merged = new Set<string>();
  for (const base of names) {
    if (!base.startsWith(FILM) || base.includes(".lora_")) continue;
    const plain = base.slice(COMPONENT.length).replace(".block.", ".").replace(".base_layer.", ".");
    const stem = base.replace(/base_layer\.weight$/u, "");
    const [down, up] = [`${stem}lora_A.default.weight`, `${stem}lora_B.default.weight`];
    const [has, hasBoth] = [stem !== base, names.includes(down) && names.includes(up)];
    if (has && !hasBoth) throw otherAdapter(`${down} and ${up} beside ${base}`, "not both");
    matrices.set(plain, { base, update: has ? { down, up } : null });
    if (has) [down, up].forEach((name) => merged.add(name));
  }
  const lost = names.find((name) => name.startsWith(FILM) && name.includes(".lora_") && !merged.has(name));
  if (lost !== undefined)
    throw otherAdapter("low-rank updates (lora_A.default, lora_B.default) of matrices", lost);
  return matrices;
}
