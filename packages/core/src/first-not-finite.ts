/**
 * Place of the first number that is NaN or infinite, −1 where there is none. Every step asks it of all that a model gives, the
 * similarity of all pairs of visual tokens among it.
 */
export function firstNotFinite(values: Float32Array): number {
  // Such a number less itself is NaN, and any other 0: no test for each, of which all but a few are all right. A read
  // beyond the end would make the loop slow.
  let even = 0;
  let odd = 0;
  const { length } = values;
  for (let index = 1; index < length; index += 2) {
    const one = values[index - 1] as number;
    const next = values[index] as number;
    even += one - one;
    odd += next - next;
  }
  const last = values.at(-1) ?? 0;
  return even + odd + (last - last) === 0 ? -1 : values.findIndex((value) => !Number.isFinite(value));
}
