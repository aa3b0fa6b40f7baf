/** Parsers for the arguments of command-line options. */
import { InvalidArgumentError } from 'commander';

const MAX = 9999;

/** A parser for a whole number that is at least `min`. */
export function countFrom(min: number): (argument: string) => number {
  return (argument) => {
    const count = /^\d{1,4}$/.test(argument) ? Number(argument) : Number.NaN;
    if (count >= min) return count;
    // Commander puts the option's name and the value found in front of this.
    throw new InvalidArgumentError(`Expected a whole number from ${min} to ${MAX}.`);
  };
}
