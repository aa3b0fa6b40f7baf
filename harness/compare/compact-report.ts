/**
 * A report as it is kept in memory: of each cell its results and what its guest said, each result and each
 * guest once, however many cells have it.
 */
import { z } from 'zod';
import { UsageError } from '../errors.ts';
import { toLine } from '../text.ts';
import { isCrash } from '../verdict/finding.ts';
import { reasonOf } from '../verdict/reason.ts';
import { worstVerdict } from '../verdict/verdict.ts';
import { type ComparedCell, type ComparedTest, OUTSIDE_TESTS, testKey } from './compared-run.ts';
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
  const tests = new Map<string, ComparedTest>();

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

  function share(test: ComparedTest): ComparedTest {
    const { key, verdict, signature, why } = test;
    const text = [key, verdict, signature, why].join('\n');
    const known = tests.get(text) ?? test;
    tests.set(text, known);
    return known;
  }

  return (cell, position) => {
    const { id, kernel, config, cgroup, agent, machine, agentKind } = cell;
    const guest = guestOf(cell, position);
    return {
      ...{ id, kernel, config, cgroup, agent, machine, agentKind },
      tests: testsOf(cell).map(share),
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

function testsOf({ tests, findings }: SlimCell): readonly ComparedTest[] {
  // After a test was decided, its crash may be seen again: that is no other one.
  const known = new Set(tests.map(({ signature }) => signature));
  const crashes = findings.flatMap(({ finding, isVoid }) =>
    isCrash(finding) && isVoid !== true && !known.has(finding.signature) ? [finding] : [],
  );
  const worst = worstVerdict(crashes.map((crash) => crash.class));
  const [first] = crashes.filter((crash) => crash.class === worst);
  const own = tests.map((test) => testOf(test));
  if (first === undefined) return [...own, withoutCrash(own)];
  const { class: verdict, signature, title } = first;
  const outside = { verdict, signature, why: toLine(title) };
  return [...own, { key: OUTSIDE_TESTS, ...outside }];
}

/** Where nothing was measured, nothing is known of crashes either. */
function withoutCrash(tests: readonly ComparedTest[]): ComparedTest {
  const isMeasured = tests.some(({ verdict }) => verdict !== 'miss');
  if (isMeasured) return { key: OUTSIDE_TESTS, verdict: 'pass', why: '' };
  return { key: OUTSIDE_TESTS, verdict: 'miss', why: tests[0]?.why ?? '' };
}

function testOf(test: SlimCell['tests'][number]): ComparedTest {
  const { file, title, verdict, signature, detail } = test;
  const why = verdict === 'pass' ? '' : toLine(detail?.cause ?? reasonOf(test));
  return {
    key: testKey(file, title),
    verdict,
    ...(signature === undefined ? {} : { signature }),
    why,
  };
}
