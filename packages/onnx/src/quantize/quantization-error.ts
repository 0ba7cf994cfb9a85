/** How far quantised numbers lie from what they were, in sums that can be added up. */
export interface QuantizationError {
  /** Sum of the squared differences. */
  squared: number;
  /** Sum of the squared numbers. */
  power: number;
  /** Largest difference. */
  largest: number;
}

export function noError(): QuantizationError {
  return { squared: 0, power: 0, largest: 0 };
}

export function addError(to: QuantizationError, { squared, power, largest }: QuantizationError): void {
  to.squared += squared;
  to.power += power;
  to.largest = Math.max(to.largest, largest);
}

/** Root of the mean squared difference, over that of the numbers; 0 for a matrix of zeros. */
export function relativeError({ squared, power }: QuantizationError): number {
  return power === 0 ? 0 : Math.sqrt(squared / power);
}
