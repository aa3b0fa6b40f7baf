import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import fc from 'fast-check';
import { parseLastRuns, readLastRuns, updateLastRuns } from './last-runs.ts';

const at = '2026-11-25T10:00:00.000Z';
const later = '2026-11-26T10:00:00.000Z';

describe('what is known of the last run of a cell', () => {
  let cache: string;
  beforeEach(async () => {
    cache = await mkdtemp(join(tmpdir(), 'kmx-last-runs-'));
  });
  afterEach(() => rm(cache, { recursive: true }));

  const read = async () => Object.fromEntries(await readLastRuns(cache));

  it('is the last known state of each, and how long it took when all of it ran', async () => {
    expect(await read()).to.deep.equal({});
    const one = { at, isBad: false, durationMs: 1 };
    const two = { at, isBad: false, durationMs: 2 };
    await updateLastRuns(cache, new Map(Object.entries({ one, two })));
    await updateLastRuns(cache, new Map([['two', { at: later, isBad: true }]]));
    expect(await read()).to.deep.equal({ one, two: { at: later, isBad: true, durationMs: 2 } });
  });

  it('is nothing if the file is broken, which is then replaced', async () => {
    await writeFile(join(cache, 'last-runs.json'), '{"version":1,"cells":{"one":{"at":-');
    expect(await read()).to.deep.equal({});
    await updateLastRuns(cache, new Map([['two', { at, isBad: false }]]));
    expect(await read()).to.deep.equal({ two: { at, isBad: false } });
  });

  it('is comparable, whatever the file holds', () => {
    const run = fc.record({
      at: fc.jsonValue(),
      isBad: fc.jsonValue(),
      durationMs: fc.jsonValue(),
    });
    const any = fc.oneof(
      fc.string(),
      fc.jsonValue().map((value) => JSON.stringify(value)),
      fc
        .dictionary(fc.string(), fc.oneof(fc.jsonValue(), run))
        .map((cells) => JSON.stringify({ version: 1, cells })),
    );
    fc.assert(
      fc.property(any, (text) => {
        for (const last of parseLastRuns(text).values()) {
          expect(last.durationMs ?? 0).to.be.at.least(0);
          expect(Date.parse(last.at)).not.to.be.NaN;
        }
      }),
    );
  });
});
