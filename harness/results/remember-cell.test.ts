import { expect } from 'chai';
import { BOOTS, type RunEvent, type TestId } from '../events.ts';
import { type Finding, makeFinding } from '../verdict/finding.ts';
import { type CellRecord, rememberCell } from './remember-cell.ts';
import { nameOf, PASS, storedFile } from './testing/stored.ts';

type TestEnd = Extract<RunEvent, { readonly type: 'test-end' }>;

const one = { file: 'a.spec.ts', title: 'one' };
const two = { file: 'a.spec.ts', title: 'two' };
const three = { file: 'b.spec.ts', title: 'three' };

const PANIC: Finding = makeFinding({
  class: 'agent-panic',
  title: 'panicked at src/main.rs:1',
  place: 'src/main.rs:1',
  source: 'agent-stderr',
  start: 0,
  end: 9,
  excerpt: 'panicked',
});
const inCell = { time: '2026-11-25T10:00:00.000Z', cell: 'k+c+v1+a' };

const end = (test: TestId, others: Partial<TestEnd> = {}): TestEnd => ({
  type: 'test-end',
  ...inCell,
  test,
  verdict: 'pass',
  durationMs: 5,
  guest: 1,
  findings: [],
  ...others,
});
const seen = (finding: Finding, guest = 1): RunEvent => ({
  type: 'finding',
  ...inCell,
  guest,
  finding,
});

function remember(events: readonly RunEvent[], others: Partial<CellRecord> = {}) {
  return rememberCell({
    run: 'now',
    key: 'sha256:key',
    events,
    all: [one, two, three],
    modules: new Map([
      ['a.spec.ts', { 'a.spec.ts': 'sha256:1' }],
      ['b.spec.ts', { 'b.spec.ts': 'sha256:1' }],
    ]),
    before: new Map(),
    ...others,
  });
}

/** `file:title verdict run` of all results that are kept. */
function keptOf(files: ReturnType<typeof remember>): readonly string[] {
  return files.flatMap(({ file, tests }) =>
    tests.flatMap(({ title, result }) =>
      result === undefined ? [] : [`${nameOf({ file, title })} ${result.verdict} ${result.run}`],
    ),
  );
}

describe('remembering a cell', () => {
  it('keeps each result with the run and the time that measured it', () => {
    const files = remember([end(BOOTS), end(one), end(two, { verdict: 'fail' }), end(three)]);
    expect(keptOf(files)).to.deep.equal([
      'boots:boots pass now',
      'a.spec.ts:one pass now',
      'a.spec.ts:two fail now',
      'b.spec.ts:three pass now',
    ]);
    expect(files[1]?.modules).to.deep.equal({ 'a.spec.ts': 'sha256:1' });
    expect(files[1]?.tests[0]?.result).to.include({ time: inCell.time, durationMs: 5 });
  });

  it('knows the tests of a file that were not wanted this time', () => {
    const [file] = remember([end(one)]);
    expect(file?.tests).to.have.length(2);
    expect(file?.tests[1]).to.deep.equal({ title: 'two' });
  });

  it('knows the tests of a file of which none was wanted, so that the next such run needs no guest', () => {
    const files = remember([end(BOOTS), end(one), end(two)]);
    expect(files.at(-1)).to.deep.include({ file: 'b.spec.ts', tests: [{ title: 'three' }] });
  });

  it('does not treat a file as having no tests if they were never listed', () => {
    const record: CellRecord = {
      run: 'now',
      key: 'sha256:key',
      events: [end(BOOTS)],
      modules: new Map([['a.spec.ts', { 'a.spec.ts': 'sha256:1' }]]),
      before: new Map(),
    };
    expect(rememberCell(record).map(({ file }) => file)).to.deep.equal(['boots']);
  });

  it('keeps no miss and no error, and a retried test only if every try ended alike', () => {
    const files = remember([
      end(one, { verdict: 'miss' }),
      end(two, { verdict: 'error' }),
      end(three, { verdict: 'fail', signature: 's' }),
      end(three, { attempt: 2 }),
    ]);
    expect(keptOf(files)).to.deep.equal([]);
    const fail = { verdict: 'fail', signature: 's' } as const;
    const steady = remember([end(one, fail), end(one, { ...fail, attempt: 2 })]);
    expect(keptOf(steady)).to.deep.equal(['a.spec.ts:one fail now']);
    const other = remember([end(one, fail), end(one, { ...fail, signature: 't', attempt: 2 })]);
    expect(keptOf(other)).to.deep.equal([]);
  });

  it('keeps what was measured after a miss', () => {
    const files = remember([end(one, { verdict: 'miss' }), end(one, { attempt: 2 })]);
    expect(keptOf(files)).to.deep.equal(['a.spec.ts:one pass now']);
  });

  it('keeps nothing whose output was not read completely, or that came after a garbled channel', () => {
    const unseen = end(one, { verdict: 'fail', detail: { unseen: 'init did not answer' } });
    expect(keptOf(remember([unseen]))).to.deep.equal([]);
    const garbled = end(one, { verdict: 'miss', detail: { missKind: 'channel' } });
    expect(keptOf(remember([garbled, end(one, { attempt: 2 })]))).to.deep.equal([]);
  });

  it('keeps no later try whose first tries were before the run was cut off', () => {
    expect(keptOf(remember([end(one, { attempt: 2 })]))).to.deep.equal([]);
  });

  it('keeps a result that differs from the last one only once it has occurred again', () => {
    const before = new Map([['a.spec.ts', storedFile('a.spec.ts', { one: PASS, two: PASS })]]);
    const events = [end(one, { verdict: 'fail', signature: 's' }), end(two)];
    const files = remember(events, { before });
    expect(keptOf(files)).to.deep.equal(['a.spec.ts:two pass now']);
    const then = new Map(files.map((file) => [file.file, file]));
    expect(keptOf(remember(events, { before: then }))).to.include('a.spec.ts:one fail now');
  });

  it('keeps older results of tests that did not run, and files of which none did', () => {
    const before = new Map([
      ['a.spec.ts', storedFile('a.spec.ts', { one: PASS, two: PASS })],
      ['b.spec.ts', storedFile('b.spec.ts', { three: PASS })],
    ]);
    const cached = { run: PASS.run, time: PASS.time };
    const files = remember([end(two, { cached }), end(three, { cached }), end(one)], { before });
    expect(files.map(({ file }) => file)).to.deep.equal(['a.spec.ts']);
    expect(keptOf(files)).to.deep.equal([
      'a.spec.ts:one pass now',
      `a.spec.ts:two pass ${PASS.run}`,
    ]);
  });

  it('drops older results of a file that has changed since', () => {
    const modules = { 'a.spec.ts': 'sha256:0' };
    const before = new Map([['a.spec.ts', storedFile('a.spec.ts', { two: PASS }, { modules })]]);
    expect(keptOf(remember([end(one)], { before }))).to.deep.equal(['a.spec.ts:one pass now']);
  });

  it('keeps nothing of a file that changed during the run', () => {
    expect(remember([end(one)], { modules: new Map() })).to.deep.equal([]);
  });

  it('keeps nothing from a guest with a crash that decided no test', () => {
    const events = [end(one), end(two, { guest: 2 }), seen(PANIC, 2), end(three, { guest: 3 })];
    expect(keptOf(remember(events))).to.deep.equal([
      'a.spec.ts:one pass now',
      'b.spec.ts:three pass now',
    ]);
  });

  it('keeps a crash that decided a test, even if it is reported again', () => {
    const panic = {
      verdict: 'agent-panic',
      signature: PANIC.signature,
      findings: [PANIC],
    } as const;
    const again = seen({ ...PANIC, start: 100 });
    expect(keptOf(remember([seen(PANIC), end(one, panic), again]))).to.deep.equal([
      'a.spec.ts:one agent-panic now',
    ]);
  });

  it('ignores notes, which decide nothing', () => {
    const note = makeFinding({ ...PANIC, class: 'oom-kill', title: 'killed workload' });
    expect(keptOf(remember([end(one), seen(note)]))).to.deep.equal(['a.spec.ts:one pass now']);
  });
});
