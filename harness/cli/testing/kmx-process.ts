import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import type { RunEvent } from '../../events.ts';

const KMX = fileURLToPath(new URL('../../../scripts/kmx', import.meta.url));
const POLL_MS = 50;

/** A `kmx run` in progress, whose output a test watches. */
export interface KmxRun extends AsyncDisposable {
  readonly pid: number;
  /** Events so far, whole lines only. */
  events(): Promise<readonly RunEvent[]>;
  /** The first event that matches, as soon as it is there. Rejects if the run ends without it. */
  until(fits: EventFilter): Promise<RunEvent>;
  /** Pids of the machines that this run started and that are still alive. */
  machines(): Promise<readonly number[]>;
  /** Kills them, and returns how many there were. */
  killMachines(): Promise<number>;
  /** A file of the run's folder. */
  read(path: string): Promise<string>;
  readonly ended: Promise<{ readonly exitCode: number | undefined; readonly output: string }>;
}

type EventFilter = (event: RunEvent, index: number, all: readonly RunEvent[]) => boolean;

export interface KmxRunSetting {
  /** A folder for the reports that is kept; by default it is removed with the run. */
  readonly reports?: string;
  readonly environment?: Readonly<Record<string, string>>;
}

/** Runs everything, ignoring results of earlier runs. */
export async function startKmxRun(
  words: readonly string[],
  { reports, environment = {} }: KmxRunSetting = {},
): Promise<KmxRun> {
  const out = reports ?? (await mkdtemp(join(tmpdir(), 'kmx-reports-')));
  const subprocess = execa(KMX, ['run', '--no-cache', '--out', out, ...words], {
    all: true,
    reject: false,
    stdin: 'ignore',
    env: { CI: 'true', ...environment },
  });
  let isEnded = false;
  const ended = subprocess.then(({ exitCode, all }) => {
    isEnded = true;
    return { exitCode, output: all ?? '' };
  });

  async function events(): Promise<readonly RunEvent[]> {
    const text = await readFile(join(out, 'latest', 'events.jsonl'), 'utf8').catch(() => '');
    return text
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as RunEvent);
  }

  return {
    pid: subprocess.pid ?? 0,
    events,
    async until(fits) {
      for (;;) {
        const isLast = isEnded;
        const found = (await events()).find(fits);
        if (found !== undefined) return found;
        if (isLast) throw new Error(`The run ended without the event:\n${(await ended).output}`);
        await new Promise((resolve) => setTimeout(resolve, POLL_MS));
      }
    },
    machines: () => findMachines(subprocess.pid ?? 0),
    killMachines: async () => (await findMachines(subprocess.pid ?? 0)).filter(kills).length,
    read: (path) => readFile(join(out, 'latest', path), 'utf8'),
    ended,
    async [Symbol.asyncDispose]() {
      subprocess.kill();
      await ended;
      if (reports === undefined) await rm(out, { recursive: true });
    },
  };
}

/** Whether it was still there: a machine whose test is over may end in the meantime. */
function kills(pid: number): boolean {
  try {
    return process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
    throw error;
  }
}

/** QEMU processes that descend from a process, by /proc. */
async function findMachines(ancestor: number): Promise<readonly number[]> {
  const parents = new Map<number, number>();
  const machines: number[] = [];
  for (const entry of await readdir('/proc')) {
    const stat = await readFile(`/proc/${entry}/stat`, 'utf8').catch(() => undefined);
    const fields = stat === undefined ? null : /^(\d+) \((.*)\) \S+ (\d+)/s.exec(stat);
    if (fields === null) continue;
    parents.set(Number(fields[1]), Number(fields[3]));
    if (fields[2]?.startsWith('qemu-system') === true) machines.push(Number(fields[1]));
  }
  const isBelow = (pid: number): boolean => {
    const parent = parents.get(pid);
    return parent !== undefined && (parent === ancestor || isBelow(parent));
  };
  return machines.filter(isBelow);
}
