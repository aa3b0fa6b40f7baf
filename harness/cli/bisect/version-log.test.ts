import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import type { Candidate } from './candidates.ts';
import { Journal } from './journal.ts';
import type { Measured, Measurer } from './measure.ts';
import { openVersionLog } from './version-log.ts';

const BEGIN: Parameters<typeof Journal.begin<'versions'>>[1] = {
  kind: 'versions',
  asked: {
    ...{ matrix: 'matrix.yaml', good: '6.1', bad: '6.12', test: ['v1'], flavour: 'cloud' },
    ...{ expectFail: false, passes: 2, repeat: 5 },
  },
  inputs: { 'agent guarded': 'sha256:1' },
};

const candidate = (label: string): Candidate => ({
  label,
  kernel: { name: label, source: { kind: 'path', image: 'vmlinuz' } },
});

describe('the log of a bisect of versions', () => {
  let folder: string;
  let measured: string[];
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kmx-version-log-'));
    measured = [];
  });
  afterEach(() => rm(folder, { recursive: true }));

  const measurer = (outcomes: Readonly<Record<string, Measured['outcome']>>): Measurer => ({
    async measure({ name }) {
      measured.push(name);
      const outcome = outcomes[name] ?? 'unclear';
      return { outcome, why: `it is ${outcome}`, folder: join(folder, name) };
    },
    wanted: { kind: 'signature', signature: 's2-1' },
  });

  it('measures each kernel once', async () => {
    await using journal = await Journal.begin<'versions'>(folder, BEGIN);
    const log = openVersionLog(journal, measurer({ one: 'good' }));
    expect(log.known(candidate('one'))).to.equal(undefined);
    const step = await log.measure(candidate('one'));
    expect(await log.measure(candidate('one'))).to.equal(step);
    expect(log.known(candidate('one'))).to.equal(step);
    expect(measured).to.deep.equal(['one']);
  });

  it('is read again when the bisect goes on, and only what was unclear is measured again', async () => {
    const outcomes = { one: 'good', two: 'unclear', three: 'bad' } as const;
    {
      await using journal = await Journal.begin<'versions'>(folder, BEGIN);
      const log = openVersionLog(journal, measurer(outcomes));
      for (const name of Object.keys(outcomes)) await log.measure(candidate(name));
    }
    measured = [];
    await using journal = await Journal.resume(folder, 'versions');
    expect(journal.signature).to.equal('s2-1');
    expect(journal.asked).to.deep.equal(BEGIN.asked);
    expect(journal.steps.map((step) => step.folder)).to.deep.equal(['one', 'two', 'three']);
    journal.forgetUnclear();
    const again = openVersionLog(journal, measurer({ ...outcomes, two: 'good' }));
    for (const name of Object.keys(outcomes)) await again.measure(candidate(name));
    expect(measured).to.deep.equal(['two']);
    expect(journal.steps.map(({ key }) => key)).to.have.members(['one', 'two', 'three']);
  });

  it('is not taken for that of another command', async () => {
    {
      await using _ = await Journal.begin<'versions'>(folder, BEGIN);
    }
    const refused = await Journal.resume(folder, 'bisect').catch((error: unknown) => error);
    expect(refused).to.have.property(
      'message',
      `--resume: ${join(folder, 'state.json')} belongs to kmx bisect kernels, not to kmx bisect config`,
    );
  });

  it('says that an earlier kmx has written it', async () => {
    await writeFile(join(folder, 'bisect.json'), '{"version": 1, "kind": "versions"}');
    const refused = await Journal.resume(folder, 'versions').catch((error: unknown) => error);
    expect(refused).to.have.property(
      'message',
      `--resume: ${join(folder, 'bisect.json')} was written by an earlier version of kmx`,
    );
  });
});
