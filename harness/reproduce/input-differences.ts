/** How what a reproduction is made from differs from what the original was made from. */
import { changedInputs, type OwnInputs } from '../report/baseline-inputs.ts';
import type { ChangedInput } from '../report/baseline-schema.ts';
import type { MadeFrom } from './original.ts';

export type { OwnInputs };

/** One difference in words: what it is now, and what it was. */
export interface InputDifference {
  readonly kind: ChangedInput['kind'];
  readonly text: string;
}

/**
 * In the order of what is most often the reason. What only one of the two has says nothing: a
 * reproduction has one cell, and a run has many.
 */
export function differentInputs(original: MadeFrom, own: OwnInputs): readonly InputDifference[] {
  return changedInputs(original, own, { configs: new Map(), isSameScope: false }).map((input) => ({
    kind: input.kind,
    text: describe(input),
  }));
}

const WORDS: Readonly<Record<ChangedInput['kind'], string>> = {
  kernel: 'kernel',
  config: 'configuration of',
  agent: 'agent',
  scenarios: 'scenarios',
  matrix: 'matrix file',
  kmx: 'kmx',
  machine: 'machine',
  'Node.js': 'Node.js',
  host: 'host',
};

function describe({ kind, name, before, now, details }: ChangedInput): string {
  const what = [WORDS[kind], name].filter((word) => word !== undefined).join(' ');
  const how =
    before === now ? (now ?? 'another one') : `${now ?? 'not known'}, was ${before ?? 'not known'}`;
  return `${what}: ${how}${details.length === 0 ? '' : ` (${details.join(', ')})`}`;
}
