import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { InfraError, UsageError } from '../../errors.ts';
import type { Wanted } from '../../kconfig/fragments/request.ts';
import type { BuiltSource, KconfigRequest } from '../../matrix/matrix.ts';
import { readBase } from './base-config.ts';
import type { BuildContext } from './build-context.ts';
import type { ConfiguredKernel } from './configured-kernel.ts';
import { configureBuilt, findConfiguredBuilt } from './source-kernel.ts';
import { MiniatureCompiler, writeMiniatureTree } from './testing/miniature-tree.ts';

const NOTHING: KconfigRequest = { fragments: [], symbols: {} };

function wantedOf(symbols: KconfigRequest['symbols']): Wanted {
  const requests = Object.entries(symbols).map(([symbol, value]) => ({
    symbol,
    value,
    file: 'test',
  }));
  return new Map(requests.map((request) => [request.symbol, request]));
}

describe('a kernel that is configured here', () => {
  let folder: string;
  let compiler: MiniatureCompiler;
  let context: BuildContext;
  let notes: string[];
  const path = (...names: readonly string[]) => join(folder, ...names);
  const source = (changes: Partial<BuiltSource> = {}): BuiltSource => ({
    kind: 'source',
    tree: { kind: 'folder', path: path('linux') },
    base: { kind: 'tinyconfig' },
    request: NOTHING,
    ...changes,
  });
  const asking = (symbols: KconfigRequest['symbols'], ...fragments: string[]) =>
    source({ request: { symbols, fragments } });
  const configure = (wanted: BuiltSource, extra?: KconfigRequest): Promise<ConfiguredKernel> =>
    configureBuilt(wanted, extra, context);
  const fail = async (wanted: BuiltSource, extra?: KconfigRequest) => {
    const error: unknown = await configure(wanted, extra).then(
      () => undefined,
      (fault: unknown) => fault,
    );
    expect(error).to.be.instanceOf(UsageError);
    expect(await readdir(path('cache/temporary')).catch(() => [])).to.deep.equal([]);
    return error as UsageError;
  };
  const goals = () => compiler.runs.map(({ goal }) => goal);

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kmx-configure-'));
    await writeMiniatureTree(path('linux'));
    compiler = new MiniatureCompiler();
    notes = [];
    context = {
      cacheRoot: path('cache'),
      compiler: async () => compiler,
      onProgress: (progress) => {
        if (progress.kind === 'note') notes.push(progress.text);
      },
    };
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('has what was asked for, and what make made of the rest', async () => {
    const configured = await configure(asking({ CGROUPS: 'y', CPUSETS: 'y', EXPERT: 'n' }));
    expect(await readFile(configured.config, 'utf8')).to.equal(
      [
        '#',
        '# Linux/x86 6.12.3 Kernel Configuration',
        '#',
        'CONFIG_CGROUPS=y',
        'CONFIG_CPUSETS=y',
        '# CONFIG_CPUSETS_V1 is not set',
        '# CONFIG_EXPERT is not set',
        '',
      ].join('\n'),
    );
    expect(configured.effective.version).to.equal('6.12.3');
    expect([...configured.requested]).to.deep.equal([
      ['CGROUPS', 'y'],
      ['CPUSETS', 'y'],
      ['EXPERT', 'n'],
    ]);
    expect(configured.origin).to.equal(`source tree ${path('linux')}, tinyconfig, 3 symbols`);
  });

  it('is configured once, and the base that several share is, too', async () => {
    const wanted = asking({ CGROUPS: 'y' });
    expect(await findConfiguredBuilt(wanted, undefined, context)).to.equal(undefined);
    const first = await configure(wanted);
    expect(goals()).to.deep.equal(['tinyconfig', 'olddefconfig']);
    expect((await configure(wanted)).config).to.equal(first.config);
    const found = await findConfiguredBuilt(wanted, undefined, context);
    expect(found?.config).to.equal(first.config);
    expect(goals()).to.have.length(2);
    await configure(asking({ CGROUPS: 'n' }));
    expect(goals()).to.deep.equal(['tinyconfig', 'olddefconfig', 'olddefconfig']);
  });

  it('is configured anew for other sources, another compiler or another base', async () => {
    await configure(source());
    await writeMiniatureTree(path('linux'), { 'more.c': '' });
    await configure(source());
    expect(goals()).to.have.length(4);
    compiler = Object.assign(new MiniatureCompiler(), { digest: 'sha256:other' });
    await configure(source());
    await configure(source({ base: { kind: 'defconfig' } }));
    expect(goals()).to.deep.equal(['tinyconfig', 'olddefconfig', 'defconfig', 'olddefconfig']);
  });

  it('begins with the minimal configuration of kmx, all else off', async () => {
    await configure(source({ base: { kind: 'minimal' } }));
    expect(goals()).to.deep.equal(['allnoconfig', 'olddefconfig']);
    expect(compiler.runs[0]?.environment).to.have.property('KCONFIG_ALLCONFIG');
  });

  it('begins with a file, or with the configuration of another kernel', async () => {
    const text = '# Linux/x86 6.12.0 Kernel Configuration\nCONFIG_CGROUPS=y\nCONFIG_EXPERT=y\n';
    await writeFile(path('my.config'), text);
    const file = await configure(source({ base: { kind: 'file', path: path('my.config') } }));
    expect(file.effective.symbols.get('CGROUPS')).to.equal('y');
    expect(file.origin).to.include(', my.config');
    context = {
      ...context,
      configOf: async (name) => ({ path: path(`${name}.config`), isOurs: false }),
    };
    const kernel = await configure(source({ base: { kind: 'kernel', name: 'my' } }));
    expect(kernel.digest).to.equal(file.digest);
    expect(kernel.origin).to.include(', config of my');
  });

  it("leaves out a packaged kernel's debug information unless it is requested", async () => {
    const lines = [
      'CONFIG_CGROUPS=y',
      'CONFIG_DEBUG_INFO=y',
      '# CONFIG_DEBUG_INFO_NONE is not set',
      'CONFIG_DEBUG_INFO_DWARF5=y',
      'CONFIG_DEBUG_INFO_BTF=y',
      'CONFIG_DEBUG_INFOS=y',
      '',
    ];
    await writeFile(path('deb.config'), lines.join('\n'));
    const base = { kind: 'kernel', name: 'deb' } as const;
    const begun = async (isOurs: boolean, symbols: KconfigRequest['symbols'] = {}) => {
      notes = [];
      context = { ...context, configOf: async () => ({ path: path('deb.config'), isOurs }) };
      const { text = '' } = await readBase(base, wantedOf(symbols), context);
      return text.split('\n');
    };
    expect(await begun(false)).to.deep.equal([
      'CONFIG_CGROUPS=y',
      ...['', '', '', ''],
      'CONFIG_DEBUG_INFOS=y',
      '# CONFIG_DEBUG_INFO is not set',
      'CONFIG_DEBUG_INFO_NONE=y',
      '',
    ]);
    expect(await begun(false, { DEBUG_INFO_BTF: 'y' })).to.deep.equal(lines);
    expect(await begun(true)).to.deep.equal(lines);
    context = {
      ...context,
      configOf: async () => ({ path: path('deb.config'), isOurs: false }),
    };
    await configure(source({ base }));
    expect(notes).to.deep.equal([
      'built without the debug information and BTF of the config of deb; request CONFIG_DEBUG_INFO_BTF=y to have it',
    ]);
  });

  it('leaves out files that only the author of the base has', async () => {
    const keys = 'CONFIG_SYSTEM_TRUSTED_KEYS="debian/certs/keys.pem"';
    await writeFile(path('my.config'), `CONFIG_CGROUPS=y\n${keys}\n`);
    await configure(source({ base: { kind: 'file', path: path('my.config') } }));
    expect(notes).to.have.length(1);
    expect(notes[0]).to.include(keys).and.to.include('my.config');
  });

  it('takes fragments in their order, then symbols, and what a config of the matrix adds', async () => {
    await writeFile(path('a.config'), 'CONFIG_CGROUPS=y\nCONFIG_CPUSETS=y\n');
    await mkdir(path('kata'));
    await writeFile(path('kata/b.conf'), '# CONFIG_CPUSETS is not set\n');
    await writeFile(path('kata/a.conf'), 'CONFIG_EXPERT=y\n');
    await writeFile(path('kata/s390.conf'), '# !x86_64\nCONFIG_S390=y\n');
    await writeFile(path('kata/README'), 'no fragment');
    const wanted = asking({ EXPERT: 'n' }, path('a.config'), path('kata'));
    const { effective, origin } = await configure(wanted, {
      fragments: [],
      symbols: { EXPERT: 'y' },
    });
    expect([...effective.symbols]).to.deep.equal([
      ['CGROUPS', 'y'],
      ['CPUSETS', undefined],
      ['EXPERT', 'y'],
    ]);
    expect(origin).to.include(', tinyconfig + a.config + kata, 1 symbol');
    expect(notes.filter((note) => note.includes('overrides'))).to.have.length(3);
  });

  it('is refused with every symbol that did not take, and what it lacks', async () => {
    const error = await fail(asking({ CPUSETS_V1: 'y', CPUSET_V1: 'y', EXPERT: 'y' }));
    expect(error).to.have.property('code', 'LOST_SYMBOLS');
    expect(error.message).to.include('2 requested symbols did not take');
    expect(error.output)
      .to.include('CPUSETS_V1=y (symbols) did not take')
      .and.to.include('CGROUPS')
      .and.to.include('CPUSET_V1=y (symbols) did not take: Linux 6.12.3 has no symbol');
    const again = await fail(asking({ CPUSETS_V1: 'y', CPUSET_V1: 'y', EXPERT: 'y' }));
    expect(again.output).to.equal(error.output);
  });

  it('is refused for a contradiction alone where another request rules a symbol out', async () => {
    const error = await fail(asking({ CGROUPS: 'n', CPUSETS: 'y', CPUSET_V1: 'y' }));
    expect(error.output?.split('\n')).to.have.length(2);
    expect(error.output)
      .to.match(
        /^CPUSETS=y \(symbols\) depends on CGROUPS, which CGROUPS=n \(symbols\) rules out$/m,
      )
      .and.to.match(/^CPUSET_V1=y \(symbols\) did not take: /m);
  });

  it('may lack what a file says may be absent', async () => {
    await writeFile(path('whitelist.conf'), '# of other versions\nCONFIG_CPUSET_V1\n\n');
    const request = { symbols: { CPUSET_V1: 'y' }, fragments: [] };
    const { effective } = await configure(source({ request, mayBeAbsent: path('whitelist.conf') }));
    expect(effective.symbols.has('CPUSET_V1')).to.equal(false);
    await writeFile(path('whitelist.conf'), 'CONFIG_X=y\n');
    const error = await fail(source({ request, mayBeAbsent: path('whitelist.conf') }));
    expect(error.message).to.include('whitelist.conf:1: expected a symbol');
  });

  it('is refused before anything else if a request contradicts itself or says nothing', async () => {
    await writeFile(path('a.config'), 'CONFIG_PSI=y\n\nCONFIG_PSI=n\n');
    const error = await fail(asking({}, path('a.config')));
    expect(error).to.have.property('code', 'CONTRADICTION');
    expect(error.output).to.include('a.config:1').and.to.include('a.config:3');
    await writeFile(path('a.config'), 'PSI: yes\nCONFIG_X=maybe\n\0\n');
    const bad = await fail(asking({}, path('a.config')));
    expect(bad).to.have.property('code', 'BAD_FRAGMENT');
    expect(bad.output).to.include('a.config:1:1').and.to.include('a.config:2');
    expect(goals()).to.deep.equal([]);
  });

  for (const [fragment, found] of [
    ['debugg', 'did you mean debug?'],
    ['./no/such.config', 'no such file'],
    ['/dev/zero', 'a device'],
  ] as const) {
    it(`is refused if there is no fragment ${fragment}`, async () => {
      const error = await fail(asking({}, fragment));
      expect(error).to.have.property('code', 'NO_FRAGMENT');
      expect(`${error.message} ${error.remedy}`).to.include(found);
    });
  }

  it('is refused with what make says if that fails', async () => {
    compiler.fault = 'Kconfig:7: syntax error';
    const error = await fail(source());
    expect(error).to.have.property('code', 'CONFIGURE_FAILED');
    expect(error.output).to.equal('Kconfig:7: syntax error');
  });

  it('is refused if its sources change meanwhile', async () => {
    const run = compiler.run;
    Object.assign(compiler, {
      run: async (...parameters: Parameters<typeof run>) => {
        await writeMiniatureTree(path('linux'), { 'more.c': '' });
        return await run(...parameters);
      },
    });
    expect(await fail(source())).to.have.property('code', 'TREE_CHANGED');
  });

  it('is not even unpacked for a compiler that cannot be run', async () => {
    const lack = new InfraError('no container engine can be used', { code: 'NO_ENGINE' });
    Object.assign(compiler, { check: () => Promise.reject(lack) });
    const error = await configure(source()).catch((fault: unknown) => fault);
    expect(error).to.equal(lack);
    expect(goals()).to.deep.equal([]);
  });

  it('is refused where Kbuild cannot work', async () => {
    context = { ...context, cacheRoot: path('my cache') };
    expect((await fail(source())).message).to.include("with ' ' in its path");
  });
});
