import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { UsageError } from '../../errors.ts';
import type { SuiteKernels } from '../../kernels/debian/choose-kernel.ts';
import type { KernelArchive } from '../../kernels/debian/kernel-archive.ts';
import type { DebianPackage } from '../../kernels/debian/package-list.ts';
import { PACKAGED } from '../../lock/testing/sample-lock.ts';
import type { DebianSource } from '../../matrix/matrix.ts';
import { findStalePackages } from './package-staleness.ts';

const SOURCE: DebianSource = {
  ...{ kind: 'debian-series', suites: ['bookworm'], series: '6.1', flavour: 'cloud' },
  ...{ sha256: {}, unlisted: 'refuse' },
};
const [LOCKED] = PACKAGED.debian?.files ?? [];
if (LOCKED === undefined) throw new Error('the sample has no package');

const SAME: DebianPackage = {
  ...{ name: LOCKED.package, version: '6.1.176-1', file: LOCKED.file, sha256: LOCKED.sha256 },
  ...{ bytes: 1, needs: [] },
};
const NEWER: DebianPackage = {
  name: 'linux-image-6.1.0-51-cloud-amd64',
  version: '6.1.180-1',
  file: 'pool/main/l/linux-signed-amd64/linux-image-6.1.0-51-cloud-amd64_6.1.180-1_amd64.deb',
  ...{ sha256: 'a'.repeat(64), bytes: 1, needs: [] },
};

/** An archive that only has lists; it cannot be asked for anything else. */
function archiveOf(packages: readonly DebianPackage[] | UsageError): KernelArchive {
  const refuse = async () => {
    throw new Error('Expected only lists to be read');
  };
  return {
    locate: refuse,
    fetch: refuse,
    async listSuite(suite): Promise<SuiteKernels> {
      if (packages instanceof UsageError) throw packages;
      return { suite, archive: 'http://mirror.example/debian', packages };
    },
  };
}

describe('A lock, when the archive has moved on', () => {
  let cacheRoot = '';
  beforeEach(async () => {
    cacheRoot = await mkdtemp(join(tmpdir(), 'kmx-stale-'));
  });
  afterEach(() => rm(cacheRoot, { recursive: true }));

  const look = (packages: readonly DebianPackage[] | UsageError) =>
    findStalePackages(
      { kernels: new Map([['debian-6.1', SOURCE]]) },
      { kernels: new Map([['debian-6.1', PACKAGED]]), agents: new Map() },
      ['debian-6.1'],
      { cacheRoot, onProgress: () => undefined },
      archiveOf(packages),
    );

  it('is as good as new while the list has what it names', async () => {
    const nothing = { outdated: [], missing: [], unknown: [] };
    expect(await look([SAME])).to.deep.equal(nothing);
  });

  it('is outdated once there is something newer', async () => {
    const { outdated, missing } = await look([SAME, NEWER]);
    const newest = '6.1.180-1 (bookworm)';
    expect(outdated).to.deep.equal([{ name: 'debian-6.1', locked: '6.1.176-1', newest }]);
    expect(missing).to.deep.equal([]);
  });

  it('lacks packages since they were first missed, until they are back', async () => {
    const [first] = (await look([NEWER])).missing;
    expect(first).to.include({ name: 'debian-6.1', package: LOCKED.package, file: LOCKED.file });
    expect(Date.parse(first?.since ?? '')).to.be.closeTo(Date.now(), 60_000);
    expect((await look([])).missing).to.deep.equal([first]);
    // Other bytes by the same name are another package.
    expect((await look([{ ...SAME, sha256: 'b'.repeat(64) }])).missing).to.deep.equal([first]);
    expect((await look([SAME])).missing).to.deep.equal([]);
    const [again] = (await look([])).missing;
    expect(Date.parse(again?.since ?? '')).to.be.at.least(Date.parse(first?.since ?? ''));
  });

  it('may be outdated without anybody being able to tell, which is said', async () => {
    const gone = new UsageError("'bookworm' is not a suite", { code: 'NO_SUITE' });
    expect(await look(gone)).to.deep.equal({
      ...{ outdated: [], missing: [], unknown: [gone.message] },
    });
  });
});
