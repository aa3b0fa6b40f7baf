/**
 * Event logs of a run with many cells, as its shards would write them. Each cell boots, panics once
 * as expected, and passes or skips its other test. Events are copied from a recorded run, so that
 * facts, command lines and findings have real sizes.
 */
import { closeSync, mkdirSync, openSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { BOOTS, type RunEvent, type TestId } from '../events.ts';
import type { Expectation } from '../expectations/expectation.ts';
import { nameTest } from '../expectations/test-pattern.ts';
import type { Cell } from '../matrix/cell.ts';
import { parseEventLines } from '../report/event-lines.ts';

type EventOf<T extends RunEvent['type']> = Extract<RunEvent, { readonly type: T }>;
type CellEvent = Extract<RunEvent, { readonly cell: string }>;

const RECORDED = new URL('../report/testdata/events.jsonl', import.meta.url);
const SHARDS = 4;
/** Expectations about other cells, which each test is compared with first. */
const OTHER_EXPECTATIONS = 20;
/** In one of this many cells, the second test is skipped. */
const SKIP_EVERY = 3;

/** @param folder Created; gets one file per shard. */
export function writeScaleLogs(folder: string, cells: readonly Cell[]): void {
  mkdirSync(folder);
  const recorded = parseEventLines(readFileSync(RECORDED, 'utf8'));
  const shardLength = Math.ceil(cells.length / SHARDS);
  for (let shard = 0; shard < SHARDS; shard++) {
    const own = cells.slice(shard * shardLength, (shard + 1) * shardLength);
    writeShard(join(folder, `events-${shard}.jsonl`), recorded, own);
  }
}

const CELL = 'bench+a+cell';
const FOLDER = '/tmp/kmx-bench/';

function writeShard(file: string, recorded: readonly RunEvent[], cells: readonly Cell[]): void {
  const [passing, skipping] = [makeCell(recorded, 'pass'), makeCell(recorded, 'skip')].map(toLines);
  const begin = {
    ...firstOf(recorded, 'run-begin'),
    cells,
    expectations: makeExpectations(recorded),
  };
  const kernels = [...new Set(cells.map(({ kernel }) => kernel))].map((name) => ({
    ...firstOf(recorded, 'kernel-end'),
    kernel: { ...firstOf(recorded, 'kernel-end').kernel, name },
  }));
  const descriptor = openSync(file, 'w');
  writeSync(descriptor, toLines([begin, ...kernels]));
  for (const [index, { id }] of cells.entries()) {
    const lines = (index % SKIP_EVERY === 0 ? skipping : passing) ?? '';
    const own = `/tmp/kmx-${id.slice(-8)}-${index}/`;
    writeSync(descriptor, lines.replaceAll(CELL, id).replaceAll(FOLDER, own));
  }
  writeSync(descriptor, toLines([{ ...firstOf(recorded, 'run-end') }]));
  closeSync(descriptor);
}

function toLines(events: readonly RunEvent[]): string {
  return events.map((event) => `${JSON.stringify(event)}\n`).join('');
}

function makeCell(recorded: readonly RunEvent[], other: 'pass' | 'skip'): readonly RunEvent[] {
  const panic = panicOf(recorded);
  const second = recorded.find(
    (event): event is EventOf<'test-end'> =>
      event.type === 'test-end' && event.verdict === other && event.test.file !== BOOTS.file,
  );
  const [finding] = panic.findings;
  if (second === undefined || finding === undefined) throw new Error(`The record has no ${other}`);
  const guest = (number: number): readonly CellEvent[] => [
    { ...firstOf(recorded, 'guest-begin'), guest: number },
    { ...firstOf(recorded, 'guest-ready'), guest: number },
  ];
  const begin = (test: TestId): CellEvent => ({ ...firstOf(recorded, 'test-begin'), test });
  const events: readonly CellEvent[] = [
    firstOf(recorded, 'cell-begin'),
    begin(BOOTS),
    ...guest(1),
    { ...firstOf(recorded, 'test-end'), test: BOOTS, verdict: 'pass', guest: 1, findings: [] },
    { ...firstOf(recorded, 'tests'), tests: [panic.test, second.test] },
    begin(panic.test),
    { ...firstOf(recorded, 'finding'), guest: 1, finding },
    { ...panic, guest: 1 },
    { ...firstOf(recorded, 'guest-end'), guest: 1 },
    ...guest(2),
    begin(second.test),
    second.verdict === 'skip' ? second : { ...second, guest: 2 },
    { ...firstOf(recorded, 'guest-end'), guest: 2 },
    firstOf(recorded, 'cell-end'),
  ];
  return events.map((event) => inBenchCell(event));
}

/** With placeholders for what differs from cell to cell. */
function inBenchCell(event: CellEvent): CellEvent {
  const text = JSON.stringify({ ...event, cell: CELL }).replaceAll(/\/tmp\/kmx-\w+\//g, FOLDER);
  return JSON.parse(text) as CellEvent;
}

function makeExpectations(recorded: readonly RunEvent[]): readonly Expectation[] {
  const { test, signature = '' } = panicOf(recorded);
  const others = Array.from({ length: OTHER_EXPECTATIONS }, (_, index) => ({
    line: index + 1,
    where: { kernel: [`>=7.${index}`], agent: ['agent-1', 'agent-2'] },
    ...(index % 2 === 0 ? {} : { tests: ['cpu/**: *quota*', 'memory/**'] }),
    outcome: 'agent-panic' as const,
    signatures: ['s2-000000000000'],
    reason: 'for the bench',
    expires: '9999-12-31',
  }));
  const known = {
    line: OTHER_EXPECTATIONS + 1,
    where: { kernel: ['>=5.10'] },
    tests: [nameTest(test)],
    outcome: 'agent-panic' as const,
    signatures: [signature],
    reason: 'for the bench',
    expires: '9999-12-31',
  };
  return [...others, known];
}

function panicOf(recorded: readonly RunEvent[]): EventOf<'test-end'> {
  const panic = recorded.find(
    (event) => event.type === 'test-end' && event.verdict === 'agent-panic',
  );
  if (panic?.type !== 'test-end') throw new Error('The record has no agent panic');
  return panic;
}

function firstOf<T extends RunEvent['type']>(events: readonly RunEvent[], type: T): EventOf<T> {
  const found = events.find((event): event is EventOf<T> => event.type === type);
  if (found === undefined) throw new Error(`The record has no ${type}`);
  return found;
}
