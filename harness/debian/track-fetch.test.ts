import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import type { FetchProgress } from './fetch-progress.ts';
import { sizeOf, sizeOfFilesIn, trackFetch } from './track-fetch.ts';

describe('a fetch that is tracked', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'kmx-track-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('tells what is there at its begin, as it grows, and at its end', async () => {
    const file = join(folder, 'a.deb');
    const told: FetchProgress[] = [];
    const second = Promise.withResolvers<void>();
    const result = await trackFetch(
      {
        ...{ what: 'a', bytesTotal: 30 },
        countBytes: () => sizeOf(file),
        onProgress(progress) {
          told.push(progress);
          if (told.length === 2) second.resolve();
        },
      },
      async () => {
        writeFileSync(file, '0123456789');
        await second.promise;
        appendFileSync(file, '0123456789'.repeat(2));
        return 'done';
      },
    );
    expect(result).to.equal('done');
    expect(told).to.deep.equal([
      { kind: 'fetching', what: 'a', bytes: 0, bytesTotal: 30 },
      { kind: 'fetching', what: 'a', bytes: 10, bytesTotal: 30 },
      { kind: 'fetched', what: 'a', bytes: 30 },
    ]);
  });

  it('tells that it failed, and fails', async () => {
    const told: FetchProgress[] = [];
    const failed = await trackFetch(
      { what: 'a', countBytes: () => 0, onProgress: (progress) => told.push(progress) },
      () => Promise.reject(new Error('no network')),
    ).catch((error: unknown) => error);
    expect(failed).to.have.property('message', 'no network');
    expect(told).to.deep.equal([
      { kind: 'fetching', what: 'a', bytes: 0 },
      { kind: 'not-fetched', what: 'a' },
    ]);
  });

  it('counts the files of a folder', () => {
    writeFileSync(join(folder, 'a'), '12');
    writeFileSync(join(folder, 'b'), '345');
    expect(sizeOfFilesIn(folder)).to.equal(5);
  });
});
