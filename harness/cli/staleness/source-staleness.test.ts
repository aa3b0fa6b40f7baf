import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { UsageError } from '../../errors.ts';
import type { SourceArchive } from '../../kernels/source/tree/source-archive.ts';
import { BUILT } from '../../lock/testing/sample-lock.ts';
import type { BuiltSource } from '../../matrix/matrix.ts';
import { findStaleSources } from './source-staleness.ts';

const PACKAGE = 'linux-source-6.12';
const NAME = 'source-6.12+v1-on';
const fileOf = (version: string) => ({
  package: PACKAGE,
  file: `pool/main/l/linux/${PACKAGE}_${version}_all.deb`,
  sha256: '0'.repeat(64),
});

let cacheRoot = '';
before(async () => {
  cacheRoot = await mkdtemp(join(tmpdir(), 'kmx-sources-'));
});
after(() => rm(cacheRoot, { recursive: true }));

function look(listed: readonly string[] | UsageError, wanted = PACKAGE) {
  const source: BuiltSource = {
    kind: 'source',
    tree: { kind: 'debian-source', suites: ['trixie'], package: wanted },
    base: { kind: 'minimal' },
    request: { fragments: [], symbols: {} },
  };
  const guest = { bootParameters: [], leaveUnmounted: [] };
  const configs = new Map([['v1-on', { ...guest, kconfig: { fragments: [], symbols: {} } }]]);
  const debian = {
    package: PACKAGE,
    version: '6.12.117-1',
    suite: 'trixie',
    files: [fileOf('6.12.117-1')],
  };
  const archive: Pick<SourceArchive, 'listSuite'> = {
    async listSuite(suite) {
      if (listed instanceof UsageError) throw listed;
      const packages = listed.map((version) => ({
        ...fileOf(version),
        ...{ name: PACKAGE, version, bytes: 1, needs: [] },
      }));
      return { suite, archive: 'file:/', packages };
    },
  };
  const lock = { kernels: new Map([[NAME, { ...BUILT, debian }]]), agents: new Map() };
  const matrix = { kernels: new Map([['source-6.12', source]]), configs };
  return findStaleSources(matrix, lock, lock.kernels.keys(), { archive, cacheRoot });
}

describe('locked sources of kernels', () => {
  it('are outdated once Debian has newer ones', async () => {
    expect(await look(['6.12.117-1', '6.12.118-1'])).to.deep.equal({
      outdated: [{ name: NAME, locked: '6.12.117-1', newest: '6.12.118-1 (trixie)' }],
      ...{ missing: [], unknown: [] },
    });
  });

  it('are not if these are the newest, or the matrix names their version', async () => {
    const nothing = { outdated: [], missing: [], unknown: [] };
    expect(await look(['6.12.117-1', '6.12.9-1'])).to.deep.equal(nothing);
    const exact = `${PACKAGE}=6.12.117-1`;
    expect(await look(['6.12.117-1', '6.12.118-1'], exact)).to.deep.equal(nothing);
  });

  it('are missing since a list first lacked them, until they are back', async () => {
    const [first] = (await look(['6.12.118-1'])).missing;
    expect(first).to.include({ name: NAME, package: PACKAGE, file: fileOf('6.12.117-1').file });
    expect((await look([])).missing).to.deep.equal([first]);
    expect((await look(['6.12.117-1'])).missing).to.deep.equal([]);
  });

  it('may be without anybody being able to tell, which is said', async () => {
    const fault = new UsageError('no such suite', { code: 'NO_SUITE' });
    expect(await look(fault)).to.deep.equal({
      ...{ outdated: [], missing: [], unknown: ['no such suite'] },
    });
  });
});
