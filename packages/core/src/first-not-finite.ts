/**
 * Place of the first number that is NaN or infinite, −1 where there is none. Every step asks it of all that a model gives, the
 * similarity of all pairs of visual tokens among it.
 */
export function firstNotFinite(values: Float32Array): number {
  // 0 times such a number is NaN, and times any other it is 0: no test for each, of which a few are all right.
  let [even, odd] = [0, 0];
  const { length } = values;
  for (let index = 1; index < length; index += 2) {
    even += (values[index - 1] as number) * 0;
    odd += (values[index] as number) * 0;
  }
  if (length % 2 === 1) even += (values[length - 1] as number) * 0;
  return even + odd === 0 ? -1 : values.findIndex((value) => !Number.isFinite(value));
}
