/** What is tried in which order, and what is kept: the bench is a table of what shows the failure. */
import { expect } from 'chai';
import type { TriedResult } from '../../reproduce/judge.ts';
import type { Original } from '../../reproduce/original.ts';
import type { RepeatableCall } from '../../trace/repeatable-calls.ts';
import type { Replay } from '../../worker/replay/make-calls.ts';
import type { GuestSetting } from './guest-setting.ts';
import { type MinimizeFailureOptions, minimizeFailure, type Smallest } from './minimize-failure.ts';

const SHOWN: TriedResult = { verdict: 'fail', signature: 's2-000000000001', findings: [] };
const OTHER: TriedResult = { verdict: 'fail', signature: 's2-000000000002', findings: [] };
const PASS: TriedResult = { verdict: 'pass', findings: [] };
const MISS: TriedResult = { verdict: 'miss', findings: [] };
const ORIGINAL: Original = {
  from: { kind: 'run', run: 'r', startedAt: '2026-11-30T00:00:00Z' },
  ...{ cell: 'k+default+v1+a', test: { file: 'a.spec.ts', title: 'works' }, verdict: 'fail' },
  signatures: ['s2-000000000001'],
};
const GUEST: GuestSetting = {
  ...{ bootParameters: ['loglevel=7', 'cgroup_disable=cpuset'], memoryMib: 256, cpus: 2 },
};

function call(number: number, name: string, request: RepeatableCall['request']): RepeatableCall {
  const after = Array.from({ length: number - 1 }, (_, index) => index + 1);
  return { number, call: name, request, after, recorded: 'answered' };
}

const CALLS = [
  call(1, 'CreateSandbox', { sandboxId: 's' }),
  call(2, 'CreateContainer', {
    ...{ containerId: 'c1', execId: 'c1' },
    OCI: { Hostname: 'h', Linux: { Resources: { CPU: { Quota: '50000', Period: '200000' } } } },
  }),
  call(3, 'RemoveContainer', { containerId: 'c1' }),
];

interface Table {
  /** Of calls alone, in the cell's guest. */
  readonly replay?: (calls: readonly RepeatableCall[], tries: number) => TriedResult;
  readonly boot?: (guest: GuestSetting, replay: Replay | undefined) => TriedResult;
  readonly guest?: GuestSetting | undefined;
}

async function search(table: Table, options: Partial<MinimizeFailureOptions> = {}) {
  const { replay = () => SHOWN, boot = () => SHOWN, guest } = table;
  const notes: string[] = [];
  const tried = new Map<string, number>();
  const smallest: Smallest[] = [];
  const booted: GuestSetting[] = [];
  const found = await minimizeFailure({
    bench: {
      setting: async () => guest,
      endReplays: async () => {},
      replay: async ({ calls }) => {
        const key = JSON.stringify(calls);
        tried.set(key, (tried.get(key) ?? 0) + 1);
        return replay(calls, tried.get(key) ?? 0);
      },
      boot: async (setting, replayed) => {
        booted.push(setting);
        return boot(setting, replayed);
      },
    },
    ...{ original: ORIGINAL, result: SHOWN, calls: CALLS, times: 1, hasGuest: true },
    progress: { tried: () => {}, left: () => {}, note: (sentence) => notes.push(sentence) },
    onSmallest: (less) => smallest.push(less),
    ...options,
  });
  expect(smallest.at(-1)).to.equal(found);
  return { found, notes, tried, booted };
}

const hasCpu = (calls: readonly RepeatableCall[]): boolean =>
  JSON.stringify(calls).includes('"CPU":{');

describe('minimizeFailure', () => {
  it('leaves out calls that are not needed, then fields, and tries nothing twice', async () => {
    const { found, tried } = await search({ replay: (calls) => (hasCpu(calls) ? SHOWN : PASS) });
    const request = { OCI: { Linux: { Resources: { CPU: {} } } } };
    expect(found.calls).to.deep.equal([{ ...CALLS[1], request }]);
    expect([...tried.values()].every((times) => times === 1)).to.equal(true);
  });

  it('keeps nothing that shows another failure, or was not measured', async () => {
    const whole = JSON.stringify(CALLS);
    for (const other of [OTHER, MISS, PASS]) {
      const replay = (calls: readonly RepeatableCall[]): TriedResult =>
        JSON.stringify(calls) === whole ? SHOWN : other;
      expect((await search({ replay })).found.calls).to.deep.equal(CALLS);
    }
  });

  it('tries what is flaky as often as it is told to, and what was not measured again', async () => {
    const thirdTime = (calls: readonly RepeatableCall[], tries: number): TriedResult =>
      hasCpu(calls) && tries % 3 === 0 ? SHOWN : PASS;
    const flaky = await search({ replay: thirdTime }, { times: 3 });
    expect(flaky.found.calls?.[0]?.request).to.deep.equal({
      OCI: { Linux: { Resources: { CPU: {} } } },
    });
    const missed = await search({
      replay: (calls, tries) => {
        if (tries < 3) return MISS;
        return hasCpu(calls) ? SHOWN : PASS;
      },
    });
    expect(missed.found.calls).to.deep.equal(flaky.found.calls);
  });

  it('leaves out boot parameters, memory and CPUs, with the calls that are left', async () => {
    const boot = ({ bootParameters, memoryMib }: GuestSetting): TriedResult =>
      bootParameters.includes('cgroup_disable=cpuset') && memoryMib >= 100 ? SHOWN : OTHER;
    const { found, booted } = await search({ guest: GUEST, boot });
    expect(found.guest).to.deep.equal({
      ...{ bootParameters: ['cgroup_disable=cpuset'], memoryMib: 112, cpus: 1 },
    });
    expect(found.isGuestLeast).to.equal(true);
    expect(booted[0]).to.deep.equal(GUEST);
    expect(new Set(booted.map((one) => JSON.stringify(one))).size).to.equal(booted.length);
    const untouched = await search({ guest: GUEST }, { hasGuest: false });
    expect(untouched.found.guest).to.equal(GUEST);
    expect(untouched.booted).to.deep.equal([]);
  });

  it('runs the test itself in smaller guests if its calls alone do not show it', async () => {
    const replays: unknown[] = [];
    const { found, notes } = await search({
      guest: GUEST,
      replay: () => PASS,
      boot: ({ memoryMib }, replay) => {
        replays.push(replay);
        return memoryMib === 256 ? SHOWN : PASS;
      },
    });
    expect(found).to.not.have.property('calls');
    expect(found.guest).to.deep.equal({ bootParameters: [], memoryMib: 256, cpus: 1 });
    expect(new Set(replays)).to.deep.equal(new Set([undefined]));
    expect(notes).to.deep.equal([
      'its calls alone show pass instead: the test has to run as it is',
    ]);
  });

  it('leaves the guest alone if one that boots does not show it', async () => {
    const { found, notes, booted } = await search({ guest: GUEST, boot: () => OTHER });
    expect(found).to.deep.include({ guest: GUEST, isGuestLeast: false });
    expect(notes).to.deep.equal([
      'a guest that boots shows fail instead: the guest stays as it is',
    ]);
    expect(booted).to.deep.equal([GUEST, GUEST, GUEST]);
  });

  it('has no calls to leave out of a boot, and no guest to change in a container', async () => {
    const { found, notes, booted } = await search({}, { calls: [] });
    expect(found).to.deep.equal({ result: SHOWN, isGuestLeast: false });
    expect(notes).to.deep.equal(['the test makes no calls: its guest is all there is']);
    expect(booted).to.deep.equal([]);
  });
});
