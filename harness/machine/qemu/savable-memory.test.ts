import { once } from 'node:events';
import { mkdtempSync, readdirSync, readlinkSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { execa } from 'execa';
import { makeSavableMemory, type SavableMemory } from './savable-memory.ts';
import { RAM_FILE } from './saved-state.ts';
import { SHARED_MEMORY } from './shared-memory.ts';

const HOLDER = join(import.meta.dirname, '..', 'testing', 'hold-memory.ts');
const MIB = 1024 * 1024;

describe('memory of a guest that can be saved', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'kmx-memory-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const placeOf = ({ descriptor }: SavableMemory) => readlinkSync(`/proc/self/fd/${descriptor}`);

  it('has no name, so that a killed process leaves nothing behind', async () => {
    const before = readdirSync(SHARED_MEMORY);
    const { blocks, bsize } = statfsSync(SHARED_MEMORY);
    for (const bytes of [MIB, (blocks + 1) * bsize]) {
      using memory = await makeSavableMemory(folder, bytes);
      expect(placeOf(memory)).to.match(/ \(deleted\)$/);
      expect(readdirSync(SHARED_MEMORY).filter((name) => !before.includes(name))).to.deep.equal([]);
      expect(readdirSync(folder)).to.deep.equal([]);
    }
  });

  it('starts as a copy of a saved one, and is saved with its holes', async () => {
    const saved = Buffer.concat([Buffer.alloc(8 * MIB), Buffer.from('in use')]);
    writeFileSync(join(folder, RAM_FILE), saved);
    using memory = await makeSavableMemory(folder, 16 * MIB, { template: folder });
    const copy = join(folder, 'copy');
    await memory.copyTo(copy);
    expect((await readFile(copy)).subarray(0, saved.length).equals(saved)).to.equal(true);
    const { size, blocks } = await stat(copy);
    expect(size).to.equal(16 * MIB);
    expect(blocks * 512).to.be.below(MIB);
  });

  it('is on the disk if another process has reserved what is free in /dev/shm', async function () {
    const { bavail, bsize } = statfsSync(SHARED_MEMORY);
    const most = Math.floor(bavail * bsize * 0.6);
    const isThere = (memory: SavableMemory) => placeOf(memory).startsWith(`${SHARED_MEMORY}/`);
    {
      using alone = await makeSavableMemory(folder, most);
      // A container may have hardly any shared memory, or others may be using it.
      if (!isThere(alone)) this.skip();
    }
    const other = execa(process.execPath, [HOLDER, folder, `${most}`], { buffer: false });
    other.catch(() => {});
    await once(other.stdout, 'data');
    {
      using second = await makeSavableMemory(folder, most);
      expect(isThere(second)).to.equal(false);
    }
    other.kill('SIGKILL');
    await other.catch(() => {});
    using third = await makeSavableMemory(folder, most);
    expect(isThere(third)).to.equal(true);
  });
});
