/** Failures of which only the signature is known: a log of a run that is not on this host has it. */
import { UsageError } from '../../errors.ts';
import { BOOTS, type TestId } from '../../events.ts';
import type { Cell } from '../../matrix/cell.ts';
import { quote } from '../../matrix/problem.ts';
import type { Original } from '../../reproduce/original.ts';
import { isOutdated } from '../../verdict/signature.ts';

const SIGNATURE = /^s\d+-[0-9a-f]{12}$/;

export interface AskedPlaces {
  readonly cells: readonly Cell[];
  readonly testsOf: (cell: Cell) => Promise<readonly TestId[]>;
}

/** Of each test of each cell that is meant, in their order. Rejects with a UsageError if there is none. */
export async function askedOriginals(
  { cells, testsOf }: AskedPlaces,
  signature: string,
  isMeant: (cell: Cell, test: TestId) => boolean,
): Promise<readonly Original[]> {
  const originals: Original[] = [];
  for (const cell of cells) {
    for (const test of [BOOTS, ...(await testsOf(cell))]) {
      if (!isMeant(cell, test)) continue;
      originals.push({
        from: { kind: 'command' },
        ...{ cell: cell.id, test, signatures: [signature] },
      });
    }
  }
  if (originals.length > 0) return originals;
  throw new UsageError('no test of these cells has all of these words in its file and title', {
    code: 'TEST_UNKNOWN',
    remedy: 'it may have another name by now: kmx list shows the cells, scenarios/ has the tests',
  });
}

/** Throws a UsageError for a text that can be the signature of no failure. */
export function checkSignature(signature: string): void {
  if (!SIGNATURE.test(signature)) {
    throw new UsageError(
      `--signature: expected a signature such as s2-a93cd73b0867; found ${quote(signature)}`,
      { code: 'NO_SIGNATURE', remedy: 'copy it from a report, or leave --signature out' },
    );
  }
  if (isOutdated(signature)) {
    throw new UsageError(
      `--signature: an earlier version of kmx has computed ${signature}; no failure has it any more`,
      { code: 'SIGNATURE_OUTDATED', remedy: 'leave --signature out: what is known now counts' },
    );
  }
}
