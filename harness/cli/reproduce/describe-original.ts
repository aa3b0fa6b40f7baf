import { nameTest } from '../../expectations/test-pattern.ts';
import { count } from '../../phrases.ts';
import { nameFailure, type Original } from '../../reproduce/original.ts';
import type { FoundOriginal } from './find-original.ts';

export interface DescribedOriginal {
  readonly title: string;
  /** Each with a word for what it is. */
  readonly details: readonly (readonly [string, string])[];
}

/** What is about to be reproduced. */
export function describeOriginal({ original, others }: FoundOriginal): DescribedOriginal {
  const { cell, test, signatures } = original;
  return {
    title: nameFailure(original),
    details: [
      ['test', nameTest(test)],
      ['cell', `${cell}${describeChoice(original)}`],
      ...(signatures.length === 0 ? [] : [['as', signatures.join(' or ')] as const]),
      ['from', describeSource(original)],
      ...(others.length === 0 ? [] : [['also', describeOthers(original, others.length)] as const]),
    ],
  };
}

function describeSource({ from }: Original): string {
  switch (from.kind) {
    case 'run':
      return `the run ${from.run}, ${from.startedAt.slice(0, 16).replace('T', ' ')} UTC`;
    case 'expectation': {
      const name = from.name === undefined ? '' : `${from.name} in `;
      return `${name}${from.file}:${from.line}`;
    }
    case 'command':
      return 'the command: neither the last run nor the expectations know it';
    case 'bundle':
      return `the bundle ${from.file}`;
  }
}

/** Why this cell, where nobody has named it. */
function describeChoice({ from }: Original): string {
  if (from.kind !== 'expectation' || from.range === undefined) return '';
  return `, the first of the matrix with a kernel ${from.range}`;
}

function describeOthers({ from }: Original, number: number): string {
  if (from.kind === 'command') {
    return `${count(number, 'other test')} ${number === 1 ? 'has' : 'have'} these words`;
  }
  return from.kind === 'run'
    ? `${count(number, 'other result')} of it failed the same way`
    : `${count(number, 'other test')} ${number === 1 ? 'is' : 'are'} expected to fail the same way`;
}
