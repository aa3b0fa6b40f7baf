import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { buildDynamicElf, buildElf } from '../kernels/testing/build-elf.ts';
import { parseMatrix } from '../matrix/parse.ts';
import { testCell } from '../matrix/testing/test-cell.ts';
import { changedInputs, digestInputs } from './input-digests.ts';

describe('digests of what a run depends on', () => {
  let folder: string;
  const at = (name: string) => join(folder, name);
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kmx-inputs-'));
    await mkdir(at('scenarios'));
    await writeFile(at('scenarios/a.spec.ts'), 'a test');
    await writeFile(at('matrix.yaml'), MATRIX);
    for (const name of ['init', 'workload', 'ld.so', 'libown.so.1']) {
      await writeFile(at(name), buildElf({ tail: Buffer.from(name) }));
    }
    const parts = { interpreter: at('ld.so'), needed: ['libown.so.1'], runPath: '$ORIGIN' };
    await writeFile(at('kata-agent'), buildDynamicElf(parts));
  });
  afterEach(() => rm(folder, { recursive: true }));

  const MATRIX = `
kernels: { k: { path: { image: vmlinuz } } }
agents: { a: { kata: { path: kata-agent } } }
`;

  async function digest(): Promise<Record<string, string>> {
    const parsed = parseMatrix(MATRIX, { file: at('matrix.yaml') });
    if (!parsed.isValid) throw new Error(JSON.stringify(parsed.problems));
    return await digestInputs({
      matrix: parsed.matrix,
      plan: { profile: 'all', cells: [testCell({ kernel: 'k', agent: 'a', agentKind: 'kata' })] },
      kernels: new Map(),
      binaries: { init: at('init'), workload: at('workload'), agent: at('nowhere') },
      scenarioRoot: at('scenarios'),
      cacheRoot: at('cache'),
    });
  }

  for (const [file, name] of [
    ['init', 'guest/init'],
    ['workload', 'guest/workload'],
    ['scenarios/b.spec.ts', 'scenarios/'],
    ['libown.so.1', 'agent a'],
  ] as const) {
    it(`tell that ${name} has changed if ${file} has`, async () => {
      const before = await digest();
      expect(changedInputs(before, await digest())).to.deep.equal([]);
      await writeFile(at(file), buildElf({ tail: Buffer.from('another') }));
      expect(changedInputs(before, await digest())).to.deep.equal([name]);
    });
  }

  it('tell what only one side knows of, but no kernel that has become available', () => {
    const before = { both: '1', gone: '1', 'kernel k': 'not there' };
    const now = { both: '1', added: '1', 'kernel k': 'sha256:1' };
    expect(changedInputs(before, now)).to.have.members(['gone', 'added']);
    expect(changedInputs({}, now)).to.have.members(Object.keys(now));
  });
});
