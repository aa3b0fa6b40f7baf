import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import fc from 'fast-check';
import { parseDurations, readCellDurations, updateCellDurations } from './cell-durations.ts';

describe('durations of cells', () => {
  let cache: string;
  beforeEach(async () => {
    cache = await mkdtemp(join(tmpdir(), 'kmx-durations-'));
  });
  afterEach(() => rm(cache, { recursive: true }));

  it('are the last known ones of each cell', async () => {
    expect((await readCellDurations(cache)).size).to.equal(0);
    await updateCellDurations(
      cache,
      new Map([
        ['one', 1],
        ['two', 2],
      ]),
    );
    await updateCellDurations(cache, new Map([['two', 3]]));
    expect(Object.fromEntries(await readCellDurations(cache))).to.deep.equal({ one: 1, two: 3 });
  });

  it('are unknown if the file is broken, and replace it', async () => {
    await writeFile(join(cache, 'cell-durations.json'), '{"version":1,"cells":{"one":-');
    expect((await readCellDurations(cache)).size).to.equal(0);
    await updateCellDurations(cache, new Map([['two', 2]]));
    expect(Object.fromEntries(await readCellDurations(cache))).to.deep.equal({ two: 2 });
  });

  it('are comparable numbers, whatever the file holds', () => {
    const any = fc.oneof(
      fc.string(),
      fc.jsonValue().map((value) => JSON.stringify(value)),
      fc
        .dictionary(fc.string(), fc.jsonValue())
        .map((cells) => JSON.stringify({ version: 1, cells })),
    );
    fc.assert(
      fc.property(any, (text) => {
        for (const ms of parseDurations(text).values()) expect(ms).to.be.at.least(0);
      }),
    );
  });
});
