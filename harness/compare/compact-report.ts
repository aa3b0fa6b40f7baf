/**
 * A report as it is kept in memory: of each cell its results and what its guest said, each result and each
 * guest once, however many cells have it.
 */
import { z } from 'zod';
import { UsageError } from '../errors.ts';
import { omitUndefined } from '../omit-undefined.ts';
import { type StandingTest, standingTests } from '../report/standing-results.ts';
import type { ComparedCell } from './compared-run.ts';
import { guestSchema, type SlimCell, type SlimReport } from './slim-report.ts';

export type CompactReport = Omit<SlimReport, 'cells'> & { readonly cells: readonly CompactCell[] };

export interface CompactCell extends Omit<ComparedCell, 'environment'> {
  /** Absent if no guest came up. */
  readonly guest?: CompactGuest;
}

export interface CompactGuest {
  /** The same for guests that said the same. */
  readonly key: string;
  readonly facts: z.infer<typeof guestSchema>;
}

export function compactReport(report: SlimReport, file: string): CompactReport {
  const compactCell = createCompactor();
  return { ...report, cells: report.cells.map((cell) => compactCell(cell, file)) };
}

/** @param position Of the cell's text, for errors. Throws a UsageError for facts that cannot be. */
export type CompactCells = (cell: SlimCell, position: string) => CompactCell;

export function createCompactor(): CompactCells {
  const guests = new Map<string, CompactGuest>();
  const tests = new Map<string, StandingTest>();

  function guestOf(cell: SlimCell, position: string): CompactGuest | undefined {
    // Reports of version 4 have facts of guests alone.
    const said = cell.facts ?? cell.guests.find(({ facts }) => facts !== undefined)?.facts;
    if (said === undefined) return undefined;
    const key = JSON.stringify(said);
    const known = guests.get(key) ?? {
      key: String(guests.size),
      facts: parseGuest(said, position),
    };
    guests.set(key, known);
    return known;
  }

  function share(test: StandingTest): StandingTest {
    const { key, verdict, signature, why, missKind, beside = [] } = test;
    const others = beside.flatMap((crash) => [crash.signature, crash.title]);
    const text = [key, verdict, signature, why, missKind, ...others].join('\n');
    const known = tests.get(text) ?? test;
    tests.set(text, known);
    return known;
  }

  return (cell, position) => {
    const { id, kernel, config, cgroup, agent, machine, agentKind, build } = cell;
    const guest = guestOf(cell, position);
    return {
      ...{ id, kernel, config, cgroup, agent, machine, agentKind, ...omitUndefined({ build }) },
      tests: standingTests(cell).map(share),
      ...(guest === undefined ? {} : { guest }),
    };
  };
}

function parseGuest(facts: unknown, position: string): CompactGuest['facts'] {
  const parsed = guestSchema.safeParse(facts);
  if (parsed.success) return parsed.data;
  throw new UsageError(`${position}: not a guest's facts: ${z.prettifyError(parsed.error)}`, {
    code: 'REPORT_GARBLED',
    remedy: 'it must be as kmx wrote it',
  });
}
