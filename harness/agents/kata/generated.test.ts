import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { execa } from 'execa';

const root = join(import.meta.dirname, '../../..');
const folder = 'harness/agents/kata/generated';

async function contents(path: string): Promise<Record<string, string>> {
  const names = (await readdir(path)).sort();
  const texts = names.map(async (name) => [name, await readFile(join(path, name), 'utf8')]);
  return Object.fromEntries(await Promise.all(texts));
}

describe('generated messages', () => {
  it('are what guest/proto generates now; if not, run: npm run generate', async () => {
    const fresh = await mkdtemp(join(tmpdir(), 'generated-'));
    try {
      const template = 'harness/agents/kata/buf.gen.yaml';
      await execa('buf', ['generate', '--template', template, '--output', fresh], {
        cwd: root,
        preferLocal: true,
        localDir: root,
      });
      expect(await contents(join(root, folder))).to.deep.equal(await contents(join(fresh, folder)));
    } finally {
      await rm(fresh, { recursive: true });
    }
  });
});
