import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import picocolors from 'picocolors';
import { UsageError } from '../errors.ts';
import { widthOf } from '../reporters/table.ts';
import { type CheckOptions, checkKernels, hasEverything } from './check-report.ts';
import { renderCheck } from './check-text.ts';
import { type CheckedKernel, findKernel } from './checked-kernels.ts';
import { loadFeatures, loadNeeds } from './load-needs.ts';
import { listScenarios } from './project.ts';

const { features, agents } = loadNeeds();
const colors = picocolors.createColors(false);

const RECORDED = new URL('../needs/testdata/kernels/', import.meta.url);

async function recorded(release: string): Promise<CheckedKernel> {
  const path = fileURLToPath(new URL(`${release}.config`, RECORDED));
  const matrix = () => Promise.resolve(undefined);
  const kernel = await findKernel(path, { matrix, cacheRoot: '/nowhere' });
  return { ...kernel, name: release, configFrom: release };
}

function optionsOf(names: readonly string[], changes: Partial<CheckOptions> = {}): CheckOptions {
  return {
    kernels: [],
    agents: agents.filter(({ name }) => names.includes(name)),
    features,
    bootParameters: [],
    leaveUnmounted: [],
    scenarios: listScenarios(),
    ...changes,
  };
}

/** Compares the text with a file in testdata/; `KMX_UPDATE=1` writes the file instead. */
function expectFile(name: string, text: string): void {
  const file = new URL(`testdata/${name}`, import.meta.url);
  if (process.env.KMX_UPDATE) writeFileSync(file, text);
  expect(text).to.equal(readFileSync(file, 'utf8'));
}

describe('kmx check', () => {
  it('says what is missing on a kernel, why, and how to mend it', async () => {
    const kernels = [await recorded('6.12.117+deb12-cloud-amd64')];
    const names = ['reference-unguarded', 'reference-guarded', 'kata'];
    const report = checkKernels({ ...optionsOf(names), kernels });
    expectFile('check.txt', renderCheck(report, { colors, width: 100 }));
    expect(hasEverything(report)).to.equal(false);
  });

  it('shows kernels side by side, and what they have in common once', async () => {
    const releases = [
      '5.10.0-46-cloud-amd64',
      '6.1.0-57-cloud-amd64',
      '6.12.118+deb13-cloud-amd64',
    ];
    const kernels = await Promise.all([...releases, '7.3.4+deb13-cloud-amd64'].map(recorded));
    const report = checkKernels({ ...optionsOf(['kata', 'runc']), kernels });
    expectFile('check-several.txt', renderCheck(report, { colors, width: 200 }));
    const [, narrow = ''] = renderCheck(report, { colors, width: 60 }).split('\n\n');
    expect(widthOf(narrow.split('\n'))).to.be.at.most(70);
  });

  it('knows what boot parameters take away, and what guests leave unmounted', async () => {
    const kernels = [await recorded('6.1.0-57-cloud-amd64')];
    const options = { ...optionsOf(['reference-unguarded']), kernels, cgroups: ['v1'] as const };
    expect(hasEverything(checkKernels(options))).to.equal(true);
    const disabled = checkKernels({ ...options, bootParameters: ['cgroup_disable=memory'] });
    const unmounted = checkKernels({ ...options, leaveUnmounted: ['memory'] });
    for (const {
      kernels: [kernel],
    } of [disabled, unmounted]) {
      expect(kernel?.checks[0]?.lacks[0]).to.include({ feature: 'v1/memory', without: 'panics' });
    }
  });

  it('does not call a kernel good whose configuration is not known', () => {
    const kernel = { name: 'x', release: '6.12.1', cmdline: '', problems: [] };
    const report = checkKernels({ ...optionsOf(['kata']), kernels: [kernel] });
    expect(hasEverything(report)).to.equal(false);
    expect(renderCheck(report, { colors, width: 100 })).to.include('not known');
  });

  it('lets nothing of a configuration or command line reach the terminal raw', () => {
    const kernel = {
      name: 'a\u001b[31m',
      release: '6.12\u0007',
      configFrom: 'b\u202e',
      cmdline: 'psi=0\r\u001b]0;x\u0007',
      config: { symbols: new Map([['CPUSETS', `"\u202e\u009b31m${'x'.repeat(50_000)}"`]]) },
      problems: [],
    };
    const report = checkKernels({ ...optionsOf(['kata']), kernels: [kernel] });
    const text = renderCheck(report, { colors, width: 100 });
    expect(text).to.include('CPUSETS="');
    expect(text).not.to.match(/[^\P{Cc}\n]|\u202e/u);
    expect(widthOf(text.split('\n'))).to.be.at.most(500);
  });

  it('names kernels that are nearly what was typed', async () => {
    const error = await findKernel('debain', {
      matrix: () => Promise.resolve(undefined),
      cacheRoot: '/nowhere',
    }).catch((caught: unknown) => caught);
    expect(error).to.be.instanceOf(UsageError).and.have.property('code', 'KERNEL_UNKNOWN');
  });
});

describe('needs of one’s own', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'kmx-needs-'));
    mkdirSync(join(folder, 'needs'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const write = (name: string, text: string): void =>
    writeFileSync(join(folder, 'needs', name), text);

  const OWN = `agents:
  kata:
    title: our fork
    for: { agent: mine }
    needs: [{ feature: v1/own, cgroup: v1, without: panics, what: it panics, source: us }]
`;

  it('beside the matrix file add to the built-in ones, and replace those of the same name', () => {
    write(
      'features.yaml',
      'features:\n  v1/own: { symbols: [OWN] }\n  psi: { symbols: [OTHER] }\n',
    );
    write('mine.yaml', OWN);
    const loaded = loadNeeds({ matrix: join(folder, 'matrix.yaml') });
    expect(loaded.features.size).to.equal(features.size + 1);
    expect(loaded.features.get('psi')?.symbols.map(({ symbol }) => symbol)).to.deep.equal([
      'OTHER',
    ]);
    const katas = loaded.agents.filter(({ name }) => name === 'kata');
    expect(katas.map(({ title }) => title)).to.deep.equal(['our fork']);
    expect(loaded.agents).to.have.length(agents.length);
    expect(loadFeatures({ needs: join(folder, 'needs') }).has('v1/own')).to.equal(true);
  });

  it('are refused with all faults if they have any', () => {
    write('mine.yaml', OWN);
    expect(() => loadNeeds({ needs: join(folder, 'needs') }))
      .to.throw(UsageError)
      .with.property('output')
      .that.includes('there is no feature "v1/own"');
  });

  it('are refused if two files have an agent of the same name', () => {
    write('features.yaml', 'features:\n  v1/own: { symbols: [OWN] }\n');
    write('mine.yaml', OWN);
    write('other.yaml', OWN);
    expect(() => loadNeeds({ needs: join(folder, 'needs') }))
      .to.throw(UsageError)
      .with.property('code', 'NEEDS_TWICE');
  });

  it('must be there if they were asked for', () => {
    expect(() => loadNeeds({ needs: join(folder, 'none') }))
      .to.throw(UsageError)
      .with.property('code', 'NEEDS_UNREADABLE');
  });
});
