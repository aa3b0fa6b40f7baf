import { mkdir, mkdtemp, open, readdir, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import fc from 'fast-check';
import {
  CACHE_KINDS,
  type CacheItem,
  type CacheKind,
  choosePruned,
  listCache,
  pruneCache,
  useCache,
} from './inventory.ts';

describe('the inventory of the cache', () => {
  let root: string;
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'kmx-cache-'));
  });
  afterEach(() => rm(root, { recursive: true }));

  async function put(kind: CacheKind, name: string, usedAt: string): Promise<void> {
    const folder = join(root, kind, name);
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'file'), 'x'.repeat(8192));
    await utimes(folder, new Date(usedAt), new Date(usedAt));
  }

  it('of a cache that is not there is empty', async () => {
    expect(await listCache(join(root, 'none'))).to.deep.equal([]);
  });

  it('tells the last used entry first, with what it takes of the disk', async () => {
    await put('templates', 'old', '2026-01-01');
    await put('kernels', 'new', '2026-01-02');
    await using file = await open(join(root, 'templates/old/ram'), 'w');
    await file.truncate(1024 ** 3);
    await utimes(join(root, 'templates/old'), new Date('2026-01-01'), new Date('2026-01-01'));
    const items = await listCache(root);
    expect(items.map(({ kind, name }) => `${kind}/${name}`)).to.deep.equal([
      'kernels/new',
      'templates/old',
    ]);
    for (const { bytes } of items) expect(bytes).to.be.within(8192, 64 * 1024);
  });

  it('does not count what a link leads to', async () => {
    await put('kernel-trees', 'tree', '2026-01-01');
    await writeFile(join(root, 'kernel-trees/tree/large'), 'x'.repeat(1024 ** 2));
    await put('objects', 'of-tree', '2026-01-02');
    await symlink(join(root, 'kernel-trees/tree'), join(root, 'objects/of-tree/source'));
    const objects = (await listCache(root)).find(({ kind }) => kind === 'objects');
    expect(objects?.bytes).to.be.within(8192, 64 * 1024);
  });

  it('lets go what is named, and nothing while somebody uses the cache', async () => {
    await put('templates', 'one', '2026-01-01');
    await put('templates', 'two', '2026-01-02');
    const [two] = await listCache(root);
    {
      await using _use = await useCache(root);
      await using _too = await useCache(root);
      const error = await pruneCache(root, two === undefined ? [] : [two]).catch((it) => it);
      expect(error).to.include({ code: 'CACHE_BUSY' });
      expect(await readdir(join(root, 'templates'))).to.have.length(2);
    }
    await pruneCache(root, two === undefined ? [] : [two]);
    expect(await readdir(join(root, 'templates'))).to.deep.equal(['one']);
  });

  const item = fc.record({
    kind: fc.constantFrom(...(Object.keys(CACHE_KINDS) as CacheKind[])),
    name: fc.uuid(),
    bytes: fc.integer({ min: 1, max: 1000 }),
    usedAt: fc.date({ noInvalidDate: true }),
  });
  const sum = (items: readonly CacheItem[]) => items.reduce((all, { bytes }) => all + bytes, 0);

  it('is pruned until the rest fits, and no further, and fetched things go last', () => {
    fc.assert(
      fc.property(fc.array(item), fc.integer({ min: 0, max: 20_000 }), (items, bytesMax) => {
        const pruned = choosePruned(items, bytesMax);
        const left = items.filter((it) => !pruned.includes(it));
        expect(sum(left)).to.be.at.most(bytesMax);
        const last = pruned.at(-1);
        if (last !== undefined) expect(sum(left) + last.bytes).to.be.above(bytesMax);
        const isFetched = ({ kind }: CacheItem) => CACHE_KINDS[kind].isFetched;
        if (pruned.some(isFetched)) expect(left.filter((it) => !isFetched(it))).to.deep.equal([]);
        for (const gone of pruned) {
          const alike = left.filter((it) => isFetched(it) === isFetched(gone));
          for (const it of alike) expect(gone.usedAt.getTime()).to.be.at.most(it.usedAt.getTime());
        }
      }),
    );
  });
});
