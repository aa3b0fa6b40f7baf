import { relative } from 'node:path';
import Mocha from 'mocha';
import { isSameTest, type TestId } from '../events.ts';
import { omitUndefined } from '../omit-undefined.ts';
import type { UnansweredCall } from '../verdict/decide.ts';
import { claimOf } from './claim.ts';
import type { LoadedModules } from './loaded-modules.ts';
import type { FromWorker, TestResult, WorkerStart } from './messages.ts';
import type { ParentLink } from './parent-link.ts';
import type { Session, WorkerSession } from './session.ts';
import { hasWords } from './test-filter.ts';
import type { TestHold } from './test-hold.ts';

declare module 'mocha' {
  interface Context {
    /** Set on the root suite, so that every hook and test of a scenario inherits it. */
    session: Session;
    /** Why the current test was skipped; set by `requires`. */
    skipReason?: string;
  }
}

/** What the tests are run with. */
export interface MochaParts {
  readonly session: WorkerSession;
  readonly modules: LoadedModules;
  readonly hold: TestHold;
  readonly link: ParentLink;
}

/** Runs the cell's tests one after the other and reports each to the parent as it ends. */
export async function runMocha(start: WorkerStart, parts: MochaParts): Promise<void> {
  const { hold } = parts;
  const link = reportOnce(sendModules(parts.link, parts.modules, start.scenarioFiles));
  const mocha = new Mocha({
    ui: 'bdd',
    timeout: start.limits.testTimeoutMs,
    // Prints nothing: our reporters are in another process.
    reporter: Mocha.reporters.Base,
  });
  for (const file of start.scenarioFiles) mocha.addFile(file);
  await mocha.loadFilesAsync();
  const idOf = (test: Mocha.Test): TestId => ({
    file: relative(start.scenarioRoot, test.file ?? ''),
    title: test.titlePath().join(' › '),
  });
  const all = listTests(mocha.suite, idOf);
  keepTests(mocha.suite, (test) => isWanted(idOf(test), start));
  link.send({ type: 'tests', tests: listTests(mocha.suite, idOf), all });
  addRootHooks(mocha.suite, start, { ...parts, link }, idOf);
  await new Promise<void>((resolve) => {
    const runner = mocha.run(() => resolve());
    hold.watch(runner);
    reportWithoutAfterEach(runner, { link, hold }, idOf);
  });
  await hold.untilReleased();
}

const SENT_AFTER_MODULES: ReadonlySet<FromWorker['type']> = new Set(['tests', 'test-end']);

/** A link that sends what the spec files have imported before it sends anything about them. */
function sendModules(
  link: ParentLink,
  modules: LoadedModules,
  files: readonly string[],
): ParentLink {
  let sentChanges = 0;
  function send(message: FromWorker): void {
    if (SENT_AFTER_MODULES.has(message.type) && modules.changes !== sentChanges) {
      sentChanges = modules.changes;
      const digests = files.map((file) => [file, modules.digestsOf(file)] as const);
      link.send({ type: 'modules', modules: Object.fromEntries(digests) });
    }
    link.send(message);
  }
  return { ...link, send };
}

/**
 * A link that sends the end of each test only once: after a failed hook, mocha still runs the
 * `afterEach` hooks of the outer suites (lib/runner.js, `hookErr`), for a test that never ran.
 */
function reportOnce(link: ParentLink): ParentLink {
  const ended = new Set<string>();
  function send(message: FromWorker): void {
    if (message.type === 'test-end') {
      const key = JSON.stringify([message.test.file, message.test.title]);
      if (ended.has(key)) return;
      ended.add(key);
    }
    link.send(message);
  }
  return { ...link, send };
}

function listTests(suite: Mocha.Suite, idOf: (test: Mocha.Test) => TestId): readonly TestId[] {
  const tests: TestId[] = [];
  suite.eachTest((test) => tests.push(idOf(test)));
  return tests;
}

function keepTests(suite: Mocha.Suite, isKept: (test: Mocha.Test) => boolean): void {
  suite.tests = suite.tests.filter(isKept);
  for (const child of suite.suites) keepTests(child, isKept);
}

function isWanted(test: TestId, start: WorkerStart): boolean {
  const { wanted, done = [], testFilter } = start;
  if (wanted !== undefined) return wanted.some((other) => isSameTest(test, other));
  return hasWords(test, testFilter) && !done.some((other) => isSameTest(test, other));
}

/**
 * A test is reported after its clean-up, since what the agent does in the clean-up belongs to it.
 */
function addRootHooks(
  root: Mocha.Suite,
  start: WorkerStart,
  { session, hold, link }: MochaParts,
  idOf: (test: Mocha.Test) => TestId,
): void {
  root.ctx.session = session;
  root.beforeEach('begin', function () {
    session.begin();
    link.send({ type: 'test-begin', test: idOf(currentTest(this)) });
  });
  root.afterEach('clean-up', async function () {
    this.timeout(start.limits.testTimeoutMs);
    const test = currentTest(this);
    if (test.isPending()) return;
    await hold.untilReleased();
    // A hang is examined before the clean-up, which may remove its cause.
    const inTest = test.isFailed() ? await findUnanswered(session, hold, test.err) : undefined;
    const cleanUpError = await session.cleanUp().then(
      () => undefined,
      (error: unknown) => error,
    );
    const error = test.isFailed() ? test.err : cleanUpError;
    const isNew = error !== undefined && inTest === undefined;
    const unanswered = isNew ? await findUnanswered(session, hold, error) : inTest;
    const outcome = error === undefined ? ({ claim: 'pass' } as const) : claimOf(error);
    const result: TestResult = {
      ...outcome,
      durationMs: test.duration ?? 0,
      ...omitUndefined({ unanswered }),
    };
    link.send({ type: 'test-end', test: idOf(test), result });
  });
}

/**
 * The hanging call that made a test fail, if there is one; takes a picture of the guest. A test that is
 * attended is held.
 */
async function findUnanswered(
  session: WorkerSession,
  hold: TestHold,
  error: unknown,
): Promise<UnansweredCall | undefined> {
  const isTimeout = error instanceof Error && 'code' in error && error.code === 'ERR_MOCHA_TIMEOUT';
  const hangs = session.hasUnanswered(isTimeout);
  // Before the health call, which may make a hanging agent continue. There is no picture of a lost
  // guest; the parent knows what happened to it.
  if (hangs) await session.takePicture().catch(() => undefined);
  void hold.tellFailure();
  await hold.untilReleased();
  return hangs ? await session.unanswered(isTimeout) : undefined;
}

/** Skipped tests never reach `afterEach`, and there a test whose hook failed has no error. */
function reportWithoutAfterEach(
  runner: Mocha.Runner,
  { link, hold }: Pick<MochaParts, 'link' | 'hold'>,
  idOf: (test: Mocha.Test) => TestId,
): void {
  runner.on('pending', (test) => {
    const message = test.ctx?.skipReason ?? 'skipped by the scenario itself';
    const result: TestResult = { claim: 'skip', durationMs: 0, detail: { message } };
    link.send({ type: 'test-end', test: idOf(test), result });
  });
  runner.on('fail', (runnable: Mocha.Runnable, error: unknown) => {
    const test = runnable.ctx?.currentTest;
    if (!(runnable instanceof Mocha.Hook) || test === undefined) return;
    const { claim, detail } = claimOf(error);
    const message = `${runnable.title}: ${detail.message}`;
    const result: TestResult = { claim, durationMs: 0, detail: { ...detail, message } };
    const end = (): void => link.send({ type: 'test-end', test: idOf(test), result });
    if (hold.isAttended) void hold.tellFailure().then(end);
    else end();
  });
}

function currentTest(context: Mocha.Context): Mocha.Test {
  if (context.currentTest === undefined) throw new Error('Expected a hook of a test');
  return context.currentTest;
}
