import type { RunEvent, TestId } from '../../events.ts';
import { omitUndefined } from '../../omit-undefined.ts';
import type { Attempted } from './attempts.ts';

/** What the events of an unfinished run say about one cell. */
export interface CellHistory {
  /** Its tests, if they were listed. */
  readonly planned?: readonly TestId[];
  /** Every try that has a verdict, oldest first. */
  readonly ended: readonly (Attempted & { readonly test: TestId })[];
  /** The number of its last guest. */
  readonly guests: number;
  /** The cell has ended: nothing of it is left to do. */
  readonly isDone: boolean;
}

/** By cell id. A test that was running when the events end has no result and will run again. */
export function readHistory(events: readonly RunEvent[]): ReadonlyMap<string, CellHistory> {
  const cells = new Map<string, CellHistory>();
  for (const event of events) {
    if (!('cell' in event)) continue;
    const before = cells.get(event.cell) ?? { ended: [], guests: 0, isDone: false };
    cells.set(event.cell, { ...before, ...changeOf(before, event) });
  }
  return cells;
}

type CellEvent = Extract<RunEvent, { readonly cell: string }>;

function changeOf(before: CellHistory, event: CellEvent): Partial<CellHistory> {
  switch (event.type) {
    case 'tests':
      return { planned: event.tests };
    case 'guest-begin':
      return { guests: event.guest };
    case 'test-end': {
      const { test, verdict, signature, findings, detail } = event;
      const attempted = { test, verdict, findings, ...omitUndefined({ signature, detail }) };
      return { ended: [...before.ended, attempted] };
    }
    case 'cell-end':
      return { isDone: true };
    default:
      return {};
  }
}
