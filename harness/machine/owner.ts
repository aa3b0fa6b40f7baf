/**
 * Who owns a file in a folder that all processes share: its name says so, because it stays behind if
 * its owner is killed. The next process removes it.
 */
import { existsSync, readFileSync, readlinkSync } from 'node:fs';
import { lstat, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { getuid } from 'node:process';

const NAME = /^kmx-(\d+)-([0-9a-z]+)-([0-9a-z]+)-/;

/**
 * The beginning of the name of everything that this process creates there. Process ids are reused,
 * and are different in every container, so the start of the process and its namespace are part of it.
 */
export function ownedPrefix(): string {
  return `kmx-${process.pid}-${startOf(process.pid)}-${namespace()}-`;
}

/**
 * Removes what killed processes of this user left in a folder. What cannot be removed now stays for
 * the next process: nothing depends on it.
 */
export async function removeAbandoned(folder: string): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  for (const name of names.filter(isAbandoned)) {
    const path = join(folder, name);
    const found = await lstat(path).catch(() => undefined);
    if (found?.uid !== getuid?.()) continue;
    await rm(path, { recursive: true, force: true }).catch(() => {});
  }
}

/** Whether the name says to which process something belongs. */
export function isOwned(name: string): boolean {
  return NAME.test(name);
}

/** Whether the name is one of this host's processes that do not run any more. */
export function isAbandoned(name: string): boolean {
  const [, pid, start, where] = NAME.exec(name) ?? [];
  if (pid === undefined || where !== namespace()) return false;
  return startOf(Number(pid)) !== start && !isHidden(Number(pid));
}

/**
 * Whether a process exists that /proc does not show, as one of another user (proc(5), hidepid).
 * @param signal As `process.kill`.
 */
export function isHidden(pid: number, signal = process.kill): boolean {
  try {
    signal(pid, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM' && !existsSync(`/proc/${pid}`);
  }
}

/** In clock ticks since the host booted; undefined if there is no such process any more. */
function startOf(pid: number): string | undefined {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return undefined;
  }
  // proc(5): the name in brackets may hold spaces. After it come field 3, the state, to field 22, the
  // start time.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const isDead = fields[0] === 'Z' || fields[0] === 'X';
  return isDead ? undefined : Number(fields[19]).toString(36);
}

/** The number in `pid:[4026531836]`. */
function namespace(): string {
  const number = /\d+/.exec(readlinkSync('/proc/self/ns/pid'))?.[0];
  return Number(number).toString(36);
}
