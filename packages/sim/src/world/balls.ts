export const BALL_RADIUS = 0.008;
const BALLS_IN_A_CUP = 3;

/** The balls of the cup `name`. */
export function ballNames(name: string): string[] {
  return Array.from({ length: BALLS_IN_A_CUP }, (_, index) => `${name}#${String(index)}`);
}
