import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { writeFragment } from '../../bisect/fragment.ts';
import type { Outcome } from '../../bisect/outcome.ts';
import type { ConfigSearchKind } from '../../bisect/search-state.ts';
import { parseKernelConfig } from '../../kconfig/parse-config.ts';
import { Journal } from '../bisect/journal.ts';
import { createFakeBench } from '../bisect/testing/fake-bench.ts';
import { type FoundNeeds, findNeeded } from './find-needed.ts';

const KCONFIG = `
config CGROUPS
	bool "Control groups"
config CPUSETS
	bool "Cpusets"
	depends on CGROUPS
config CPUSETS_V1
	bool "Legacy cpusets"
	depends on CPUSETS
config SCHED
	bool "Scheduler"
	depends on CGROUPS
config QUOTA
	bool "Quota"
	depends on SCHED
${Array.from({ length: 30 }, (_, index) => `config DRIVER_${index}\n\tbool "Driver ${index}"\n`).join('')}
`;

const NAMES = ['CGROUPS', 'CPUSETS', 'CPUSETS_V1', 'SCHED', 'QUOTA'];
const DRIVERS = Array.from({ length: 30 }, (_, index) => `DRIVER_${index}`);
const ASKED = {
  ...{ matrix: 'matrix.yaml', from: 'minimal', to: 'mine', test: [':CPU quota'] },
  ...{ expectFail: true, passes: 1, repeat: 1 },
};

type Has = (symbol: string) => boolean;

describe('findNeeded', () => {
  let folder: string;
  let journal: Journal<ConfigSearchKind>;
  let measured: number;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'kmx-minimize-'));
    journal = await Journal.begin<ConfigSearchKind>(folder, {
      kind: 'minimize',
      asked: ASKED,
      inputs: {},
    });
    measured = 0;
  });
  afterEach(async () => {
    await journal[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true });
  });

  async function search(
    tell: (has: Has) => {
      readonly outcome: Outcome;
      readonly why: string;
      readonly verdict?: string;
    },
  ): Promise<FoundNeeds> {
    const bench = createFakeBench(KCONFIG);
    const all = [...NAMES, ...DRIVERS].map((symbol) => `CONFIG_${symbol}=y\n`).join('');
    const configs = new Map<string, ReadonlyMap<string, string | undefined>>();
    const complete: typeof bench.complete = async (text) => {
      const completed = await bench.complete(text);
      configs.set(completed.path, completed.effective.symbols);
      return completed;
    };
    return await findNeeded({
      ...{ journal, bench: { ...bench, complete }, print: () => {} },
      signal: new AbortController().signal,
      minimal: { label: 'minimal', completed: await complete('# CONFIG_CGROUPS is not set\n') },
      passing: { label: 'mine', completed: await complete(all) },
      suspects: async () => ['CPUSETS_V1'],
      measurer: {
        measure: async ({ name, source }) => {
          measured += 1;
          const image = source.kind === 'path' ? source.image : '';
          const told = tell((symbol) => configs.get(image)?.get(symbol) === 'y');
          return { ...told, folder: join(folder, name) };
        },
      },
    });
  }

  it('finds the fewest symbols, and writes them with what each removal did', async () => {
    const found = await search((has) => {
      if (!has('CPUSETS_V1'))
        return { outcome: 'bad', verdict: 'agent-panic', why: 'agent-panic: cpuset' };
      if (!has('QUOTA')) return { outcome: 'unclear', verdict: 'skip', why: 'skip: no quota' };
      return { outcome: 'good', why: 'passes' };
    });
    const { needed, changes } = found;
    expect([...(needed?.changes ?? [])].sort()).to.deep.equal([...NAMES].sort());
    if (needed === undefined) throw new Error('expected needs');
    const text = writeFragment(needed, {
      header: ['For a test.'],
      changes: changes.changes,
      reasonOf: ({ key }) => journal.find(key)?.why ?? '',
    });
    expect(text).to.equal(
      [
        ...['# For a test.', '', '# without: agent-panic: cpuset', 'CONFIG_CPUSETS_V1=y'],
        ...['', '# without: skip: no quota', 'CONFIG_QUOTA=y'],
        ...['', '# required by Kconfig for the symbols above'],
        ...['CONFIG_CGROUPS=y', 'CONFIG_CPUSETS=y', 'CONFIG_SCHED=y', ''],
      ].join('\n'),
    );
    expect(parseKernelConfig(text)).to.have.property('problemCount', 0);
    // 35 symbols, one at a time, would take 35.
    expect(measured).to.be.at.most(2 + 2 * (6 + 4));
  });

  it('needs nothing where the minimal base does', async () => {
    const found = await search(() => ({ outcome: 'good', why: 'passes' }));
    expect(found.needed).to.equal(undefined);
    expect(measured).to.equal(2);
  });

  it('says that the test does not pass to begin with', async () => {
    const refused = await search(() => ({ outcome: 'bad', why: 'fail: no' })).catch(
      (e: unknown) => e,
    );
    expect(refused).to.have.property(
      'message',
      '--kernel mine: expected the test to pass there; found bad: fail: no',
    );
  });

  it('measures fewer kernels than there are symbols, even if it needs most of them', async () => {
    const wanted = DRIVERS.slice(0, 25);
    const found = await search((has) => ({
      outcome: wanted.every(has) ? 'good' : 'bad',
      why: 'as it is',
    }));
    expect([...(found.needed?.changes ?? [])].sort()).to.deep.equal([...wanted].sort());
    // Each of them is found, and left out once: that is the reason in the fragment.
    expect(measured).to.be.at.most(2 + 3 * 35);
  });
});
