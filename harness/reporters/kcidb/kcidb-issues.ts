import { isSameTest } from '../../events.ts';
import { omitUndefined } from '../../omit-undefined.ts';
import type { Hit } from '../../report/problems.ts';
import type { CellReport, CrashReport, FailureReport, RunReport } from '../../report/schema.ts';
import { toLine } from '../../text.ts';
import { isGood, type Verdict } from '../../verdict/verdict.ts';
import { type Case, casesOf, looseFile, namesOf } from '../cases.ts';
import { comment, excerpt, idOf, ORIGIN, testIdOf } from './kcidb-ids.ts';

/** What went wrong once or more, known or not, with the signature that tells it from all else. */
type Issue = (CrashReport | FailureReport) & { readonly signature: string };

export function issuesOf({ crashes, failures }: RunReport): readonly Issue[] {
  return [...crashes, ...failures].filter(
    (group): group is Issue => group.signature !== undefined && !isUnmeasured(group),
  );
}

/** A miss says nothing about what was to be tested. */
function isUnmeasured(group: CrashReport | FailureReport): boolean {
  return 'verdict' in group && (group.verdict === 'miss' || isGood(group.verdict));
}

const CATEGORIES: Readonly<Partial<Record<Verdict, string>>> = {
  'kernel-panic': 'runtime.panic',
  'kernel-oops': 'runtime.oops',
  'agent-panic': 'runtime.agent.panic',
  'boot-failure': 'runtime.boot',
  hang: 'runtime.hang',
  fail: 'runtime.assertion',
  error: 'harness.test',
};

/** Only the kernel is the code under test here; who else is at fault, a signature does not say. */
const CULPRITS: Readonly<Partial<Record<Verdict, object>>> = {
  'kernel-panic': { code: true },
  'kernel-oops': { code: true },
  'agent-panic': { tool: true },
  error: { tool: true },
};

export function issueOf(issue: Issue): object {
  const verdict = 'class' in issue ? issue.class : issue.verdict;
  const title = 'class' in issue ? issue.title : (issue.cause ?? issue.message);
  return {
    id: issueIdOf(issue),
    version: 1,
    origin: ORIGIN,
    comment: comment(title === '' ? verdict : title),
    ...omitUndefined({ categories: listOf(CATEGORIES[verdict]), culprit: CULPRITS[verdict] }),
    misc: {
      verdict,
      signature: toLine(issue.signature),
      ...('class' in issue
        ? omitUndefined({
            place: issue.place && toLine(issue.place),
            excerpt: excerpt(issue.excerpt),
          })
        : {}),
    },
  };
}

function listOf(value: string | undefined): readonly string[] | undefined {
  return value === undefined ? undefined : [value];
}

/** The same in every run. */
function issueIdOf({ signature, ...issue }: Issue): string {
  return idOf('issue', 'class' in issue ? issue.class : issue.verdict, signature);
}

/** One for each test that an issue hits, however often. */
export function* incidentsOf(issues: readonly Issue[], report: RunReport): Generator<object> {
  const nameOf = createNameLookup(report);
  for (const issue of issues) {
    const issueId = issueIdOf(issue);
    const tests = new Set(
      issue.hits.flatMap((hit) => {
        const name = nameOf(hit, issue.signature);
        return name === undefined ? [] : [testIdOf(report, hit.cell, name)];
      }),
    );
    for (const testId of tests) {
      yield {
        id: idOf('incident', issueId, testId),
        origin: ORIGIN,
        issue_id: issueId,
        issue_version: 1,
        test_id: testId,
        present: true,
      };
    }
  }
}

interface CellNames {
  readonly cases: readonly Case[];
  readonly names: readonly string[];
}

/** The names of what hits are about; of a crash outside of tests, that of its own case. */
function createNameLookup({
  cells,
}: RunReport): (hit: Hit, signature: string) => string | undefined {
  const byId = new Map<string, CellReport>(cells.map((cell) => [cell.id, cell]));
  const known = new Map<string, CellNames>();

  function namesIn(id: string): CellNames {
    const before = known.get(id);
    if (before !== undefined) return before;
    const cell = byId.get(id);
    const cases = cell === undefined ? [] : casesOf(cell);
    const names = { cases, names: namesOf(cases) };
    known.set(id, names);
    return names;
  }

  return ({ cell, test, guest }, signature) => {
    const { cases, names } = namesIn(cell);
    const index = cases.findIndex((one) =>
      test === undefined
        ? one.file === looseFile(guest) && one.signature === signature
        : isSameTest(one, test),
    );
    return names[index];
  };
}
