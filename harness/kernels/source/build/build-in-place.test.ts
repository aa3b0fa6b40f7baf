/** Builds of a tree that changes where it is, and of several kernels of one tree at once. */
import { mkdtemp, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { digestOf } from '../../../cache/digest.ts';
import type { BuildContext } from '../build-context.ts';
import type { ConfiguredKernel } from '../configured-kernel.ts';
import { type MiniatureKernel, makeMiniatureKernel } from '../testing/miniature-kernel.ts';
import { changingFolder } from '../tree/changing-folder.ts';
import { objectsKey } from './build-inputs.ts';
import { buildKernel } from './build-kernel.ts';
import { folderKeys, isFolderKey, spreadObjects } from './object-folders.ts';

const LINES = ['CONFIG_CGROUPS=y'];
const OTHER_LINES = ['CONFIG_CGROUPS=y', 'CONFIG_MEMCG_V1=y'];

describe('Objects of a kernel', function () {
  // Processes are started, on hosts that may be busy.
  this.timeout(120_000);
  let folder = '';
  let cacheRoot = '';
  let kernel: MiniatureKernel;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kmx-objects-'));
    cacheRoot = join(folder, 'cache');
    kernel = await makeMiniatureKernel(join(folder, 'tree'));
    // Nothing is written to a tree while a kernel is built from it.
    await rm(join(kernel.folder, 'builds'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const build = async (configured: ConfiguredKernel, context: Partial<BuildContext> = {}) =>
    await buildKernel(configured, { cacheRoot, onProgress: () => {}, ...context });

  /** What the last build compiled. */
  const compiled = async (key: string): Promise<readonly string[]> => {
    const log = await readFile(join(cacheRoot, key, 'make.log'), 'utf8');
    return [...log.matchAll(/ CC +(\S+)/g)].map(([, object = '']) => object);
  };

  describe('of a tree that changes', () => {
    /** As it is after a checkout of something. */
    async function at(commit: string): Promise<ConfiguredKernel> {
      const configured = await kernel.configured(LINES);
      const changing = changingFolder(kernel.folder);
      return { ...configured, tree: { ...configured.tree, digest: digestOf(commit), changing } };
    }

    it('are compiled again only if their sources have changed', async () => {
      const first = await build(await at('one'));
      await writeFile(join(kernel.folder, 'mm/memcontrol.c'), 'int charge(void) { return 1; }\n');
      const configured = await at('two');
      const second = await build(configured);
      expect(await compiled(objectsKey(configured))).to.deep.equal(['mm/memcontrol.o']);
      expect((await readFile(second.image)).equals(await readFile(first.image))).to.equal(false);
    });

    it('are all compiled again if a change cannot be seen from time stamps', async () => {
      await build(await at('one'));
      const path = join(kernel.folder, 'mm/memcontrol.c');
      await writeFile(path, 'int charge(void) { return 1; }\n');
      await utimes(path, new Date('2020-01-01'), new Date('2020-01-01'));
      const configured = await at('two');
      await build(configured);
      expect(await compiled(objectsKey(configured))).to.have.members([
        ...['kernel/fork.o', 'kernel/exit.o', 'mm/memcontrol.o'],
      ]);
    });
  });

  describe('for builds side by side', () => {
    it('are copied once there are some, and what is good in the first folder is good in the others', async () => {
      const configured = await kernel.configured(LINES);
      const first = objectsKey(configured);
      expect(await spreadObjects(cacheRoot, first, 2)).to.equal(false);
      await build(configured);
      expect(await spreadObjects(cacheRoot, first, 2)).to.equal(true);
      const second = folderKeys(first, 2)[1] ?? '';
      // Somebody is building in the first.
      await writeFile(join(kernel.folder, 'hold'), '');
      await writeFile(join(kernel.folder, 'mm/memcontrol.c'), 'int charge(void) { return 2; }\n');
      const slow = build({ ...configured, digest: 'sha256:slow' }, { sideBySide: 2 });
      const other = await kernel.configured(OTHER_LINES);
      const quick = build(other, { sideBySide: 2, isAhead: true });
      await untilCompiled(second);
      await rm(join(kernel.folder, 'hold'));
      const [, built] = await Promise.all([slow, quick]);
      expect(await compiled(second)).to.deep.equal(['kernel/exit.o', 'mm/memcontrol.o']);
      // The same bytes as from the first folder alone.
      const alone = await buildKernel(other, {
        cacheRoot: join(folder, 'another'),
        onProgress: () => {},
      });
      expect(built.digest).to.equal(alone.digest);
    });

    it('are in folders that are told from those of other trees', () => {
      expect(folderKeys('objects/a', 3)).to.deep.equal(['objects/a', 'objects/a.2', 'objects/a.3']);
      expect(isFolderKey('objects/a.2', 'objects/a')).to.equal(true);
      expect(isFolderKey('objects/ab', 'objects/a')).to.equal(false);
    });

    async function untilCompiled(key: string): Promise<void> {
      while ((await compiled(key).catch(() => [])).length < 1) {
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    }
  });
});
