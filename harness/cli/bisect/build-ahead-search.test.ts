/** A search that builds kernels of the miniature tree side by side. */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { expect } from 'chai';
import { culpritsOf } from '../../bisect/find-culprits.ts';
import type { ConfigSearchKind } from '../../bisect/search-state.ts';
import {
  MiniatureCompiler,
  writeMiniatureTree,
} from '../../kernels/source/testing/miniature-tree.ts';
import { BuildAhead, type KernelBuilder } from './build-ahead.ts';
import { findConfigCulprits } from './find-config-culprits.ts';
import { Journal } from './journal.ts';
import { openSourceBench } from './source-bench.ts';

const ON = ['CGROUPS', 'CPUSETS', 'CPUSETS_V1', 'EXPERT'];
const ASKED = {
  ...{ matrix: 'matrix.yaml', from: 'good', to: 'bad', test: [':CPU quota'] },
  ...{ expectFail: false, passes: 1, repeat: 1 },
};

describe('bisect config with several builds at once', function () {
  // Processes are started, on hosts that may be busy.
  this.timeout(120_000);
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kmx-ahead-'));
    await writeMiniatureTree(join(folder, 'tree'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  async function search(jobs: number) {
    const cacheRoot = join(folder, `cache-${jobs}`);
    const own = join(folder, `search-${jobs}`);
    const compiler = new MiniatureCompiler();
    const { signal } = new AbortController();
    const bench = await openSourceBench({ kind: 'folder', path: join(folder, 'tree') }, own, {
      ...{ cacheRoot, compiler: async () => compiler, signal, onProgress: () => {} },
    });
    const text = (symbols: readonly string[]): string =>
      symbols.map((symbol) => `CONFIG_${symbol}=y\n`).join('');
    await using journal = await Journal.begin<ConfigSearchKind>(own, {
      kind: 'bisect',
      asked: ASKED,
      inputs: {},
    });
    await using held = new AsyncDisposableStack();
    const builder = bench.builderOf(jobs);
    let ahead = 0;
    const counting: KernelBuilder = {
      ...builder,
      build: async (completed, options) => {
        if (options.isAhead) ahead += 1;
        await builder.build(completed, options);
      },
    };
    const builds = jobs > 1 ? { builds: held.use(new BuildAhead(counting, jobs)) } : undefined;
    const measured: string[] = [];
    const lines: string[] = [];
    const found = await findConfigCulprits({
      ...{ bench, journal, signal, ...builds },
      print: (line) => lines.push(line),
      good: { label: 'good', completed: await bench.complete(text(ON)) },
      bad: { label: 'bad', completed: await bench.complete('# CONFIG_CGROUPS is not set\n') },
      suspects: async () => [],
      measurer: {
        measure: async ({ name, source }) => {
          if (source.kind !== 'source' || source.base.kind !== 'file') throw new Error('no file');
          const { effective } = await bench.complete(await readFile(source.base.path, 'utf8'));
          measured.push(name);
          // A guest takes its time, too: until one is being built for either outcome.
          while (jobs > 1 && name === 'step-1' && ahead < 2) await setImmediate();
          const isGood = effective.symbols.get('CPUSETS') === 'y';
          const signature = isGood ? {} : { signature: 's2-0123456789ab' };
          return {
            outcome: isGood ? 'good' : 'bad',
            why: 'so',
            ...signature,
            folder: join(own, name),
          };
        },
      },
    });
    const kernels = await readdir(join(cacheRoot, 'builds')).catch(() => []);
    const made = compiler.runs.filter(({ goal }) => goal === 'bzImage').length;
    return { found, measured, lines, kernels: kernels.length, made };
  }

  it('measures no kernel more than with one build at a time, and finds the same', async () => {
    const one = await search(1);
    const two = await search(2);
    expect(two.found.sets.map(culpritsOf)).to.deep.equal(one.found.sets.map(culpritsOf));
    expect(two.found.sets.map(culpritsOf)).to.deep.equal([['CPUSETS']]);
    expect(two.measured).to.deep.equal(one.measured);
    const withoutNote = (line: string): string => line.replace(/ \(.*\)$/, '');
    expect(two.lines.map(withoutNote)).to.deep.equal(one.lines.map(withoutNote));
  });

  it('says which kernels had been built ahead, and builds each once', async () => {
    const { lines, measured, kernels, made } = await search(2);
    const [, second] = lines.slice(lines.findIndex((line) => line.startsWith('step 2')));
    expect(second).to.match(/^ {2}(good|bad): so \(.*, built ahead\)$/);
    expect(kernels).to.be.at.least(measured.length);
    expect(made).to.equal(kernels);
  });
});
