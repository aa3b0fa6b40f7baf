import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import fc from 'fast-check';
import { exportCache } from '../cache/archive/export-cache.ts';
import { importCache } from '../cache/archive/import-cache.ts';
import { mergeLastRuns, parseLastRuns, readLastRuns, updateLastRuns } from './last-runs.ts';

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

  it('is of each cell the run that ended later once that of another cache is added', async () => {
    const own = { both: { at, isBad: true, durationMs: 1 }, own: { at, isBad: false } };
    const newer = { at: later, isBad: false };
    const other = { both: newer, other: { at, isBad: true, durationMs: 2 } };
    const textOf = (cells: object) => JSON.stringify({ version: 1, cells });
    await updateLastRuns(cache, new Map(Object.entries(own)));
    expect(await mergeLastRuns(cache, textOf(other))).to.equal(true);
    const merged = { ...own, ...other, both: { ...newer, durationMs: 1 } };
    expect(await read()).to.deep.equal(merged);
    for (const nothingNew of [textOf(other), textOf(own), textOf({}), 'broken', '{"cells":1}']) {
      expect(await mergeLastRuns(cache, nothingNew), nothingNew).to.equal(false);
    }
    expect(await read()).to.deep.equal(merged);
  });

  it('goes from one cache to another in an archive', async () => {
    const [from, file] = [join(cache, 'from'), join(cache, 'archive.tar')];
    await updateLastRuns(from, new Map([['one', { at: later, isBad: true }]]));
    const bytesMax = 1_000_000;
    await exportCache({ root: from, file, parts: ['results'], bytesMax, usedSince: undefined });
    await updateLastRuns(cache, new Map([['one', { at, isBad: false, durationMs: 1 }]]));
    const arrive = () => importCache({ root: cache, file, bytesMax, mergeLastRuns });
    expect(await arrive()).to.deep.equal([{ key: 'last-runs', arrival: 'added' }]);
    expect(await read()).to.deep.equal({ one: { at: later, isBad: true, durationMs: 1 } });
    expect(await arrive()).to.deep.equal([{ key: 'last-runs', arrival: 'there' }]);
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
