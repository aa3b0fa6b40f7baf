/** What the command line takes as the arguments of options, read by commander. */
import { InvalidArgumentError } from 'commander';

const MAX = 9999;

/** A parser for a whole number that is at least `min`. */
export function countFrom(min: number): (argument: string) => number {
  return (argument) => {
    const count = /^\d{1,4}$/.test(argument) ? Number(argument) : Number.NaN;
    if (count >= min) return count;
    // Commander says before it which option it is, and what was found.
    throw new InvalidArgumentError(`Expected a whole number from ${min} to ${MAX}.`);
  };
}
