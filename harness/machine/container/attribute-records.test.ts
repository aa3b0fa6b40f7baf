import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { attributeRecords, OTHERS } from './attribute-records.ts';
import { type KernelRecord, parseKernelRecord } from './kernel-record.ts';

const OURS = '7183631d431bf940073ac3c74c1908c41eb2f8df9a460872dbb7c57f21ffd8ee';
const NOT_OURS = OURS.replaceAll('7', 'a');
const RECORDED = readFileSync(new URL('testdata/out-of-memory.kmsg', import.meta.url), 'utf8');

/** Of the processes in these tests: 5 is ours, 6 somebody else's, others do not exist. */
const ownerOfProcess = (pid: number) => ({ 5: OURS, 6: OTHERS })[pid];

function recordsOf(...texts: readonly (string | readonly [text: string, atUs: number])[]) {
  return texts.map((line, index): KernelRecord => {
    const [text, microseconds] = typeof line === 'string' ? [line, index] : line;
    return { sequence: index, microseconds, text };
  });
}

function ownersOf(records: readonly KernelRecord[]) {
  return attributeRecords(records, new Set([OURS]), ownerOfProcess).map(({ owner }) => owner);
}

const recorded = RECORDED.split('\n').flatMap((line) => parseKernelRecord(line) ?? []);

describe('whose a record of the kernel is', () => {
  it('is told for all of a recorded report by the records that name a cgroup', () => {
    expect(recorded).to.have.length(80);
    expect(recorded[0]?.text).to.contain('invoked oom-killer');
    expect(new Set(ownersOf(recorded))).to.deep.equal(new Set([OURS]));
  });

  it('is nobody of ours if the cgroup is another container’s', () => {
    const others = recorded.map((record) => ({
      ...record,
      text: record.text.replaceAll(OURS, NOT_OURS),
    }));
    expect(new Set(ownersOf(others))).to.deep.equal(new Set([OTHERS]));
  });

  it('is told by a process, as an oops names it after its first records', () => {
    const oops = recordsOf(
      'BUG: kernel NULL pointer dereference, address: 0000000000000000',
      'Oops: Oops: 0002 [#1] SMP',
      'CPU: 1 UID: 0 PID: 5 Comm: workload Not tainted 6.18.44',
      'Call Trace:',
    );
    expect(ownersOf(oops)).to.deep.equal([OURS, OURS, OURS, OURS]);
  });

  for (const text of [
    'INFO: task workload:5 blocked for more than 120 seconds.',
    'watchdog: BUG: soft lockup - CPU#1 stuck for 22s! [workload:5]',
    'workload[5]: segfault at 0 ip 0000000000401000 sp 00007ffe error 4',
    `cgroup: fork rejected by pids controller in /docker/${OURS}/kmx/c1`,
  ]) {
    it(`is told by "${text.slice(0, 50)}"`, () =>
      expect(ownersOf(recordsOf(text))).to.deep.equal([OURS]));
  }

  it('changes where another report begins, or after a pause', () => {
    const records = recordsOf(
      'INFO: task workload:5 blocked for more than 120 seconds.',
      '      Not tainted 6.18.44',
      'INFO: task journald:6 blocked for more than 120 seconds.',
      '      Not tainted 6.18.44',
      ['usb 1-1: new device', 1_000_000],
    );
    expect(ownersOf(records)).to.deep.equal([OURS, OURS, OTHERS, OTHERS, undefined]);
  });

  it('does not change within a report that is cut out', () => {
    const warning = recordsOf(
      '------------[ cut here ]------------',
      'WARNING: CPU: 0 PID: 5 at mm/page_counter.c:56 page_counter_cancel',
      'Modules linked in:',
    );
    expect(ownersOf(warning)).to.deep.equal([OURS, OURS, OURS]);
  });

  it('is unknown for what names nobody, or a process that is gone', () => {
    const records = recordsOf('BUG: Bad page state', ['general protection fault: PID: 7', 900_000]);
    expect(ownersOf(records)).to.deep.equal([undefined, undefined]);
  });

  it('is only told for the records themselves in a report that names several', () => {
    const records = recordsOf(
      'systemd invoked oom-killer: order=0',
      'CPU: 0 PID: 6 Comm: systemd',
      'Mem-Info:',
      'Out of memory: Killed process 5 (workload)',
    );
    expect(ownersOf(records)).to.deep.equal([undefined, OTHERS, undefined, OURS]);
  });

  it('is told for each caller where the kernel names callers', () => {
    const records = recordsOf('BUG: ours', 'BUG: theirs', 'CPU: 0 PID: 5', 'CPU: 1 PID: 6').map(
      (record, index) => ({ ...record, caller: index % 2 === 0 ? 'T5' : 'T6' }),
    );
    expect(ownersOf(records)).to.deep.equal([OURS, OTHERS, OURS, OTHERS]);
  });
});
