import { type Policy } from "@vla-pruner/core";
import { seededRandom } from "@vla-pruner/core/adapter";
import { expertAction, type Tabletop } from "@vla-pruner/sim";

/** Who moves the robot while samples are taken. The labels are the expert's in any case. */
export interface Driver {
  readonly source: 0 | 1;
  /** The next action, `[7]`. */
  next(tabletop: Tabletop): Promise<readonly number[]>;
}

export interface NoiseOptions {
  /** Standard deviation that is added to the six motion parts. */
  readonly spread: number;
  /** Chance, a step, that a burst of random actions begins. */
  readonly bursts: number;
}

/** Steps of a burst: at full speed, some centimetres off the way. */
const BURST = [3, 8] as const;
/** Chance that a burst also opens or closes the gripper. */
const FUMBLE = 0.3;

/** Actions of a chunk that a student executes before it looks again. */
const EXECUTED = 4;

/** The expert, or `policy` where there is one, thrown off its way now and then. */
export function noisyDriver(seed: number, noise: NoiseOptions, policy?: Policy): Driver {
  const random = seededRandom(seed, 0, 7);
  const gaussian = (): number =>
    Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random()) * noise.spread;
  const episode = policy?.startEpisode();
  let pending: (readonly number[])[] = [];
  let burst: { left: number; action: number[] } | null = null;

  async function intended(tabletop: Tabletop): Promise<readonly number[]> {
    if (episode === undefined) return expertAction(tabletop.state(), tabletop.task);
    const ready = pending.shift();
    if (ready !== undefined) return ready;
    const { actions: chunk } = await episode.act(tabletop.observe());
    pending = chunk.slice(1, Math.min(EXECUTED, Math.ceil(chunk.length / 2)));
    return chunk[0] ?? [];
  }

  return {
    source: policy === undefined ? 0 : 1,
    async next(tabletop) {
      const action = [...(await intended(tabletop))];
      if (burst === null && random() < noise.bursts) {
        const left = BURST[0] + Math.floor(random() * (BURST[1] - BURST[0] + 1));
        const gripper = random() < FUMBLE ? Math.sign(random() - 0.5) : Number.NaN;
        const way = Array.from({ length: 6 }, (_, part) => (2 * random() - 1) * (part < 3 ? 1 : 0.3));
        burst = { left, action: [...way, gripper] };
      }
      if (burst !== null) {
        const { action: random7 } = burst;
        burst.left -= 1;
        if (burst.left === 0) burst = null;
        return random7.map((value, part) => (Number.isNaN(value) ? (action[part] ?? 0) : value));
      }
      return action.map((value, part) =>
        part < 6 ? Math.max(-1, Math.min(1, value + gaussian() * (part < 3 ? 1 : 0.3))) : value,
      );
    },
  };
}
