import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { UsageError } from '../errors.ts';
import {
  describeExport,
  describeImport,
  importCacheFrom,
  parseAge,
  parseParts,
} from './cache-archive.ts';

describe('the archive of the cache on the command line', () => {
  it('has all parts, or those that are named, in the order of their worth', () => {
    expect(parseParts(undefined)).to.deep.equal(['kernels', 'templates', 'results']);
    expect(parseParts('kernels,L1')).to.deep.equal(['kernels', 'L1']);
    expect(parseParts('results, kernels')).to.deep.equal(['kernels', 'results']);
    expect(() => parseParts('kernels,guests')).to.throw(UsageError, 'found "guests"');
  });

  it('takes ages in days', () => {
    const now = Date.parse('2026-03-10T12:00:00Z');
    expect(parseAge('3d', now)).to.deep.equal(new Date('2026-03-07T12:00:00Z'));
    expect(parseAge(undefined, now)).to.equal(undefined);
    for (const wrong of ['3', 'd', '-1d', '3h', '99999d']) {
      expect(() => parseAge(wrong, now)).to.throw(UsageError, '3d');
    }
  });

  it('is summed up by what it has, and what it lacks with the reason', () => {
    const template = (number: number) => `templates/6.1-L2-${number}`;
    const text = describeExport(
      {
        bytes: 300 * 1024 ** 2,
        items: [
          { key: 'kernels/linux', bytes: 200 * 1024 ** 2 },
          { key: template(1), bytes: 60 * 1024 ** 2 },
          { key: template(2), bytes: 40 * 1024 ** 2 },
        ],
        leftOut: [
          { key: template(3), why: 'no-room' },
          { key: 'kernels/old', why: 'damaged', damage: 'boot/vmlinuz: it is gone' },
        ],
      },
      'ci/kmx-cache.tar',
    );
    expect(text.split('\n')).to.deep.equal([
      '300 MiB in ci/kmx-cache.tar',
      '   200 MiB  1 kernel package',
      '   100 MiB  2 saved guests',
      'left out: 1 saved guest: no room within --max-size; what is worth most went first',
      'left out: 1 kernel package: damaged, or removed meanwhile',
      '  kernels/old: boot/vmlinuz: it is gone',
      '',
    ]);
    const items = [
      { key: template(1), arrival: 'added' },
      { key: 'results/a', arrival: 'added' },
      { key: 'results/b', arrival: 'added' },
    ] as const;
    expect(describeImport(items, '/cache')).to.equal(
      'added to /cache: 1 saved guest, 2 sets of results\nthere already: nothing\n',
    );
  });

  it('must be there to be imported, as a file or in a folder', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'kmx-cli-'));
    try {
      const error = await importCacheFrom(folder, {}).catch((it) => it);
      expect(error).to.be.instanceOf(UsageError).with.property('code', 'NO_ARCHIVE');
      expect(error.message).to.contain(join(folder, 'kmx-cache.tar'));
      expect(await readdir(folder)).to.deep.equal([]);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
