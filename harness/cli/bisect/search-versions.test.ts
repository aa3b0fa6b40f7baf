import { expect } from 'chai';
import type { Outcome } from '../../bisect/outcome.ts';
import type { Step } from '../../bisect/search-state.ts';
import { rowBetween } from '../../bisect/version-row.ts';
import type { Candidate } from './candidates.ts';
import { searchVersions } from './search-versions.ts';
import { describeFound } from './tell-versions.ts';
import type { VersionLog } from './version-log.ts';

const SOURCE = { kind: 'path', image: 'vmlinuz' } as const;

describe('the search of a bisect of versions', () => {
  let lines: string[];
  beforeEach(() => {
    lines = [];
  });

  /** Searches among kernels whose outcomes are given by label. */
  async function search(
    outcomes: Readonly<Record<string, Outcome>>,
    ends = { good: '1', bad: '9' },
  ): Promise<readonly string[]> {
    const steps = new Map<string, Step>();
    const log: VersionLog = {
      known: ({ label }) => steps.get(label),
      async measure({ label }) {
        const outcome = outcomes[label] as Outcome;
        const why = outcome === 'good' ? 'passes' : `${outcome} ${label}`;
        const step = { key: label, name: label, outcome, why, folder: label, durationMs: 1500 };
        steps.set(label, step);
        return step;
      },
    };
    const candidates = Object.keys(outcomes).map(
      (label): Candidate => ({ label, kernel: { name: label, source: SOURCE } }),
    );
    const row = rowBetween(candidates, ends);
    if ('kind' in row) throw new Error(row.kind);
    const found = await searchVersions(row, { log, print: (line) => void lines.push(line) });
    return describeFound(found, log);
  }

  it('measures both ends first, then halves, with a line for each kernel', async () => {
    const answer = await search({
      ...{ '1.0': 'good', '2.0': 'good', '3.0': 'good', '4.0': 'bad', '9.0': 'bad' },
    });
    expect(lines).to.deep.equal([
      '1.0  good  passes  (named as good; 1 s)',
      '9.0  bad  bad 9.0  (named as bad; 1 s)',
      '3.0  good  passes  (between 1.0 and 9.0, at most 2 steps left; 1 s)',
      '4.0  bad  bad 4.0  (between 3.0 and 9.0, at most 1 step left; 1 s)',
    ]);
    expect(answer).to.deep.equal([
      '4.0 is the first that fails, 3.0 the last that passes.',
      '  4.0: bad 4.0',
    ]);
  });

  it('replaces an unclear end by the next kernel of the same name', async () => {
    await search({ '1.0': 'unclear', '1.1': 'good', '9.0': 'bad', '9.1': 'unclear' });
    expect(lines.map((line) => line.split(' ')[0])).to.deep.equal(['1.0', '1.1', '9.1', '9.0']);
  });

  it('names unclear kernels instead of guessing', async () => {
    const answer = await search({ '1.0': 'good', '2.0': 'unclear', '9.0': 'bad' });
    expect(answer).to.deep.equal([
      'The first that fails is after 1.0, which passes, and not after 9.0.',
      '  9.0: bad 9.0',
      '  2.0 is unclear: unclear 2.0',
    ]);
  });

  it('says what fails last if the newer kernels pass', async () => {
    const ends = { good: '9', bad: '1' };
    expect(await search({ '1.0': 'bad', '2.0': 'bad', '9.0': 'good' }, ends)).to.deep.equal([
      '2.0 is the last that fails, 9.0 the first that passes.',
      '  2.0: bad 2.0',
    ]);
    expect(await search({ '1.0': 'bad', '2.0': 'unclear', '9.0': 'good' }, ends)).to.deep.equal([
      'The first that passes is after 1.0, which fails, and not after 9.0.',
      '  1.0: bad 1.0',
      '  2.0 is unclear: unclear 2.0',
    ]);
  });

  it('is refused if an end is not what it was named as', async () => {
    const refused = await search({ '1.0': 'bad', '9.0': 'bad' }).catch((error: unknown) => error);
    expect(refused).to.include({ name: 'UsageError', code: 'END_REFUTED' });
    expect((refused as Error).message).to.equal('1.0 was named as good, but is bad: bad 1.0');
    const passing = await search({ '1.0': 'good', '9.0': 'good' }).catch((error: unknown) => error);
    expect((passing as Error).message).to.equal('9.0 was named as bad, but is good: passes');
  });

  it('ends if all kernels of an end are unclear, and says why', async () => {
    const error = await search({ '1.0': 'unclear', '1.1': 'unclear', '9.0': 'bad' }).catch(
      (reason: unknown) => reason,
    );
    expect(error).to.include({
      ...{ name: 'InfraError', code: 'END_UNCLEAR' },
      output: '1.0: unclear 1.0\n1.1: unclear 1.1',
    });
  });
});
