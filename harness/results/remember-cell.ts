/** What of a cell's run may be kept for later runs. Pure: events in, files to store out. */
import { BOOTS, isSameTest, type RunEvent, type TestId } from '../events.ts';
import { omitUndefined } from '../omit-undefined.ts';
import { isCrash } from '../verdict/finding.ts';
import { isGuestsDoing } from '../verdict/verdict.ts';
import { isMeasured } from './recall-cell.ts';
import {
  STORED_VERSION,
  type StoredFacts,
  type StoredFile,
  type StoredResult,
} from './stored-file.ts';

type TestEnd = Extract<RunEvent, { readonly type: 'test-end' }>;
type Modules = Readonly<Record<string, string>>;

/** What was observed of one cell while it ran. */
export interface CellRecord {
  readonly run: string;
  readonly key: string;
  readonly events: readonly RunEvent[];
  /** All tests of the cell's spec files, wanted or not; absent if no worker got to list them. */
  readonly all?: readonly TestId[];
  /** By spec file; its path and those of the modules are relative to `scenarios/`. */
  readonly modules: ReadonlyMap<string, Modules>;
  /** What was stored before and is still valid, by spec file. */
  readonly before: ReadonlyMap<string, StoredFile>;
}

/** The files to store instead of the previous ones; a file with nothing new is not among them. */
export function rememberCell(record: CellRecord): readonly StoredFile[] {
  const ends = record.events.filter((event) => event.type === 'test-end');
  const fresh = ends.filter(({ cached }) => cached === undefined);
  const tainted = taintedGuests(record.events, fresh);
  const hasBooted = fresh.some(({ test }) => isSameTest(test, BOOTS));
  const boots = hasBooted ? [rememberBoots(record, fresh, tainted)] : [];
  const { all } = record;
  if (all === undefined) return boots;
  const files = [...record.modules].flatMap(([file, modules]) => {
    const before = record.before.get(file);
    const hasRun = fresh.some(({ test }) => test.file === file);
    if (!hasRun && before !== undefined && agree(before.modules, modules)) return [];
    // Also if no test of it was wanted: knowing which tests the file has is worth keeping.
    const tests = all.filter((test) => test.file === file);
    return [rememberFile(record, file, modules, tests, fresh, tainted)];
  });
  return [...boots, ...files];
}

function rememberBoots(
  record: CellRecord,
  fresh: readonly TestEnd[],
  tainted: ReadonlySet<number>,
): StoredFile {
  const file = rememberFile(record, BOOTS.file, {}, [BOOTS], fresh, tainted);
  const facts = factsOf(record.events) ?? record.before.get(BOOTS.file)?.facts;
  return { ...file, ...omitUndefined({ facts }) };
}

/** What the last guest said that came up. */
function factsOf(events: readonly RunEvent[]): StoredFacts | undefined {
  const ready = events.findLast((event) => event.type === 'guest-ready');
  const said = events.findLast(
    (event) => event.type === 'facts' && event.digest === ready?.facts.probed,
  );
  if (ready === undefined || said?.type !== 'facts') return undefined;
  return { guest: ready.facts, probed: said.facts };
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

/** Undefined if a later run may not rely on these tries. */
function resultOf(
  tries: readonly TestEnd[],
  run: string,
  before: StoredResult | undefined,
  tainted: ReadonlySet<number>,
): StoredResult | undefined {
  const measured = tries.filter(({ verdict }) => verdict !== 'miss');
  const [standing] = measured;
  // If the run was resumed, earlier tries were not seen here.
  const isFromFirst = (tries[0]?.attempt ?? 1) === 1;
  if (standing === undefined || !isFromFirst || !isMeasured(standing.verdict)) return undefined;
  if (tries.some(({ detail }) => isUntrusted(detail))) return undefined;
  if (measured.some((other) => !isSameOutcome(other, standing))) return undefined;
  if (tries.some(({ guest }) => guest !== undefined && tainted.has(guest))) return undefined;
  // Another outcome though nothing has changed: it has to occur once more.
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
 * Guests with a crash that decided no test: any of their tests may have caused it, and a report
 * made from results alone would lack it. A repeated report of a crash that did decide a test is no
 * news.
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
