import { UsageError } from '../../errors.ts';
import { count, renderFirst } from '../../phrases.ts';
import { referenceTo } from '../../report/reproduce-words.ts';
import { nameFailure, type Original } from '../../reproduce/original.ts';
import { toLine } from '../../text.ts';

export interface ChosenOriginal {
  readonly original: Original;
  /** The same failure elsewhere. */
  readonly others: readonly Original[];
}

const SHOWN_MAX = 10;

/**
 * The first, if they are all the same failure.
 *
 * @param hints Where there is none: what could be named instead.
 * @throws UsageError if there is none, or if they are different failures
 */
export function chooseOriginal(
  originals: readonly Original[],
  hints: readonly string[],
): ChosenOriginal {
  const [original, ...others] = originals;
  if (original === undefined) {
    throw new UsageError('nothing is known to have failed there', {
      code: 'NOTHING_TO_REPRODUCE',
      remedy: hints.join('\n  '),
    });
  }
  const kinds = [...Map.groupBy(originals, kindOf).values()];
  if (kinds.length === 1) return { original, others };
  throw new UsageError(
    `this names ${count(originals.length, 'result')} of ${count(kinds.length, 'different failure')}`,
    {
      code: 'REFERENCE_AMBIGUOUS',
      output: renderFirst(kinds.map(describe), SHOWN_MAX).join('\n'),
      remedy: 'name one of them, as it stands here in quotes, or any other test',
    },
  );
}

function kindOf({ verdict, signatures, title }: Original): string {
  return JSON.stringify(signatures.length === 0 ? [verdict, title] : signatures.toSorted());
}

/** What it is, and the first test of it, as it can be named again. */
function describe([first, ...others]: readonly Original[]): string {
  if (first === undefined) return '';
  const more = others.length === 0 ? '' : ` and ${others.length} more`;
  return `${toLine(nameFailure(first))}\n  '${referenceTo(first)}'${more}`;
}
