import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import fc from 'fast-check';
import { emptyState, parseVersionState, type VersionState } from '../../bisect/version-state.ts';
import type { Candidate } from './candidates.ts';
import type { Measured, Measurer } from './measure.ts';
import { checkInputs, openVersionLog, readVersionState } from './version-log.ts';

const BEGIN: VersionState = emptyState({
  asked: {
    ...{ matrix: 'matrix.yaml', good: '6.1', bad: '6.12', test: ['v1'], flavour: 'cloud' },
    ...{ expectFail: false, passes: 2, repeat: 5 },
  },
  inputs: { 'agent guarded': 'sha256:1' },
});

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
    const log = openVersionLog(folder, BEGIN, measurer({ one: 'good' }));
    expect(log.known(candidate('one'))).to.equal(undefined);
    const step = await log.measure(candidate('one'));
    expect(await log.measure(candidate('one'))).to.equal(step);
    expect(log.known(candidate('one'))).to.equal(step);
    expect(measured).to.deep.equal(['one']);
  });

  it('is read again when the bisect goes on, and only what was unclear is measured again', async () => {
    const outcomes = { one: 'good', two: 'unclear', three: 'bad' } as const;
    const log = openVersionLog(folder, BEGIN, measurer(outcomes));
    for (const name of Object.keys(outcomes)) await log.measure(candidate(name));
    measured = [];
    const state = readVersionState(folder);
    expect(state.signature).to.equal('s2-1');
    expect(state.asked).to.deep.equal(BEGIN.asked);
    expect(state.steps.map((step) => step.folder)).to.deep.equal(['one', 'two', 'three']);
    const again = openVersionLog(folder, state, measurer({ ...outcomes, two: 'good' }));
    for (const name of Object.keys(outcomes)) await again.measure(candidate(name));
    expect(measured).to.deep.equal(['two']);
    expect(readVersionState(folder).steps.map(({ label }) => label)).to.have.members([
      ...['one', 'two', 'three'],
    ]);
  });

  it('is not there, or is something else: that is said', async () => {
    expect(() => readVersionState(folder)).to.throw(/has no bisect to resume/);
    await writeFile(join(folder, 'bisect.json'), '{"version": 1, "kind": "bisect"}');
    expect(() => readVersionState(folder)).to.throw(
      /is not the state of a bisect of versions: kind: /,
    );
    await writeFile(join(folder, 'bisect.json'), '{');
    expect(() => readVersionState(folder)).to.throw(/it is no JSON/);
  });

  it('is not resumed with another agent', () => {
    expect(() => checkInputs(BEGIN, { 'agent guarded': 'sha256:2' })).to.throw(
      'the bisect cannot be resumed: agent guarded changed since it began',
    );
    checkInputs(BEGIN, BEGIN.inputs);
  });

  it('is parsed, whatever it contains, to a state or to a fault', async () => {
    openVersionLog(folder, BEGIN, measurer({}));
    const text = await readFile(join(folder, 'bisect.json'), 'utf8');
    expect(parseVersionState(text)).to.deep.equal(BEGIN);
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json(), fc.constant('['.repeat(20_000))), (content) => {
        expect(parseVersionState(content)).to.have.property('fault');
      }),
    );
  });
});
