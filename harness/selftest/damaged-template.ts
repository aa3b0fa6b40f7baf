/**
 * A saved guest that no longer works although nothing about its files is suspicious: sizes and
 * digests are as the cache has them. Only a guest that is restored from it shows the damage.
 */
import { hash } from 'node:crypto';
import { mkdir, open, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sealEntry } from '../cache/existing-entry.ts';
import { RAM_FILE } from '../machine/qemu/saved-state.ts';
import { createEventLog } from '../reporters/event-log.ts';
import { groupReporters } from '../reporters/reporter.ts';
import { type CasePlan, type GuestCaseOptions, runCasePlan } from './run-case-plan.ts';
import type { GuestCase } from './selftest-case.ts';

/** Of a guest that was saved with a healthy agent: below the root of the cache. */
const KEY = /^templates\/[^/]+-L2-[^/]+$/;
/** Of x86-64: a program is mapped, and kept in memory, by pages of this size. */
const PAGE_BYTES = 4096;
const CHUNK_BYTES = 256 * PAGE_BYTES;
/** Nothing but int3: whoever executes any byte of it is ended by SIGTRAP. */
const DAMAGE = Buffer.alloc(PAGE_BYTES, 0xcc);

/**
 * Saves a guest of the case to the cache, as its first run does, and overwrites init in its memory.
 * @param options `cacheRoot` must be the case's own: no other run may find this guest.
 * @returns What is wrong if there is no such guest; undefined if all is done.
 */
export async function saveDamagedGuest(
  item: GuestCase,
  options: GuestCaseOptions,
  machine: CasePlan['machine'],
): Promise<string | undefined> {
  const { cacheRoot, binaries, folder } = options;
  await mkdir(folder, { recursive: true });
  const { onEvent: emit } = groupReporters([createEventLog(folder)]);
  await runCasePlan(item, options, { machine, emit, scenarioFiles: [] });
  const paths = await readdir(cacheRoot, { recursive: true });
  const key = paths.find((path) => KEY.test(path));
  if (key === undefined) return 'no guest was saved';
  const pages = await overwritePages(
    join(cacheRoot, key, RAM_FILE),
    await readPages(binaries.init),
  );
  if (pages === 0) return 'init was not found in the memory of the saved guest';
  await sealEntry(cacheRoot, key);
  return undefined;
}

/** Digests of the pages of a program. */
async function readPages(program: string): Promise<ReadonlySet<string>> {
  const pages = splitPages(await readFile(program));
  return new Set(pages.filter((page) => page.some((byte) => byte !== 0)).map(digestOf));
}

/** Overwrites these pages wherever a guest's memory has them; returns how many there were. */
async function overwritePages(memory: string, wanted: ReadonlySet<string>): Promise<number> {
  await using file = await open(memory, 'r+');
  const chunk = Buffer.alloc(CHUNK_BYTES);
  let found = 0;
  for (let start = 0; ; start += CHUNK_BYTES) {
    const { bytesRead } = await file.read(chunk, 0, CHUNK_BYTES, start);
    if (bytesRead === 0) return found;
    for (const [index, page] of splitPages(chunk.subarray(0, bytesRead)).entries()) {
      if (!wanted.has(digestOf(page))) continue;
      await file.write(DAMAGE, 0, PAGE_BYTES, start + index * PAGE_BYTES);
      found += 1;
    }
  }
}

/** Whole pages only. */
function splitPages(bytes: Buffer): readonly Buffer[] {
  const count = Math.floor(bytes.length / PAGE_BYTES);
  return Array.from({ length: count }, (_, index) =>
    bytes.subarray(index * PAGE_BYTES, (index + 1) * PAGE_BYTES),
  );
}

function digestOf(page: Buffer): string {
  return hash('sha1', page);
}
