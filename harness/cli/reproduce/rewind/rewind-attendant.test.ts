import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { InfraError, UsageError } from '../../../errors.ts';
import { BOOTS } from '../../../events.ts';
import { testCell } from '../../../matrix/testing/test-cell.ts';
import type { AttendedTest } from '../../../run/cell/attendant.ts';
import { colorsFor } from '../../colors.ts';
import { RowPrinter } from '../row-printer.ts';
import { checkRewind, Rewind, type RewindParts } from './rewind-attendant.ts';
import { SavedStates } from './saved-states.ts';

type SaveGuest = (folder: string) => Promise<{ stdout: number; stderr: number }>;

const writeState: SaveGuest = async (folder) => {
  await writeFile(join(folder, 'state'), '');
  return { stdout: 0, stderr: 0 };
};

/** A guest that can be saved, as far as that is concerned. */
function guestThat(save: SaveGuest) {
  const done: string[] = [];
  const guest = { isSavable: true, save, end: async () => void done.push('ended') };
  return { at: { guest } as unknown as AttendedTest, done };
}

describe('states before calls', () => {
  let folder: string;
  let shown: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kmx-rewind-'));
    shown = '';
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('are kept for the first call and the last seven, and gone when nobody needs them', async () => {
    const { guest } = guestThat(writeState).at;
    const states = await SavedStates.open(folder);
    for (let number = 1; number <= 12; number += 1) {
      await states.save(guest);
      states.noteCall(2 * number);
    }
    const [own = ''] = await readdir(join(folder, 'rewind'));
    expect(await readdir(join(folder, 'rewind', own))).to.have.length(8);
    const found = [1, 2, 11, 12, 13, 24, 30].map((number) => states.find(number)?.number);
    expect(found).to.deep.equal([undefined, 2, 2, 12, 12, 24, 24]);
    await states.clear();
    expect(states.find(30)).to.equal(undefined);
    expect(await readdir(join(folder, 'rewind', own))).to.deep.equal([]);
    await states[Symbol.asyncDispose]();
    expect(await readdir(join(folder, 'rewind'))).to.deep.equal([]);
  });

  async function open(): Promise<Rewind> {
    const printer = new RowPrinter({
      write: (text) => {
        shown += text;
      },
      ...{ colors: colorsFor({ isTTY: false }, {}), width: 200 },
    });
    const { signal } = new AbortController();
    const parts = { host: { cacheRoot: folder, signal }, printer, options: {}, folder };
    const colors = colorsFor({ isTTY: false }, {});
    return await Rewind.open({ ...parts, colors } as unknown as RewindParts);
  }

  it('that cannot be written end the guest, since it does not go on, and no more are saved', async () => {
    await using rewind = await open();
    const full = new InfraError('no space left on the disk', { code: 'NOT_SAVED' });
    let tries = 0;
    const { at, done } = guestThat(() => {
      tries += 1;
      return Promise.reject(full);
    });
    await rewind.attendant.beforeCall?.(at);
    await rewind.attendant.beforeCall?.(at);
    expect(tries).to.equal(1);
    expect(done).to.deep.equal(['ended']);
    expect(shown).to.include('no space left on the disk; from now on, no state is saved');
  });

  it('are not saved of a guest that cannot be', async () => {
    await using rewind = await open();
    const { at, done } = guestThat(() => Promise.reject(new Error('Not expected')));
    await rewind.attendant.beforeCall?.({
      guest: { ...at.guest, isSavable: false },
    } as AttendedTest);
    expect(done).to.deep.equal([]);
    expect(shown).to.equal('');
  });

  it('are refused where there are none, before anything runs', () => {
    const refuse = (cell: object, test: object) => () =>
      checkRewind({ cell, original: { test } } as unknown as RewindParts);
    const test = { file: 'a.spec.ts', title: 'one' };
    expect(refuse(testCell(), test)).not.to.throw();
    expect(refuse(testCell(), BOOTS)).to.throw(UsageError, 'found: boots');
    const container = { ...testCell(), machineKind: 'container' };
    expect(refuse(container, test)).to.throw(UsageError, 'expected a guest in QEMU');
  });
});
