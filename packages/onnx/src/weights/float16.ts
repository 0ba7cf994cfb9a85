const float = new Float32Array(1);
const bits = new Uint32Array(float.buffer);

/** The nearest half-precision number, as its 16 bits; ties to even, overflow to infinity. */
export function float16Bits(value: number): number {
  float[0] = value;
  const word = bits[0] ?? 0;
  const sign = (word >>> 16) & 0x8000;
  const exponent = (word >>> 23) & 0xff;
  const fraction = word & 0x7fffff;
  if (exponent === 0xff) return sign | 0x7c00 | (fraction === 0 ? 0 : 0x200);
  const scaled = exponent - 112;
  if (scaled >= 31) return sign | 0x7c00;
  if (scaled > 0) return sign | roundShift((scaled << 23) | fraction, 13);
  if (scaled < -10) return sign;
  return sign | roundShift(fraction | 0x800000, 14 - scaled);
}

function roundShift(value: number, shift: number): number {
  const half = 1 << (shift - 1);
  const rest = value & ((1 << shift) - 1);
  const floor = value >>> shift;
  return rest > half || (rest === half && (floor & 1) === 1) ? floor + 1 : floor;
}

/** Many at once. */
export function packFloat16(values: Float32Array): Uint16Array {
  const packed = new Uint16Array(values.length);
  for (let index = 0; index < values.length; index += 1) packed[index] = float16Bits(values[index] ?? 0);
  return packed;
}
