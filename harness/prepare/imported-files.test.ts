import { mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { importedFiles } from './imported-files.ts';

const scenarioRoot = fileURLToPath(new URL('../../scenarios', import.meta.url));

describe('The files that scenarios import', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await realpath(await mkdtemp(join(tmpdir(), 'kmx-imports-')));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('are found through others, and no packages', async () => {
    const spec = join(scenarioRoot, 'cpu/quota.spec.ts');
    const found = await importedFiles([spec], scenarioRoot);
    const names = found?.map((path) => relative(scenarioRoot, path));
    expect(names).to.include.members(['cpu/quota.spec.ts', 'support/guest.ts']);
    // By way of another one.
    expect(names).to.include('support/eventually.ts');
    expect(names).not.to.include('cpu/shares.spec.ts');
    expect(names?.filter((name) => name.startsWith('..'))).to.deep.equal([]);
  });

  it('are unknown of a file with a mistake', async () => {
    const spec = join(folder, 'a.spec.ts');
    await writeFile(spec, 'it(');
    expect(await importedFiles([spec], folder)).to.equal(undefined);
    await writeFile(spec, "import './gone.ts';");
    expect(await importedFiles([spec], folder)).to.equal(undefined);
    await writeFile(spec, "import type { A } from './gone.ts';\nimport 'node:fs';");
    expect(await importedFiles([spec], folder)).to.deep.equal([spec]);
  });
});
