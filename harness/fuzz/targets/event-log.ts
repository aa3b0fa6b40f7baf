import { deepStrictEqual } from 'node:assert';
import { UsageError } from '../../errors.ts';
import type { RunEvent } from '../../events.ts';
import { createEventReader } from '../../report/event-lines.ts';
import { createSampleRun } from '../../report/testing/sample-run.ts';
import { cutInPieces, type FuzzTarget } from '../fuzz-target.ts';

/** However a log is split, its events are the same, or a UsageError is thrown. */
export const eventLog: FuzzTarget = {
  name: 'event-log',
  seeds() {
    const lines = createSampleRun().map((event) => `${JSON.stringify(event)}\n`);
    return [lines.join(''), lines.slice(0, 12).join('')].map((text) => Buffer.from(text));
  },
  run(input) {
    const whole = read([input]);
    const inPieces = read(cutInPieces(input));
    deepStrictEqual(inPieces.why, whole.why);
    // A refused piece yields no events, not even those of its first lines.
    if (whole.why === undefined) deepStrictEqual(inPieces, whole);
  },
};

function read(pieces: Iterable<Uint8Array>) {
  const reader = createEventReader();
  const events: RunEvent[] = [];
  try {
    for (const piece of pieces) events.push(...reader.push(piece));
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    return { why: error.message };
  }
  return { events, wholeBytes: reader.wholeBytes };
}
