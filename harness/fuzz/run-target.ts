import fc from 'fast-check';
import type { FuzzTarget } from './fuzz-target.ts';
import { mutationsOf } from './mutations.ts';

export interface FuzzOptions {
  /** Seed of the random numbers: the same one makes the same inputs. */
  readonly seed?: number;
  /** Stops after this time; without it, after `inputs`. */
  readonly seconds?: number;
  readonly inputs?: number;
  /** Told of each input before it is run. */
  readonly onInput?: (input: Uint8Array) => void;
}

export interface FuzzResult {
  readonly inputs: number;
  readonly seed: number;
  /** The smallest input that was found to be handled wrongly. */
  readonly failure?: { readonly input: Uint8Array; readonly error: unknown };
}

/** Feeds mutated seeds to a target until one is handled wrongly, or time or inputs are used up. */
export async function runTarget(target: FuzzTarget, options: FuzzOptions): Promise<FuzzResult> {
  const { seed, seconds, inputs, onInput = () => {} } = options;
  const property = fc.asyncProperty(mutationsOf(target.seeds()), async (input) => {
    onInput(input);
    await target.run(input);
  });
  const { numRuns, counterexample, errorInstance, ...details } = await fc.check(property, {
    numRuns: inputs ?? Number.MAX_SAFE_INTEGER,
    ...(seed === undefined ? {} : { seed }),
    ...(seconds === undefined ? {} : { interruptAfterTimeLimit: seconds * 1000 }),
  });
  const [input] = counterexample ?? [];
  return {
    inputs: numRuns,
    seed: details.seed,
    ...(input === undefined ? {} : { failure: { input, error: errorInstance } }),
  };
}
