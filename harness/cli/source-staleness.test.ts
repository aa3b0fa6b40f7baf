import { expect } from 'chai';
import { UsageError } from '../errors.ts';
import type { SourceArchive } from '../kernels/source/tree/source-archive.ts';
import { BUILT } from '../lock/testing/sample-lock.ts';
import type { BuiltSource } from '../matrix/matrix.ts';
import { findNewerSources } from './source-staleness.ts';

const PACKAGE = 'linux-source-6.12';
const NAME = 'source-6.12+v1-on';

function look(listed: readonly string[] | UsageError, wanted = PACKAGE) {
  const source: BuiltSource = {
    kind: 'source',
    tree: { kind: 'debian-source', suites: ['trixie'], package: wanted },
    base: { kind: 'minimal' },
    request: { fragments: [], symbols: {} },
  };
  const guest = { bootParameters: [], leaveUnmounted: [] };
  const configs = new Map([['v1-on', { ...guest, kconfig: { fragments: [], symbols: {} } }]]);
  const debian = { package: PACKAGE, version: '6.12.117-1', suite: 'trixie', files: [] };
  const archive: Pick<SourceArchive, 'listSuite'> = {
    async listSuite(suite) {
      if (listed instanceof UsageError) throw listed;
      const packages = listed.map((version) => ({
        ...{ name: PACKAGE, version, file: 'pool/x.deb', sha256: '0'.repeat(64) },
        ...{ bytes: 1, needs: [] },
      }));
      return { suite, archive: 'file:/', packages };
    },
  };
  const lock = { kernels: new Map([[NAME, { ...BUILT, debian }]]), agents: new Map() };
  return findNewerSources({ kernels: new Map([['source-6.12', source]]), configs }, lock, archive);
}

describe('locked sources of kernels', () => {
  it('are outdated once Debian has newer ones', async () => {
    expect(await look(['6.12.117-1', '6.12.118-1'])).to.deep.equal({
      outdated: [{ name: NAME, locked: '6.12.117-1', newest: '6.12.118-1 (trixie)' }],
      unknown: [],
    });
  });

  it('are not if these are the newest, or the matrix names their version', async () => {
    const nothing = { outdated: [], unknown: [] };
    expect(await look(['6.12.117-1', '6.12.9-1'])).to.deep.equal(nothing);
    const exact = `${PACKAGE}=6.12.117-1`;
    expect(await look(['6.12.117-1', '6.12.118-1'], exact)).to.deep.equal(nothing);
  });

  it('may be without anybody being able to tell, which is said', async () => {
    const fault = new UsageError('no such suite', { code: 'NO_SUITE' });
    expect(await look(fault)).to.deep.equal({ outdated: [], unknown: ['no such suite'] });
  });
});
