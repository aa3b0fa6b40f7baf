import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { InfraError } from '../errors.ts';
import { type Figure, twoDigits } from './figure.ts';
import { type BenchGuest, prepareGuest, startGuest } from './guest-boots.ts';
import type { BenchContext } from './section.ts';

const MIB = 1024 * 1024;
/** Any host that can run kmx has memory for as many. */
const GUESTS = 4;

export interface Memory {
  readonly rssMib: number;
  readonly pssMib: number;
}

/**
 * Memory of guests with a healthy agent: of one alone, and of each of several at the same time. RSS
 * is the emulator's resident pages; PSS divides shared pages among the processes that share them.
 */
export async function measureMemory({ cacheRoot, kernel }: BenchContext): Promise<Figure[]> {
  await using guest = await prepareGuest(kernel, cacheRoot);
  await using running = new AsyncDisposableStack();
  const pids: number[] = [];
  const alone = await addGuest(guest, running, pids);
  while (pids.length < GUESTS) await addGuest(guest, running, pids);
  const each = await Promise.all(pids.map(readMemory));
  const pss = each.reduce((sum, { pssMib }) => sum + pssMib, 0) / GUESTS;
  const { memoryMib } = guest.spec;
  const note = `${kernel}, a guest of ${memoryMib} MiB, ${guest.accelerator}`;
  const { image, initramfs } = guest.vm;
  return [
    { name: 'one guest: resident (RSS)', value: twoDigits(alone.rssMib), unit: 'MiB', note },
    { name: 'one guest: its share (PSS)', value: twoDigits(alone.pssMib), unit: 'MiB', note },
    {
      name: `each of ${GUESTS} guests: its share (PSS)`,
      value: twoDigits(pss),
      unit: 'MiB',
      note,
    },
    {
      name: 'disk: evidence of one boot',
      value: await sizeMib([guest.folder]),
      unit: 'MiB',
      note: 'console, output of the agent, command line',
    },
    {
      name: 'disk: what a cell boots',
      value: await sizeMib([image, initramfs]),
      unit: 'MiB',
      note: 'kernel as an ELF file, initramfs; in the cache, once for each kernel and agent',
    },
  ];
}

async function addGuest(
  guest: BenchGuest,
  running: AsyncDisposableStack,
  pids: number[],
): Promise<Memory> {
  const instance = await guest.machine.boot(guest.spec);
  running.use(await startGuest(instance, guest));
  pids.push(instance.pid);
  return await readMemory(instance.pid);
}

/** From smaps_rollup, which is in kB (kernel Documentation/filesystems/proc.rst). */
export async function readMemory(pid: number): Promise<Memory> {
  const text = await readFile(`/proc/${pid}/smaps_rollup`, 'utf8');
  return { rssMib: readField(text, 'Rss'), pssMib: readField(text, 'Pss') };
}

function readField(rollup: string, field: string): number {
  const kib = new RegExp(`^${field}: +(\\d+) kB$`, 'm').exec(rollup)?.[1];
  if (kib !== undefined) return Number(kib) / 1024;
  throw new InfraError(`/proc/<pid>/smaps_rollup has no ${field}`, {
    code: 'BENCH',
    output: rollup,
  });
}

async function sizeMib(paths: readonly string[]): Promise<number> {
  const sizes = await Promise.all(paths.map(sizeOf));
  return twoDigits(sizes.reduce((sum, size) => sum + size, 0) / MIB);
}

async function sizeOf(path: string): Promise<number> {
  const found = await stat(path);
  if (!found.isDirectory()) return found.size;
  const inside = await readdir(path);
  const sizes = await Promise.all(inside.map((name) => sizeOf(join(path, name))));
  return sizes.reduce((sum, size) => sum + size, 0);
}
