import { hash } from 'node:crypto';
import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { execaNode } from 'execa';

const PRINTER = fileURLToPath(new URL('testing/print-modules.ts', import.meta.url));

const FILES: Readonly<Record<string, string>> = {
  'a.spec.ts': [
    "import { b } from './support/b.ts';",
    "import type { T } from './types.ts';",
    "import { c } from 'some-package';",
    "export const later = async (): Promise<T> => { await import('./later.cts'); return [b, c]; };",
  ].join('\n'),
  'support/b.ts': "import data from './data.json' with { type: 'json' };\nexport const b = data;\n",
  'support/data.json': '{}',
  'types.ts': 'export type T = unknown;\n',
  'later.cts': "require('./required.cts');\n",
  'required.cts': 'module.exports = 1;\n',
  'node_modules/some-package/package.json': '{"type":"module","exports":"./index.js"}',
  'node_modules/some-package/index.js': 'export const c = 1;\n',
  'other.spec.ts': 'export {};\n',
  'package.json': '{"type":"module"}',
};

describe('loaded modules', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await realpath(await mkdtemp(join(tmpdir(), 'kmx-modules-')));
    for (const [path, text] of Object.entries(FILES)) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), text);
    }
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('are the files that a file has imported so far, in whatever way, with digests, without packages', async () => {
    const nodeOptions = ['--disable-warning=ExperimentalWarning'];
    const { stdout } = await execaNode(PRINTER, [join(folder, 'a.spec.ts')], { nodeOptions });
    const [first, then] = JSON.parse(stdout) as Record<string, string>[];
    const named = (digests: Record<string, string> = {}) =>
      Object.fromEntries(
        Object.entries(digests).map(([path, digest]) => [relative(folder, path), digest]),
      );
    const expected = (paths: readonly string[]) =>
      Object.fromEntries(
        paths.map((path) => [path, `sha256:${hash('sha256', FILES[path] ?? '')}`]),
      );
    const before = ['a.spec.ts', 'support/b.ts', 'support/data.json'];
    expect(named(first)).to.deep.equal(expected(before));
    expect(named(then)).to.deep.equal(expected([...before, 'later.cts', 'required.cts']));
  });
});
