import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { readScenario } from './scenario-sources.ts';

describe('the sources of a scenario', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kmx-sources-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('are its file and what that imports from the scenarios, not what comes from kmx', async () => {
    const files = {
      'scenarios/cpu/a.spec.ts':
        "import { expect } from 'chai';\nimport { one } from '../support/one.ts';\nexpect(one);\n",
      'scenarios/support/one.ts':
        "import { two } from './two.ts';\nimport { kmx } from '../../harness/kmx.ts';\nexport const one = [two, kmx];\n",
      'scenarios/support/two.ts': 'export const two = 2;\n',
      'scenarios/support/unused.ts': 'export const unused = 2;\n',
      'harness/kmx.ts': 'export const kmx = 1;\n',
    };
    for (const [path, content] of Object.entries(files)) {
      await mkdir(join(folder, path, '..'), { recursive: true });
      await writeFile(join(folder, path), content);
    }
    const root = join(folder, 'scenarios');
    const sources = await readScenario(root, join(root, 'cpu/a.spec.ts'));
    expect(sources.map(({ path }) => path)).to.deep.equal([
      'cpu/a.spec.ts',
      'support/one.ts',
      'support/two.ts',
    ]);
    expect(sources[2]?.content.toString()).to.equal(files['scenarios/support/two.ts']);
  });
});
