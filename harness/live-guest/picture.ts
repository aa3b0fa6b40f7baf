import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pTimeout from 'p-timeout';
import type { Guest } from '../channel/guest.ts';
import { toLine } from '../text.ts';
import {
  type GuestPicture,
  type PictureOfThread,
  renderPicture,
  renderThread,
} from './picture-text.ts';

export interface PictureOptions {
  readonly guest: Guest;
  readonly agentPid: number;
  /** The guest's folder in the reports: picture.txt goes there. */
  readonly folder: string;
  /** For all of it: a guest that is stuck may answer nothing. */
  readonly timeoutMs: number;
}

/** Each thread costs several reads, and nobody reads through more of them. */
const THREADS_MAX = 64;
const PROCESSES_MAX = 16;
/** Of each file of a thread. A kernel writes at most a page. */
const FILE_BYTES_MAX = 16 * 1024;
/**
 * Characters of all files of the agent, and again of all other processes: after so many no more
 * threads are looked at.
 */
const LENGTH_MAX = 256 * 1024;

/**
 * What a guest is doing while a call hangs: where each thread of the agent and of containers is, and
 * on the console the kernel's own list of blocked tasks (sysrq `w`, drivers/tty/sysrq.c). For a
 * guest that is discarded next. Never rejects: the picture says what could not be read or written.
 * @returns The agent's threads, a line each, for a report.
 */
export async function takePicture(options: PictureOptions): Promise<string> {
  const { guest, agentPid, folder, timeoutMs } = options;
  const problems: string[] = [];
  const note = (what: string) => (error: unknown) => {
    problems.push(`${what}: ${describe(error)}`);
    return undefined;
  };
  const agent = new ThreadReader(guest);
  const rest = new ThreadReader(guest);
  let processes: GuestPicture['processes'] = [];
  let relay: GuestPicture['relay'];
  const looking = (async () => {
    relay = await guest.request('relay', {}).catch(note('relay'));
    await agent.read(agentPid).catch(note('threads of the agent'));
    processes = (await guest.processes().catch(note('processes'))) ?? [];
    const others = processes.filter(({ pid }) => pid !== agentPid);
    for (const { pid } of others.slice(0, PROCESSES_MAX)) {
      await rest.read(pid).catch(note(`threads of process ${pid}`));
    }
    await guest.writeFile('/proc/sysrq-trigger', 'w').catch(note('sysrq w'));
    return true;
  })();
  const isDone = await pTimeout(looking, { milliseconds: timeoutMs, message: false });
  if (isDone !== true) problems.push(`the guest did not tell more within ${timeoutMs} ms`);
  const { threads } = agent;
  const picture = { agentPid, threads, others: rest.threads, processes, relay, problems };
  try {
    writeFileSync(join(folder, 'picture.txt'), renderPicture(picture));
  } catch (error) {
    note('picture.txt')(error);
  }
  return [...threads.map(renderThread), ...problems.map((problem) => toLine(problem))].join('\n');
}

/** Reads where threads are, until that is as much as anybody would read. */
class ThreadReader {
  readonly threads: PictureOfThread[] = [];
  readonly #guest: Guest;
  #length = 0;

  constructor(guest: Guest) {
    this.#guest = guest;
  }

  /** Rejects if the threads of this process cannot be listed. */
  async read(pid: number): Promise<void> {
    const folder = `/proc/${pid}/task`;
    const entries = await this.#guest.listDirectory(folder);
    for (const { name: id } of entries.slice(0, THREADS_MAX)) {
      if (this.#length >= LENGTH_MAX) throw new Error('left out: the picture is long enough');
      this.threads.push(await this.#readThread(folder, id));
    }
  }

  async #readThread(folder: string, id: string): Promise<PictureOfThread> {
    const [name, status, waitsIn, call, stack] = await Promise.all([
      this.#readFile(`${folder}/${id}/comm`),
      this.#readFile(`${folder}/${id}/status`),
      this.#readFile(`${folder}/${id}/wchan`),
      this.#readFile(`${folder}/${id}/syscall`),
      this.#readFile(`${folder}/${id}/stack`),
    ]);
    const state = /^State:\s*(.*)$/m.exec(status)?.[1] ?? 'unknown';
    return { id, name, state, waitsIn, call, stack };
  }

  /** A thread may end, and a kernel may lack one of these files: then the reason, in parentheses. */
  async #readFile(path: string): Promise<string> {
    const text = await this.#guest.readFile(path, FILE_BYTES_MAX).then(
      (content) => content.trim(),
      (error: unknown) => `(${describe(error)})`,
    );
    this.#length += text.length;
    return text;
  }
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
