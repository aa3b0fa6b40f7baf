/**
 * The cgroups of a container, as this host sees them. An engine removes them with the container, except
 * where something in them is busy: then they stay, and the engine forgets them.
 */
import { readFileSync } from 'node:fs';
import { readdir, readFile, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const MOUNTS = '/proc/self/mountinfo';
/** A cgroup is busy for a moment after its last process was killed. */
const TRIES = 10;
const TRY_AGAIN_MS = 50;

/** Disposing removes what the engine has left; do that after the container is gone. */
export class OwnCgroups implements AsyncDisposable {
  readonly #left: Set<string>;
  #folders: readonly string[] = [];
  #leftovers: readonly string[] = [];

  /** @param left Gets the folders that could not be removed. */
  constructor(left: Set<string>) {
    this.#left = left;
  }

  use(folders: readonly string[]): void {
    this.#folders = folders;
  }

  /** Once disposed of: what could not be removed and why, one sentence each. */
  get leftovers(): readonly string[] {
    return this.#leftovers;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const left = await removeCgroups(this.#folders);
    this.#leftovers = await Promise.all(left.map(describeLeftover));
    for (const folder of left) this.#left.add(folder);
  }
}

/**
 * The folders of a running container's own cgroups; none if it has ended.
 * @param pid Of one of its processes, on this host.
 */
export function findOwnCgroups(pid: number, id: string): readonly string[] {
  const own = readIfThere(`/proc/${pid}/cgroup`);
  return own === undefined ? [] : foldersOf(own, readFileSync(MOUNTS, 'utf8'), id);
}

/**
 * Removes cgroups and all below them, where they exist.
 * @returns Those that are still there.
 */
export async function removeCgroups(folders: Iterable<string>): Promise<readonly string[]> {
  let left = [...folders];
  for (let tries = 1; ; tries += 1) {
    const wereRemoved = await Promise.all(left.map(removeTree));
    left = left.filter((_, place) => !wereRemoved[place]);
    if (left.length === 0 || tries === TRIES) return left;
    await sleep(TRY_AGAIN_MS);
  }
}

/**
 * Pure. One folder for each hierarchy in which the engine has given the container a cgroup.
 * @param cgroups `/proc/PID/cgroup` of a process of the container, as in cgroups(7).
 * @param mountinfo This process's, as in proc(5).
 */
export function foldersOf(cgroups: string, mountinfo: string, id: string): readonly string[] {
  const mounts = mountinfo.split('\n').flatMap(parseMount);
  return cgroups.split('\n').flatMap((line) => {
    const [, names = '', path = ''] = /^\d+:([^:]*):(.*)$/.exec(line) ?? [];
    const own = upTo(path, id);
    const mount = mounts.find((one) => isOf(one, names));
    if (own === undefined || mount === undefined) return [];
    // In a container of its own, this process may see a part of the hierarchy alone.
    if (mount.root === '/') return [join(mount.path, own)];
    const prefix = `${mount.root}/`;
    return own.startsWith(prefix) ? [join(mount.path, own.slice(prefix.length))] : [];
  });
}

interface CgroupMount {
  /** What of the hierarchy is mounted. */
  readonly root: string;
  readonly path: string;
  readonly isV2: boolean;
  readonly options: readonly string[];
}

function parseMount(line: string): readonly CgroupMount[] {
  const [mount = '', fileSystem = ''] = line.split(' - ');
  const [, , , root, path] = mount.split(' ');
  const [type, , options = ''] = fileSystem.split(' ');
  if (root === undefined || path === undefined) return [];
  if (type !== 'cgroup' && type !== 'cgroup2') return [];
  return [{ root, path, isV2: type === 'cgroup2', options: options.split(',') }];
}

/** @param names Controllers, or `name=…`; empty for v2. */
function isOf({ isV2, options }: CgroupMount, names: string): boolean {
  if (names === '') return isV2;
  return !isV2 && names.split(',').every((name) => options.includes(name));
}

/** The path up to the part that names the container: `/docker/ID`, `…/docker-ID.scope`. */
function upTo(path: string, id: string): string | undefined {
  const parts = path.split('/');
  const place = parts.findIndex((part) => part.includes(id));
  return place < 0 ? undefined : parts.slice(0, place + 1).join('/');
}

/** Whether it is gone. */
async function removeTree(folder: string): Promise<boolean> {
  try {
    for (const child of await listChildren(folder)) await removeTree(child);
    await rmdir(folder);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT';
  }
}

async function listChildren(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => join(folder, name));
}

async function describeLeftover(folder: string): Promise<string> {
  const pids = await listProcesses(folder);
  const why = pids.length === 0 ? 'it may not be removed' : `in it runs process ${pids.join(', ')}`;
  return `the cgroup ${folder} is left behind: ${why}`;
}

/** It may disappear meanwhile. */
async function listProcesses(folder: string): Promise<readonly string[]> {
  try {
    const own = await readFile(join(folder, 'cgroup.procs'), 'utf8');
    const below = await Promise.all((await listChildren(folder)).map(listProcesses));
    return [...own.split('\n').filter((pid) => pid !== ''), ...below.flat()];
  } catch {
    return [];
  }
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ESRCH') return undefined;
    throw error;
  }
}
