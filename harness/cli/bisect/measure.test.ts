import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import type { ShownTest, Told } from '../../bisect/tell-outcome.ts';
import { loadMatrix } from '../load-matrix.ts';
import { createMeasurer, type MeasurerOptions, type ShowOnce } from './measure.ts';

const PASS: ShownTest = { title: 'a test', verdict: 'pass' };
const PANIC: ShownTest = { title: 'a test', verdict: 'agent-panic', signature: 's2-1' };
const OTHER: ShownTest = { title: 'a test', verdict: 'agent-panic', signature: 's2-2' };
const KERNEL = { name: 'mine', source: { kind: 'path', image: 'vmlinuz' } } as const;

describe('measuring a kernel', () => {
  let folder: string;
  let asked: Parameters<ShowOnce>[0][];
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kmx-measure-'));
    asked = [];
  });
  afterEach(() => rm(folder, { recursive: true }));

  /** Shows one after the other. */
  function measurer(shown: readonly (ShownTest | Told)[], others: Partial<MeasurerOptions> = {}) {
    const rest = shown.values();
    const options = {
      ...{ matrix: loadMatrix('matrix.yaml'), rule: { passes: 2, most: 5 }, folder },
      place: { config: 'default', cgroup: 'v1', agent: 'unguarded', machine: 'qemu' },
      ...{ isCacheRead: true, host: undefined as never },
      ...others,
    } as const;
    return createMeasurer(options, async (at) => {
      asked.push(at);
      await mkdir(at.folder, { recursive: true });
      const next = rest.next().value;
      if (next === undefined) throw new Error('It was measured once too often');
      return 'outcome' in next ? next : [next];
    });
  }

  it('believes what was measured twice, the second time without kept results', async () => {
    const measured = await measurer([PASS, PASS]).measure(KERNEL);
    expect(measured).to.deep.equal({
      outcome: 'good',
      verdict: 'pass',
      why: 'passes',
      folder: join(folder, 'mine'),
    });
    expect(asked.map(({ isCacheRead }) => isCacheRead)).to.deep.equal([true, false]);
    expect(asked.map((at) => at.folder)).to.deep.equal([
      join(folder, 'mine/1'),
      join(folder, 'mine/2'),
    ]);
  });

  it('learns what is looked for from the first failure', async () => {
    const own = measurer([PANIC, PANIC, OTHER, OTHER]);
    expect((await own.measure(KERNEL)).outcome).to.equal('bad');
    expect(own.wanted).to.deep.equal({ kind: 'signature', signature: 's2-1' });
    expect((await own.measure(KERNEL)).outcome).to.equal('unclear');
  });

  it('looks for the signature that it was given', async () => {
    const wanted = { kind: 'signature', signature: 's2-2' } as const;
    const own = measurer([PANIC, PANIC], { wanted });
    expect((await own.measure(KERNEL)).outcome).to.equal('unclear');
    expect(own.wanted).to.equal(wanted);
  });

  it('measures a kernel that is not available only once', async () => {
    const gone: Told = { outcome: 'unclear', why: 'no such package', fault: 'NO_KERNEL' };
    const measured = await measurer([gone]).measure(KERNEL);
    expect(measured).to.include({ outcome: 'unclear', why: 'no such package' });
  });

  it('keeps what an earlier measurement has left', async () => {
    await measurer([PASS, PASS]).measure(KERNEL);
    await measurer([PASS, PASS]).measure(KERNEL);
    expect(asked.at(-1)?.folder).to.equal(join(folder, 'mine/4'));
  });
});
