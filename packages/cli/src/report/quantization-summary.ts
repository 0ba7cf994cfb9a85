import type { ConversionReport } from "@vla-pruner/onnx/convert";

/** What quantising did, a line a format; nothing where nothing was quantised. */
export function quantizationSummary({ quantized }: ConversionReport): string {
  const formats = [...new Set(quantized.map(({ format }) => format))];
  return formats
    .map((format) => {
      const matrices = quantized.filter((matrix) => matrix.format === format);
      const [worst] = matrices.toSorted((a, b) => b.relativeError - a.relativeError);
      const numbers = matrices.reduce((sum, { rows, width }) => sum + rows * width, 0);
      const typical = Math.sqrt(
        matrices.reduce((sum, { rows, width, relativeError }) => sum + rows * width * relativeError ** 2, 0) /
          numbers,
      );
      const name = `${worst?.session}, ${worst?.tensors.join(" + ")}`;
      return `${format}: ${matrices.length} matrices, ${(numbers / 1e6).toFixed(1)} M numbers, relative error ${percent(typical)}, at most ${percent(worst?.relativeError ?? 0)} (${name})\n`;
    })
    .join("");
}

function percent(share: number): string {
  return `${(100 * share).toFixed(2)} %`;
}
