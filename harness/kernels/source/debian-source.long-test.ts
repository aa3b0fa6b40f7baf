import { expect } from 'chai';
import { cacheRoot } from '../../cache/cache-root.ts';
import { UsageError } from '../../errors.ts';
import type { BuiltSource, KconfigRequest } from '../../matrix/matrix.ts';
import type { BuildContext } from './build-context.ts';
import { configureBuilt } from './source-kernel.ts';

// Needs the network for Debian's sources unless the cache has them, and what kernels are configured with.
describe("Debian's sources of Linux 6.12", () => {
  const context: BuildContext = { cacheRoot: cacheRoot(process.env), onProgress: () => {} };
  const source: BuiltSource = {
    kind: 'source',
    tree: {
      kind: 'debian-source',
      suites: ['trixie', 'trixie-security'],
      package: 'linux-source-6.12',
    },
    base: { kind: 'minimal' },
    request: { fragments: [], symbols: {} },
  };
  const configure = (symbols: KconfigRequest['symbols'], ...fragments: string[]) =>
    configureBuilt(source, { symbols, fragments }, context);

  it('are configured with the v1 controllers and without them', async () => {
    const on = await configure({ CPUSETS_V1: 'y', MEMCG_V1: 'y' });
    const off = await configure({ CPUSETS_V1: 'n', MEMCG_V1: 'n' });
    const differing = [...on.effective.symbols]
      .filter(([symbol, value]) => off.effective.symbols.get(symbol) !== value)
      .map(([symbol]) => symbol);
    expect(differing).to.include.members(['CPUSETS_V1', 'MEMCG_V1']);
    expect(on.effective.version).to.match(/^6\.12\.\d+$/);
    expect(on.effective.symbols.get('IKCONFIG_PROC')).to.equal('y');
  });

  it('take all fragments of kmx', async () => {
    const { effective } = await configure({}, 'cgroups-all', 'debug');
    expect(effective.symbols.get('CGROUP_PIDS')).to.equal('y');
    expect(effective.symbols.get('KASAN')).to.equal('y');
  });

  it('say what a symbol lacks that did not take', async () => {
    const error: unknown = await configure({ BFQ_GROUP_IOSCHED: 'y', CPUSETSV1: 'y' }).then(
      () => undefined,
      (fault: unknown) => fault,
    );
    expect(error).to.be.instanceOf(UsageError).with.property('code', 'LOST_SYMBOLS');
    expect(error)
      .to.have.property('output')
      .that.includes('CONFIG_BLOCK=y')
      .and.includes('did you mean CPUSETS_V1');
  });
});
