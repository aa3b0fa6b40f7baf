/** What a kmx that runs in containers has made, and what of it is still there: its own, not that of others. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { z } from 'zod';
import type { EngineClient } from '../../machine/container/engine.ts';
import { IMAGE_LABEL, IMAGE_NAME, OWNER_LABEL } from '../../machine/container/labels.ts';
import { omitUndefined } from '../../omit-undefined.ts';

/** How many there are of each kind. */
export interface Traces {
  readonly containers: number;
  readonly images: number;
  readonly mounts: number;
  readonly cgroups: number;
  readonly processes: number;
  readonly files: number;
}

/** Whose traces are meant. */
export interface Traced {
  readonly client: EngineClient;
  readonly created: CreatedContainers;
  /** The process id of kmx, which is part of the name of all that is its. */
  readonly pid: number;
  /** In the environment of kmx, and so of all of its processes. */
  readonly mark: string;
  /** Its folders for temporary files. */
  readonly folders: readonly string[];
}

const CREATED = z.object({
  id: z.string(),
  Actor: z.object({ Attributes: z.object({ [OWNER_LABEL]: z.string() }) }),
});

/** As far as engines keep root file systems with overlayfs. */
const INSPECTED = z.object({
  GraphDriver: z
    .object({ Data: z.object({ MergedDir: z.string().optional() }).nullish() })
    .nullish(),
});

export interface CreatedContainer {
  readonly id: string;
  readonly owner: string;
  /** Where the engine mounts its root file system; absent if it does not say. */
  readonly root?: string;
}

/** The containers of every kmx that were created since. */
export interface CreatedContainers extends Disposable {
  ownedBy(pid: number): readonly CreatedContainer[];
}

export async function watchCreated(client: EngineClient): Promise<CreatedContainers> {
  const created: CreatedContainer[] = [];
  const events = (await client.getEvents({
    filters: { type: ['container'], event: ['create'], label: [OWNER_LABEL] },
  })) as Readable;
  const lines = createInterface({ input: events });
  lines.on('line', async (line) => {
    const { id, Actor } = CREATED.parse(JSON.parse(line));
    const owner = Actor.Attributes[OWNER_LABEL];
    // Those of others may be gone by now.
    const found = await client
      .getContainer(id)
      .inspect()
      .catch(() => ({}));
    const root = INSPECTED.parse(found).GraphDriver?.Data?.MergedDir;
    created.push({ id, owner, ...omitUndefined({ root }) });
  });
  return {
    ownedBy: (pid) => created.filter(({ owner }) => owner.startsWith(prefixOf(pid))),
    [Symbol.dispose]() {
      lines.close();
      events.destroy();
    },
  };
}

export async function countTraces({
  client,
  created,
  pid,
  mark,
  folders,
}: Traced): Promise<Traces> {
  const prefix = prefixOf(pid);
  const own = created.ownedBy(pid);
  const [containers, images] = await Promise.all([
    client.listContainers({ all: true, filters: { label: [OWNER_LABEL] } }),
    client.listImages({ filters: { label: [IMAGE_LABEL] } }),
  ]);
  const names = images.flatMap(({ RepoTags }) => RepoTags ?? []);
  const hasOwnId = (line: string): boolean => own.some(({ id }) => line.includes(id));
  return {
    containers: containers.filter(({ Labels }) => Labels[OWNER_LABEL]?.startsWith(prefix)).length,
    images: names.filter((name) => name.startsWith(`${IMAGE_NAME}:${prefix}`)).length,
    mounts: read('/proc/self/mountinfo')
      .split('\n')
      .filter((line) => line.includes(prefix) || hasOwnId(line) || isRootOf(line, own)).length,
    cgroups: listFolders('/sys/fs/cgroup').filter(hasOwnId).length,
    processes: readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .filter((name) => isOurs(name, mark) || hasOwnId(read(`/proc/${name}/cgroup`))).length,
    files: folders
      .flatMap((folder) => readdirSync(folder).map((name) => join(folder, name)))
      .filter((path) => !path.startsWith('/dev/shm/') || path.includes(prefix)).length,
  };
}

/** As in `ownedPrefix`. */
function prefixOf(pid: number): string {
  return `kmx-${pid}-`;
}

function isRootOf(mount: string, containers: readonly CreatedContainer[]): boolean {
  return containers.some(({ root }) => root !== undefined && mount.includes(` ${root} `));
}

function isOurs(pid: string, mark: string): boolean {
  return pid !== String(process.pid) && read(`/proc/${pid}/environ`).includes(mark);
}

/** All below a folder; others may remove some meanwhile. */
function listFolders(folder: string): readonly string[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => join(folder, name))
      .flatMap((path) => [path, ...listFolders(path)]);
  } catch (error) {
    if (isGone(error)) return [];
    throw error;
  }
}

/** Empty if it is gone by now. */
function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (isGone(error)) return '';
    throw error;
  }
}

/** Another user's process does not show its environment; it is none of ours. */
function isGone(error: unknown): boolean {
  const { code = '' } = error as NodeJS.ErrnoException;
  return ['ENOENT', 'ESRCH', 'ENODEV', 'EACCES'].includes(code);
}
