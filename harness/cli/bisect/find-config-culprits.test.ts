import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { culpritsOf } from '../../bisect/find-culprits.ts';
import type { Outcome } from '../../bisect/outcome.ts';
import type { ConfigSearchKind } from '../../bisect/search-state.ts';
import { UsageError } from '../../errors.ts';
import type { ConfigBench } from './config-bench.ts';
import { type FoundCulprits, findConfigCulprits } from './find-config-culprits.ts';
import { Journal } from './journal.ts';
import { createFakeBench } from './testing/fake-bench.ts';

/** As in Linux 6.12, with much around it. */
const KCONFIG = `
config CGROUPS
	bool "Control groups"
menu "Controllers"
	depends on CGROUPS
config CPUSETS
	bool "Cpusets"
config CPUSETS_V1
	bool "Legacy cpusets"
	depends on CPUSETS
config PROC_PID_CPUSET
	def_bool CPUSETS_V1
config MEMCG
	bool "Memory"
	select COUNTER
config MEMCG_V1
	bool "Legacy memory"
	depends on MEMCG
endmenu
config COUNTER
	bool
${Array.from({ length: 60 }, (_, index) => `config DRIVER_${index}\n\tbool "Driver ${index}"\n`).join('')}
`;

const BASE = 'CONFIG_CGROUPS=y\nCONFIG_CPUSETS=y\nCONFIG_MEMCG=y\n';
const GOOD = `${BASE}CONFIG_CPUSETS_V1=y\nCONFIG_MEMCG_V1=y\n`;
const drivers = Array.from({ length: 60 }, (_, index) => `CONFIG_DRIVER_${index}=y\n`).join('');

const INPUTS = { 'agent mine': 'sha256:aa' };
const ASKED = {
  ...{
    matrix: 'matrix.yaml',
    from: 'good',
    to: 'bad',
    test: [':CPU quota'],
    expectFail: false,
    passes: 1,
    repeat: 1,
  },
} as const;

interface Attempt {
  readonly good?: string;
  readonly bad?: string;
  readonly suspects?: readonly string[];
  /** What a kernel with these symbols does. */
  readonly outcomeOf: (has: (symbol: string) => boolean) => Outcome;
  /** The search is cut off in this measurement. */
  readonly cutAt?: number;
  readonly resume?: boolean;
}

describe('findConfigCulprits', () => {
  let folder: string;
  let lines: string[];
  let measured: number;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'kmx-bisect-'));
    lines = [];
    measured = 0;
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  async function search(attempt: Attempt): Promise<FoundCulprits> {
    const { good = GOOD, bad = BASE, suspects = [], outcomeOf, cutAt, resume } = attempt;
    const bench = createFakeBench(KCONFIG);
    await using journal = resume
      ? await Journal.resume<ConfigSearchKind>(folder, 'bisect')
      : await Journal.begin<ConfigSearchKind>(folder, {
          kind: 'bisect',
          asked: ASKED,
          inputs: INPUTS,
        });
    const controller = new AbortController();
    const texts = remembering(bench);
    return await findConfigCulprits({
      bench: texts.bench,
      journal,
      print: (line) => lines.push(line),
      signal: controller.signal,
      good: { label: 'good.config', completed: await texts.bench.complete(good) },
      bad: { label: 'bad.config', completed: await texts.bench.complete(bad) },
      suspects: async () => suspects,
      measurer: {
        measure: async ({ name, source }) => {
          measured += 1;
          if (measured === cutAt) {
            controller.abort(new Error('interrupted'));
            controller.signal.throwIfAborted();
          }
          const image = source.kind === 'path' ? source.image : '';
          const outcome = outcomeOf((symbol) => texts.has(image, symbol));
          const signature = outcome === 'bad' ? { signature: 's2-0123456789ab' } : {};
          return { outcome, why: 'as it is', ...signature, folder: join(folder, name) };
        },
      },
    });
  }

  it('finds the one symbol of 62, tried first, with what follows from it', async () => {
    const found = await search({
      bad: BASE + drivers,
      suspects: ['CPUSETS', 'CPUSETS_V1', 'MEMCG_V1'],
      outcomeOf: (has) => (has('CPUSETS_V1') ? 'good' : 'bad'),
    });
    expect(found.sets.map(culpritsOf)).to.deep.equal([['CPUSETS_V1']]);
    expect(found.rest.answer).to.equal('no');
    expect(found.changes.following).to.deep.equal(['PROC_PID_CPUSET']);
    // Both ends, good with the symbol, bad without it.
    expect(measured).to.equal(4);
    expect(lines).to.include(
      '62 symbols can be changed, and 1 more follows from these; tried first: CONFIG_CPUSETS_V1, CONFIG_MEMCG_V1',
    );
    expect(lines).to.include('step 1 of about 7: 1 of 62 symbols changed');
  });

  it('finds it without a suspect in the logarithm', async () => {
    const found = await search({
      bad: BASE + drivers,
      outcomeOf: (has) => (has('CPUSETS_V1') ? 'good' : 'bad'),
    });
    expect(found.sets.map(culpritsOf)).to.deep.equal([['CPUSETS_V1']]);
    expect(measured).to.be.at.most(2 + 6 + 2);
  });

  it('works around kernels that do not build', async () => {
    const found = await search({
      bad: BASE + drivers,
      outcomeOf: (has) =>
        has('DRIVER_7') && !has('DRIVER_50') ? 'unclear' : has('DRIVER_20') ? 'bad' : 'good',
    });
    expect(found.sets.map(culpritsOf)).to.deep.equal([['DRIVER_20']]);
  });

  it('goes on where it was cut off, and measures nothing twice', async () => {
    const attempt = {
      bad: BASE + drivers,
      outcomeOf: (has: (symbol: string) => boolean): Outcome =>
        has('CPUSETS_V1') ? 'good' : 'bad',
    };
    const cut = await search({ ...attempt, cutAt: 5 }).catch((error: unknown) => error);
    expect(cut).to.have.property('message', 'interrupted');
    const before = measured - 1;
    const found = await search({ ...attempt, resume: true });
    expect(found.sets.map(culpritsOf)).to.deep.equal([['CPUSETS_V1']]);
    expect(measured - 1).to.equal(found.measured + 2);
    expect(lines.filter((line) => line.endsWith('(measured before)'))).to.have.length(before);
  });

  it('says which end is not what it was taken for', async () => {
    const failing = await search({ outcomeOf: () => 'bad' }).catch((error: unknown) => error);
    expect(failing).to.be.instanceOf(UsageError);
    expect((failing as UsageError).message).to.equal(
      '--good good.config: expected the test to pass there; found bad: as it is',
    );
  });

  it('says that two configurations are the same', async () => {
    const failing = await search({ bad: GOOD, outcomeOf: () => 'bad' }).catch((e: unknown) => e);
    expect((failing as UsageError).code).to.equal('BISECT_SAME');
  });

  it('resumes nothing that something else has become of', async () => {
    await search({ outcomeOf: (has) => (has('MEMCG_V1') ? 'good' : 'bad') });
    await using journal = await Journal.resume<ConfigSearchKind>(folder, 'bisect');
    expect(() => journal.checkInputs({ 'agent mine': 'sha256:bb' })).to.throw(
      UsageError,
      /agent mine changed/,
    );
    const busy = await Journal.resume<ConfigSearchKind>(folder, 'bisect').catch(
      (error: unknown) => error,
    );
    expect((busy as UsageError).code).to.equal('RUN_BUSY');
    const other = await Journal.resume<ConfigSearchKind>(folder, 'minimize').catch(
      (error: unknown) => error,
    );
    expect((other as UsageError).code).to.equal('RESUME_CONFLICT');
  });

  it('refuses a state that somebody edited', async () => {
    await search({ outcomeOf: (has) => (has('MEMCG_V1') ? 'good' : 'bad') });
    const file = join(folder, 'state.json');
    writeFileSync(
      file,
      readFileSync(file, 'utf8').replace('"outcome": "bad"', '"outcome": "worse"'),
    );
    const refused = await Journal.resume<ConfigSearchKind>(folder, 'bisect').catch(
      (error: unknown) => error,
    );
    expect((refused as UsageError).message).to.match(/steps\.0\.outcome/);
  });
});

/** What the kernels of a bench have, by path of their configuration. */
function remembering(bench: ConfigBench): {
  readonly bench: ConfigBench;
  readonly has: (path: string, symbol: string) => boolean;
} {
  const configs = new Map<string, ReadonlyMap<string, string | undefined>>();
  return {
    bench: {
      ...bench,
      complete: async (text) => {
        const completed = await bench.complete(text);
        configs.set(completed.path, completed.effective.symbols);
        return completed;
      },
    },
    has: (path, symbol) => configs.get(path)?.get(symbol) === 'y',
  };
}
