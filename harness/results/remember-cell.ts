/** What of a cell's run may be kept for later ones. Pure: events in, files to store out. */
import { BOOTS, isSameTest, type RunEvent, type TestId } from '../events.ts';
import { omitUndefined } from '../omit-undefined.ts';
import { isCrash } from '../verdict/finding.ts';
import { isGuestsDoing } from '../verdict/verdict.ts';
import { isMeasured } from './recall-cell.ts';
import { STORED_VERSION, type StoredFile, type StoredResult } from './stored-file.ts';

type TestEnd = Extract<RunEvent, { readonly type: 'test-end' }>;
type Modules = Readonly<Record<string, string>>;

/** What was seen of one cell while it ran. */
export interface CellRecord {
  readonly run: string;
  readonly key: string;
  readonly events: readonly RunEvent[];
  /** All tests of the cell's spec files, wanted or not; absent if no worker has come to tell them. */
  readonly all?: readonly TestId[];
  /** By spec file, below `scenarios/` as are the paths in it. */
  readonly modules: ReadonlyMap<string, Modules>;
  /** What was stored before and still holds, by spec file. */
  readonly before: ReadonlyMap<string, StoredFile>;
}

/** The files to store in place of those before; one of which there is nothing new stays as it is. */
export function rememberCell(record: CellRecord): readonly StoredFile[] {
  const ends = record.events.filter((event) => event.type === 'test-end');
  const fresh = ends.filter(({ cached }) => cached === undefined);
  const tainted = taintedGuests(record.events, fresh);
  const hasBooted = fresh.some(({ test }) => isSameTest(test, BOOTS));
  const boots = hasBooted ? [rememberFile(record, BOOTS.file, {}, [BOOTS], fresh, tainted)] : [];
  const { all } = record;
  if (all === undefined) return boots;
  const files = [...record.modules].flatMap(([file, modules]) => {
    const before = record.before.get(file);
    const hasRun = fresh.some(({ test }) => test.file === file);
    if (!hasRun && before !== undefined && agree(before.modules, modules)) return [];
    // Also where no test was wanted: that the file has no other ones is worth knowing.
    const tests = all.filter((test) => test.file === file);
    return [rememberFile(record, file, modules, tests, fresh, tainted)];
  });
  return [...boots, ...files];
}

function rememberFile(
  { run, key, before: stored }: CellRecord,
  file: string,
  modules: Modules,
  tests: readonly TestId[],
  fresh: readonly TestEnd[],
  tainted: ReadonlySet<number>,
): StoredFile {
  const before = stored.get(file);
  const kept = before !== undefined && agree(before.modules, modules) ? before : undefined;
  return {
    version: STORED_VERSION,
    key,
    file,
    modules: { ...kept?.modules, ...modules },
    tests: tests.map((test) => {
      const old = kept?.tests.find(({ title }) => title === test.title)?.result;
      const tries = fresh.filter((end) => isSameTest(test, end.test));
      const result = tries.length === 0 ? old : resultOf(tries, run, old, tainted);
      return omitUndefined({ title: test.title, result });
    }),
  };
}

/** Undefined where the tries are no word that a later run may rely on. */
function resultOf(
  tries: readonly TestEnd[],
  run: string,
  before: StoredResult | undefined,
  tainted: ReadonlySet<number>,
): StoredResult | undefined {
  const measured = tries.filter(({ verdict }) => verdict !== 'miss');
  const [standing] = measured;
  // Tries from before the run was cut off were not seen here.
  const isFromFirst = (tries[0]?.attempt ?? 1) === 1;
  if (standing === undefined || !isFromFirst || !isMeasured(standing.verdict)) return undefined;
  if (tries.some(({ detail }) => isUntrusted(detail))) return undefined;
  if (measured.some((other) => !isSameOutcome(other, standing))) return undefined;
  if (tries.some(({ guest }) => guest !== undefined && tainted.has(guest))) return undefined;
  // Another outcome, and nothing has changed: it has to show itself once more.
  if (before !== undefined && !isSameOutcome(before, standing)) return undefined;
  const { time, verdict, signature, durationMs, detail, findings } = standing;
  return {
    run,
    time,
    verdict,
    durationMs,
    ...omitUndefined({ signature, detail: detail && { ...detail } }),
    findings: [...findings],
  };
}

/** Whoever kept the host from hearing it out may have kept it from seeing more. */
function isUntrusted(detail: TestEnd['detail']): boolean {
  return detail?.unseen !== undefined || isGuestsDoing(detail?.missKind);
}

type Outcome = Pick<TestEnd | StoredResult, 'verdict' | 'signature'>;

function isSameOutcome(one: Outcome, other: Outcome): boolean {
  return one.verdict === other.verdict && one.signature === other.signature;
}

/**
 * Guests that had a crash which no test has got the verdict of: any of their tests may have caused
 * it, and a report made of results alone would not have it. One more report of a crash that a
 * test was decided by is no news.
 */
function taintedGuests(events: readonly RunEvent[], ends: readonly TestEnd[]): ReadonlySet<number> {
  const crashes = events.filter((event) => event.type === 'finding' && isCrash(event.finding));
  const known = (guest: number, signature: string): boolean =>
    ends.some(
      (end) => end.guest === guest && end.findings.some((one) => one.signature === signature),
    );
  return new Set(
    crashes.flatMap((event) =>
      event.type === 'finding' && !known(event.guest, event.finding.signature) ? [event.guest] : [],
    ),
  );
}

function agree(one: Modules, other: Modules): boolean {
  return Object.entries(one).every(([path, digest]) => (other[path] ?? digest) === digest);
}
