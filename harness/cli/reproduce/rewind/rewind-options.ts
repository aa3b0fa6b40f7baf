/** Apart from the code for it: options are listed at each start of kmx. */
import { InvalidArgumentError } from 'commander';
import { type FieldChange, parseChange } from './retry-command.ts';

export interface RewindOptions {
  readonly rewind?: boolean;
  /** The number of the call to go back to. */
  readonly call?: number;
  readonly set?: readonly FieldChange[];
  /** A file with a request in JSON. */
  readonly request?: string;
  /** The name of an agent of the matrix, or the path of one. */
  readonly agent?: string;
}

/** A parser for an option that may be repeated. */
export function changesFrom(
  argument: string,
  before: readonly FieldChange[] = [],
): readonly FieldChange[] {
  const change = parseChange(argument);
  if (change !== undefined) return [...before, change];
  throw new InvalidArgumentError('Expected FIELD=VALUE, such as linux.resources.cpu.quota=-1.');
}
