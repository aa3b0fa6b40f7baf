import { containerCgroupPath } from '../../harness/agents/container-spec.ts';
import type { Guest } from '../../harness/channel/guest.ts';
import type { CgroupMode } from '../../harness/matrix/cell.ts';

/** The control files of one container's cgroup, in whichever hierarchy they are. */
export interface Cgroup {
  /** Relative to the root of every hierarchy. */
  readonly path: string;
  /** The cgroup's directory for a controller. */
  folder(controller: string): string;
  /** The text of a control file, without the final newline. */
  read(controller: string, file: string): Promise<string>;
  /** Reads a control file that has different names on v1 and v2. */
  readEither(
    controller: string,
    files: { readonly v1: string; readonly v2: string },
  ): Promise<string>;
  /** The process IDs in the cgroup. */
  processes(controller: string): Promise<readonly number[]>;
  /** One field of a `key value` file such as `cpu.stat`. */
  field(controller: string, file: string, key: string): Promise<number>;
}

export function openCgroup(
  guest: Pick<Guest, 'readFile'>,
  mode: CgroupMode,
  container: string,
): Cgroup {
  const path = containerCgroupPath({ id: container });
  const folder = (controller: string): string =>
    mode === 'v2' ? `/sys/fs/cgroup${path}` : `/sys/fs/cgroup/${controller}${path}`;
  const read = async (controller: string, file: string): Promise<string> =>
    (await guest.readFile(`${folder(controller)}/${file}`)).trimEnd();

  return {
    path,
    folder,
    read,
    readEither: (controller, files) => read(controller, mode === 'v2' ? files.v2 : files.v1),
    async processes(controller) {
      const text = await read(controller, 'cgroup.procs');
      return text === '' ? [] : text.split('\n').map(Number);
    },
    async field(controller, file, key) {
      const text = await read(controller, file);
      const line = text.split('\n').find((candidate) => candidate.startsWith(`${key} `));
      if (line === undefined)
        throw new Error(`Expected ${file} to have the key ${key}, found: ${text}`);
      return Number(line.slice(key.length + 1));
    },
  };
}
